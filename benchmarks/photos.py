"""How many photos are read right, by what they show, at what cost, and how far to trust it.

    python benchmarks/photos.py [--folder FOLDER] [--rounds 5] [--no-others] [--trust]

Reads every photo in the folder's `readings.csv` and in that of its folder `conditions`: the shipped
ones, or those of another seed from `python data/photos/compose.py --seed 7 --out FOLDER` and
`python data/photos/conditions.py --seed 7 --out FOLDER/conditions`. The time of reading one is
given as a ratio to that of decoding it, in the same run.

Beside ours, in the same run, read those of these that are installed: Tesseract (Debian's
`tesseract-ocr`), which is told for each kind how many digits or rows there are and that there are
only digits, and RapidOCR (PyPI's `rapidocr`), of whose text only the digits are kept. Ours must
find the rows too; of the others, which break lines as print has them, only the order counts.

A probability is to be trusted if of the digits over 0.99 at least 99.5 % are right. Counted are the
digits of these photos and, with `--trust`, MNIST's test digits and digits that are written here as
strokes, of a seed that no training has.
"""

import argparse
import csv
import importlib.util
import re
import resource
import shutil
import statistics
import subprocess
import time
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from pathlib import Path

import cv2
import numpy as np

from helpers.data import load_mnist
from helpers.paths import PHOTOS
from helpers.vision.digits import shipped_reader
from helpers.vision.hands.inference import NONE
from helpers.vision.hands.strokes import HANDS, write
from helpers.vision.hands.training import bend, enlarged
from helpers.vision.photos import UNSURE, Component, as_text, read_marks, read_photo, split_rows
from helpers.vision.pictures import decode

#: The probabilities between which the digits are counted, to see whether they are to be trusted.
LEVELS = (0, 0.8, UNSURE, 0.99, 1.01)
#: How many digits are written as strokes, and the seed of their pens and wobbles.
NUM_WRITTEN, SEED = 5000, 2027


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=PHOTOS, help="default: data/photos")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many (default: 5)")
    parser.add_argument("--no-others", action="store_true", help="without Tesseract and RapidOCR")
    parser.add_argument("--trust", action="store_true", help="MNIST's test digits and strokes too")
    options = parser.parse_args()

    photos = load_photos(options.folder)
    readings = [read_photo(photo["data"]) for photo in photos]
    others = {} if options.no_others else find_others()
    print_table(photos, readings, others)

    print("\nHow far to trust it:")
    print_trust("these photos", *trust_of(photos, readings))
    if options.trust:
        trust_digits()

    data = [photo["data"] for photo in photos]
    decoding, reading = (seconds(step, data, options.rounds) for step in (decode, read_photo))
    print(f"\na photo, decoded alone: {1000 * decoding:.1f} CPU ms (ratio 1)")
    print(f"a photo, read: {1000 * reading:.1f} CPU ms (ratio {reading / decoding:.1f})")


def load_photos(folder):
    """Return the rows of both tables with each photo's bytes, sorted by kind."""
    photos = []
    for place in (folder, folder / "conditions"):
        with (place / "readings.csv").open(encoding="utf-8", newline="") as table:
            rows = [
                row | {"data": (place / row["file"]).read_bytes()} for row in csv.DictReader(table)
            ]
        photos += sorted(rows, key=lambda row: row["kind"])
    return photos


def find_others():
    """Return the readers that are installed: by name, from a photo to the digits of its text."""
    others = {}
    if shutil.which("tesseract"):
        others["Tesseract"] = with_tesseract
    else:
        print("Tesseract is left out: it is not installed (Debian: tesseract-ocr).")
    if importlib.util.find_spec("rapidocr"):
        others["RapidOCR"] = with_rapidocr()
    else:
        print("RapidOCR is left out: it is not installed (PyPI: rapidocr).")
    return others


def with_tesseract(photo):
    """Return the digits that Tesseract reads; it is told whether one, a row, or rows."""
    is_one, has_rows = photo["kind"] == "digit", "/" in photo["text"] or not photo["text"]
    layout = "10" if is_one else "6" if has_rows else "7"
    only_digits = "tessedit_char_whitelist=0123456789"
    command = ["tesseract", "-", "-", "--psm", layout, "-c", only_digits]
    done = subprocess.run(command, input=photo["data"], capture_output=True, check=True)
    return re.sub("[^0-9]", "", done.stdout.decode())


def with_rapidocr():
    """Return a function from a photo to the digits that RapidOCR reads in it, row by row."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})

    def read(photo):
        found = engine(cv2.imdecode(np.frombuffer(photo["data"], np.uint8), cv2.IMREAD_COLOR))
        if found.boxes is None:
            return ""
        return re.sub("[^0-9]", "", "".join(in_order(found.boxes, found.txts)))

    return read


def in_order(boxes, texts):
    """Sort texts into rows by their boxes, (N, 4, 2), the topmost row first."""
    middles = boxes.mean(axis=1)
    height = float(np.median(np.ptp(boxes[..., 1], axis=1)))
    rows = np.floor(np.cumsum(np.diff(np.sort(middles[:, 1]), prepend=0) > height / 2))
    row_of = dict(zip(np.argsort(middles[:, 1], kind="stable").tolist(), rows, strict=True))
    return [texts[n] for n in sorted(row_of, key=lambda n: (row_of[n], middles[n, 0]))]


def print_table(photos, readings, others):
    """Print for each kind how much each reader reads right, and its CPU time a photo."""
    names = ["ours", *others]
    print("exact: photos read right; digits: right ones; ms: CPU time a photo (median)")
    print("kind".ljust(8), "photos digits", *(f"{name:>9}: exact digits   ms" for name in names))
    totals = {name: [] for name in names}
    for kind, group in groupby(
        zip(photos, readings, strict=True), key=lambda pair: pair[0]["kind"]
    ):
        pairs = list(group)
        results = {"ours": [measure(photo, digits) for photo, digits in pairs]}
        for name, read in others.items():
            results[name] = [measure_other(photo, read) for photo, _ in pairs]
        num_digits = sum(len(photo["text"].replace("/", "")) for photo, _ in pairs)
        print_row(kind, num_digits, results)
        for name in names:
            totals[name] += results[name]
    print_row("all", sum(len(photo["text"].replace("/", "")) for photo in photos), totals)


def measure(photo, digits):
    """Return whether ours read a photo exactly, how many digits of it, and the CPU seconds."""
    start = cpu()
    read_photo(photo["data"])  # again, so that its time does not contain the loading
    taken = cpu() - start
    text = as_text(digits).replace("\n", "/")
    return text == photo["text"], num_right(text, photo["text"]), taken


def measure_other(photo, read):
    """Return the same of another reader, whatever lines it breaks the digits into."""
    start = cpu()
    text = read(photo)
    taken = cpu() - start
    return text == photo["text"].replace("/", ""), num_right(text, photo["text"]), taken


def num_right(read, truth):
    """Return how many digits of the truth were read, in their order."""
    pair = SequenceMatcher(None, read.replace("/", ""), truth.replace("/", ""), autojunk=False)
    return sum(block.size for block in pair.get_matching_blocks())


def print_row(kind, num_digits, results):
    """Print a row of the table, from what `measure` gives for every photo."""
    cells = []
    for name, of_reader in results.items():
        exact, digits, taken = zip(*of_reader, strict=True)
        cell = f"{sum(exact):6}{sum(digits):7}{1000 * statistics.median(taken):5.0f}"
        cells.append(cell.rjust(len(f"{name:>9}: exact digits   ms")))
    print(kind.ljust(8), f"{len(exact):6}{num_digits:7}", *cells, flush=True)


def cpu():
    """Return the CPU seconds of this process and of those that it has run."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def trust_of(photos, readings):
    """Return the probability of each digit, and whether it is right, in rows of the right length.

    In a row in which a digit is missing, nothing tells which one it is.
    """
    sure, right = [], []
    for photo, digits in zip(photos, readings, strict=True):
        rows, truths = split_rows(digits), photo["text"].split("/")
        if len(rows) != len(truths):
            continue
        for row, truth in zip(rows, truths, strict=True):
            if len(row) == len(truth):
                sure += [digit.probability for digit in row]
                right += [digit.value == int(t) for digit, t in zip(row, truth, strict=True)]
    return np.array(sure), np.array(right)


def trust_digits():
    """Print how far to trust what is read of MNIST's test digits and of strokes."""
    _, (images, labels) = load_mnist()
    ten = shipped_reader()(images)
    print_trust("MNIST's test digits as images", ten.max(axis=1), ten.argmax(axis=1) == labels)
    drawn = [picture > 127 for picture in enlarged(images)]
    print_trust("MNIST's test digits as marks", *read_drawn(drawn, labels))
    rng = np.random.default_rng(SEED)
    values, drawn = [], []
    for choice in rng.choice(len(HANDS), NUM_WRITTEN):
        value, strokes, is_curve = HANDS[choice]
        picture = bend(write(strokes, is_curve, rng, pen=int(rng.integers(2, 11))), rng)
        values.append(value)
        drawn.append(picture > 100)
    print_trust("strokes of other hands", *read_drawn(drawn, np.array(values)))


def read_drawn(drawn, values):
    """Read masks as the marks of a photo; return each one's probability, and if it is right."""
    marks = [Component(0, 0, crop(mask)) for mask in drawn]
    pieces = [read_marks(marks[start : start + 500]) for start in range(0, len(marks), 500)]
    digits = np.concatenate(pieces)[:, :NONE]
    return digits.max(axis=1), digits.argmax(axis=1) == values


def crop(mask):
    """Cut a mask to the box of its ink."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def print_trust(name, sure, right):
    """Print how many digits are right of those between two probabilities."""
    places = np.digitize(sure, LEVELS) - 1
    print(f"{name}: {right.mean():.1%} of {len(right)} digits right")
    for place, (low, high) in enumerate(pairwise(LEVELS)):
        chosen = right[places == place]
        if len(chosen):
            share = f"{chosen.mean():.2%} of {len(chosen)} right"
            print(f"  probability {low} to {min(high, 1)}: {share}")


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
