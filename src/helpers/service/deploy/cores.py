"""How many cores this process may use: fewer than the machine has, in a container."""

import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def cores_allowed(cgroup: Path = _CGROUP) -> int:
    """Return how many cores the system lets this process have, rounded up.

    What counts is the machine's number, the cores that the process is bound to (``taskset``,
    ``cpuset``) and the quota of its container (``docker run --cpus``), whichever is least.

    Parameters
    ----------
    cgroup : Path
        Where Linux shows the quota of this process's own control group.

    Examples
    --------
    >>> 1 <= cores_allowed() <= os.cpu_count()
    True
    """
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        count = os.cpu_count() or 1
    if (quota := _quota(cgroup)) is not None:
        count = min(count, max(1, -(-quota[0] // quota[1])))
    return count


def _quota(cgroup: Path) -> tuple[int, int] | None:
    """Return how many microseconds of a core in how many; None if there is no such limit."""
    try:
        if (path := cgroup / "cpu.max").exists():  # version 2
            quota, period = path.read_text().split()
        else:
            quota, period = (
                (cgroup / "cpu" / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period")
            )
        found = int(quota), int(period)
    except (OSError, ValueError):  # no Linux, no cgroup, or the quota "max"
        return None
    return found if min(found) > 0 else None
