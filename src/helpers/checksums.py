"""Checksums of the data files; only the standard library, so that the doctor can use it."""

import hashlib
import re
from pathlib import Path


def sha256(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recorded(folder: Path) -> dict[Path, str]:
    """Return the sha256 that the ``README.md`` of a folder records for each of its files.

    Each is on a line as ``sha256sum`` writes it: the checksum, two spaces, the name.
    """
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    lines = re.findall(r"^([0-9a-f]{64})  (\S.*)$", text, re.MULTILINE)
    return {folder / name: checksum for checksum, name in lines}
