import os

import pytest

from helpers.service.deploy.cores import cores_allowed


def quota(folder, version, quota, period="100000"):
    if version == 2:
        (folder / "cpu.max").write_text(f"{quota} {period}\n")
    else:
        (folder / "cpu").mkdir()
        (folder / "cpu" / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        (folder / "cpu" / "cpu.cfs_period_us").write_text(f"{period}\n")


@pytest.mark.parametrize(
    ("version", "given", "cores"),
    [
        (2, "200000", 2),
        (2, "150000", 2),
        (2, "50000", 1),
        (2, "9900000", 8),
        (2, "max", 8),
        (1, "300000", 3),
        (1, "-1", 8),
        (2, "", 8),
    ],
)
def test_a_container_has_its_quota(tmp_path, monkeypatch, version, given, cores):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    quota(tmp_path, version, given)
    assert cores_allowed(tmp_path) == cores


def test_without_a_quota_what_it_is_bound_to_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 3, 5}, raising=False)
    assert cores_allowed(tmp_path) == 3


def test_where_nobody_tells_the_machine_counts(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert cores_allowed(tmp_path) == os.cpu_count()
