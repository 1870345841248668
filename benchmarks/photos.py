"""How many photos are read right, by what they show, and at what cost beside decoding them alone.

    python benchmarks/photos.py [--folder FOLDER] [--rounds 5]

Reads every photo in the folder's `readings.csv` and in that of its folder `conditions`: the shipped
ones, or those of another seed from `python data/photos/compose.py --seed 7 --out FOLDER` and
`python data/photos/conditions.py --seed 7 --out FOLDER/conditions`. The time of reading one is
given as a ratio to that of decoding it, in the same run.
"""

import argparse
import csv
import statistics
import time
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from helpers.paths import PHOTOS
from helpers.vision.photos import as_text, read_photo
from helpers.vision.pictures import decode

#: The probabilities between which the digits are counted, to see whether they are to be trusted.
LEVELS = (0, 0.8, 0.9, 0.99, 1.01)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=PHOTOS, help="default: data/photos")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many (default: 5)")
    options = parser.parse_args()

    photos, sure, wrong = [], [], []
    for folder in (options.folder, options.folder / "conditions"):
        with (folder / "readings.csv").open(encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        rows = [row | {"photo": (folder / row["file"]).read_bytes()} for row in rows]
        photos += [row["photo"] for row in rows]
        rows.sort(key=lambda row: row["kind"])
        for kind, group in groupby(rows, key=lambda row: row["kind"]):
            results = [(row["text"], read_photo(row["photo"])) for row in group]
            right = sum(as_text(digits).replace("\n", "/") == text for text, digits in results)
            print(f"{kind}: {right} of {len(results)} right")
            for text, digits in results:
                if len(digits) == len(text.replace("/", "")):
                    sure += [digit.probability for digit in digits]
                    truth = text.replace("/", "")
                    wrong += [d.value != int(t) for d, t in zip(digits, truth, strict=True)]

    places = np.digitize(sure, LEVELS) - 1
    for place, (low, high) in enumerate(pairwise(LEVELS)):
        chosen = np.array(wrong)[places == place]
        if len(chosen):
            share = f"{1 - chosen.mean():.1%} of {len(chosen)} digits right"
            print(f"probability {low} to {min(high, 1)}: {share}")

    decoding, reading = (seconds(step, photos, options.rounds) for step in (decode, read_photo))
    print(f"a photo, decoded alone: {1000 * decoding:.1f} ms (ratio 1)")
    print(f"a photo, read: {1000 * reading:.1f} ms (ratio {reading / decoding:.1f})")


def seconds(step, photos, rounds):
    """Return the mean seconds a photo, the median of the rounds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        for photo in photos:
            step(photo)
        taken.append((time.process_time() - start) / len(photos))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
