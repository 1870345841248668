"""A learner's own files that bear the name of a package: ``helpers.py``, ``numpy.py``.

Python looks for modules in the folder of a notebook too, and may find such a file first.
"""

import sys
from importlib.machinery import PathFinder
from pathlib import Path


def shadows(*folders: Path) -> list[Path]:
    """Return the modules in some folders whose names Python or a package has already.

    Parameters
    ----------
    *folders : Path
        Each is looked at itself, not what lies deeper in it; one that is missing holds none.

    Returns
    -------
    list of Path
        ``name.py``, or ``name/__init__.py`` for a package.
    """
    return [
        path
        for folder in dict.fromkeys(folders)
        for path in sorted([*folder.glob("*.py"), *folder.glob("*/__init__.py")])
        if _is_taken(path.parent.name if path.name == "__init__.py" else path.stem, folder)
    ]


def _is_taken(name: str, folder: Path) -> bool:
    elsewhere = [entry for entry in sys.path if Path(entry).resolve() != folder.resolve()]
    return name in sys.stdlib_module_names or PathFinder.find_spec(name, elsewhere) is not None
