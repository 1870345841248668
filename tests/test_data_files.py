"""data/README.md is the record of every file in data/."""

import pytest

from helpers.checksums import recorded, sha256
from helpers.paths import DATA

#: What is not data: the record itself and the scripts that compose the photos.
NOT_DATA = {"README.md", "compose.py", "conditions.py"}
FILES = sorted(
    path
    for path in DATA.rglob("*")
    if path.is_file() and path.name not in NOT_DATA and "__pycache__" not in path.parts
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_checksum_is_recorded(path):
    line = f"{sha256(path)}  {path.relative_to(DATA).as_posix()}"
    assert recorded(DATA).get(path) == line.split()[0], f"data/README.md needs: {line}"


def test_nothing_is_recorded_that_is_not_there():
    assert set(recorded(DATA)) <= set(FILES)


def test_every_file_has_a_source_and_a_licence():
    rows = [
        [field.strip() for field in line.strip("|").split("|")]
        for line in (DATA / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert all(len(row) == 5 and row[3] and row[4] for row in rows)
    named = " ".join(row[0] for row in rows)
    for folder in {path.parent for path in FILES} - {DATA}:
        assert f"`{folder.relative_to(DATA).as_posix()}/" in named
