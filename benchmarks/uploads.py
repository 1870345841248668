"""What it costs that an upload is on the disk before it is answered: with `fsync` and without.

    python benchmarks/uploads.py [--folder .] [--rounds 20]

Both ways take turns in one run and in one folder, which should be on the disk in question: in a
temporary folder in memory there is nothing to wait for. Printed are medians and the median of
the ratios of a round.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from helpers.service.uploads.storage import Store

SIZES = (200_000, 4_000_000)
#: What other uploads the store holds.
OTHERS = 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path(), help="on which disk; default: here")
    parser.add_argument("--rounds", type=int, default=20, help="default: 20")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        store = Store(Path(folder), max_files=1000, max_age=3600)
        for _ in range(OTHERS):
            store.add(os.urandom(1000), "other", "png")
        for size in SIZES:
            report(size, [one_round(store, size, number) for number in range(options.rounds)])


def one_round(store, size, number):
    """Return the seconds that an upload takes with `fsync` and without, in turn the first."""
    fsync, seconds = os.fsync, {}
    ways = {"with": fsync, "without": lambda _: None}
    for way in sorted(ways, reverse=number % 2):
        data = os.urandom(size)
        os.fsync = ways[way]
        try:
            start = time.perf_counter()
            upload = store.add(data, "photo", "jpeg")
            seconds[way] = time.perf_counter() - start
        finally:
            os.fsync = fsync
        store.delete(upload.id)
    return seconds


def report(size, found):
    ratios = [one["with"] / one["without"] for one in found]
    print(
        f"{size:>9,} bytes:",
        *(
            f"{way} {statistics.median(one[way] for one in found) * 1000:.1f} ms,"
            for way in found[0]
        ),
        f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}, {max(ratios):.2f})",
    )


if __name__ == "__main__":
    main()
