"""The changelog tells of the version that the package has, and a release takes it from there."""

import re
from datetime import date

import pytest
import release

from helpers import __version__
from helpers.paths import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_newest_version_is_the_packages():
    versions = re.findall(r"^## \[(\d[^]]*)\] - (.+)$", CHANGELOG, re.MULTILINE)
    assert versions[0][0] == __version__
    days = [date.fromisoformat(day) for _, day in versions]
    assert days == sorted(days, reverse=True)


def test_a_release_tells_of_its_version_alone():
    notes = release.notes(f"v{__version__}", CHANGELOG)
    assert notes
    assert notes in CHANGELOG
    assert not re.search(r"^## ", notes, re.MULTILINE)
    newer = CHANGELOG.replace("## [Unreleased]", "## [99.0.0] - 2030-01-01")
    assert release.notes(f"v{__version__}", newer) == notes


@pytest.mark.parametrize(
    ("tag", "changelog", "why"),
    [("v99.0.0", CHANGELOG, "the package is version"), (f"v{__version__}", "", "no section")],
)
def test_a_tag_without_its_version_is_no_release(tag, changelog, why):
    with pytest.raises(SystemExit, match=why):
        release.notes(tag, changelog)
