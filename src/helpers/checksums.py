"""Checksums of the data files, and how to get a damaged one back.

The standard library alone, so that the doctor can use it.
"""

import hashlib
import re
from pathlib import Path

from helpers.installation import restore
from helpers.paths import IS_CHECKOUT, ROOT
from helpers.reader import say


def sha256(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recorded(folder: Path) -> dict[Path, str]:
    """Return the sha256 that the ``README.md`` of a folder records for each of its files.

    Each is on a line as ``sha256sum`` writes it: the checksum, two spaces, the name.
    """
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    lines = re.findall(r"^([0-9a-f]{64})  (\S.*)$", text, re.MULTILINE)
    return {folder / name: checksum for checksum, name in lines}


def how_to_restore(name: str) -> str:
    """Return how a file of the course comes back: a command, or a sentence where there is none.

    Parameters
    ----------
    name : str
        The file or folder, as seen from the course's folder: ``data/mnist.npz``.
    """
    if not IS_CHECKOUT:
        return restore()
    if (ROOT / ".git").exists():
        return f"git checkout -- {name}"
    return say(
        en=f"download the course again and copy {name} from there.",
        ko=f"과정을 다시 내려받아 거기에 있는 {name}을(를) 복사해 오세요.",
    )
