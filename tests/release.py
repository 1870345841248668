"""Print what the changelog tells of a version, for the page of its release.

python tests/release.py v0.1.0
"""

import re
import sys

from helpers import __version__
from helpers.paths import ROOT


def notes(tag: str, changelog: str) -> str:
    """Return the section of the changelog for the version that a tag names.

    Raises
    ------
    SystemExit
        If the tag does not name the package's version, or the changelog does not tell of it.
    """
    if tag != f"v{__version__}":
        sys.exit(f"{tag}: the package is version {__version__}; tag v{__version__}")
    section = re.search(
        rf"^## \[{re.escape(__version__)}\] - .+\n((?s:.+?))(?=^## |\Z)",
        changelog,
        re.MULTILINE,
    )
    if not section:
        sys.exit(f"CHANGELOG.md: there is no section [{__version__}]; rename [Unreleased]")
    return section[1].strip()


if __name__ == "__main__":
    print(notes(sys.argv[1], (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
