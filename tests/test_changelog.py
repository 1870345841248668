"""The changelog tells of the version that the package has."""

import re
from datetime import date

from helpers import __version__
from helpers.paths import ROOT


def test_the_newest_version_is_the_packages():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d[^]]*)\] - (.+)$", text, re.MULTILINE)
    assert versions[0][0] == __version__
    days = [date.fromisoformat(day) for _, day in versions]
    assert days == sorted(days, reverse=True)
