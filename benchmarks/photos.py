"""How many photos are read right, and at what cost beside decoding them alone.

    python benchmarks/photos.py [--folder FOLDER] [--rounds 5]

Reads every photo in the folder's `readings.csv`: the shipped ones, or those of another seed
from `python data/photos/compose.py --seed 7 --out FOLDER`. The time of reading one is given as
a ratio to that of decoding it, in the same run.
"""

import argparse
import csv
import statistics
import time
from pathlib import Path

from helpers.paths import PHOTOS
from helpers.vision.photos import read_photo
from helpers.vision.pictures import decode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=PHOTOS, help="default: data/photos")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many (default: 5)")
    options = parser.parse_args()

    with (options.folder / "readings.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    photos = {row["file"]: (options.folder / row["file"]).read_bytes() for row in rows}
    read = {name: text(photo) for name, photo in photos.items()}

    for kind, title in (("digit", "single digits"), ("zip", "ZIP codes")):
        for difficulty in ("easy", "hard", None):
            chosen = [
                row
                for row in rows
                if row["kind"] == kind and difficulty in (None, row["difficulty"])
            ]
            right = sum(read[row["file"]] == row["text"] for row in chosen)
            share = f"{right} of {len(chosen)} right ({right / len(chosen):.1%})"
            print(f"{title}, {difficulty or 'all'}: {share}")
    blank = [row["file"] for row in rows if row["kind"] == "none"]
    print(f"no digit: {sum(read[name] != '' for name in blank)} of {len(blank)} read falsely")

    decoding, reading = (seconds(step, photos.values(), options.rounds) for step in (decode, text))
    print(f"a photo, decoded alone: {1000 * decoding:.1f} ms (ratio 1)")
    print(f"a photo, read: {1000 * reading:.1f} ms (ratio {reading / decoding:.1f})")


def text(photo):
    return "".join(str(digit.value) for digit in read_photo(photo))


def seconds(step, photos, rounds):
    """Return the mean seconds a photo, the median of the rounds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        for photo in photos:
            step(photo)
        taken.append((time.perf_counter() - start) / len(photos))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
