"""The course's folders, and files written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]

#: The checkout: the folder that holds ``lessons/``, ``data/`` and ``work/``.
ROOT = _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else Path.cwd()
LESSONS = ROOT / "lessons"
NOTEBOOKS = ROOT / "notebooks"
#: The learner's copies and progress; git ignores it.
WORK = ROOT / "work"
#: The data files; a package installed without its checkout contains the models only.
DATA = _CHECKOUT / "data" if ROOT == _CHECKOUT else Path(__file__).parent / "shipped"
MODELS = DATA / "models"
PHOTOS = DATA / "photos"
FONTS = DATA / "fonts"


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` if the block succeeds.

    So a reader of `path` sees the old file or the new one, never half of it, even if the writer
    is killed.

    Parameters
    ----------
    path : str or Path
        The file to write; its folder is created if it is missing.

    Yields
    ------
    Path
        Write here. It has the suffix of `path`, since some writers choose the format by it.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with written_whole(target) as temporary:
    ...     _ = temporary.write_text("whole", encoding="utf-8")
    >>> target.read_text(encoding="utf-8")
    'whole'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
