"""How many faces the quick search finds beside OpenCV's own, and for how much work.

    python benchmarks/faces.py [--pictures 200] [--faces lfw_subset.npy]

The pictures are made from the astronaut's: turned, shifted, resized, lit and blurred at random.
With `--faces` each has up to three other people pasted in: a hundred from the file that
scikit-image ships, `skimage/data/lfw_subset.npy`, 25x25 pixels a face. Each method looks at each
picture in turn, on one thread, and the ratio of their times is taken picture by picture.
"""

import argparse
import statistics
import time

import cv2
import numpy as np

from helpers.paths import PHOTOS
from helpers.vision.faces import find_faces
from helpers.vision.pictures import decode

FACE = (178, 70, 90, 95)  # the astronaut's: x, y, width, height, measured by eye
METHODS = ("haar", "quick")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=200, help="default: 200")
    parser.add_argument("--faces", metavar="FILE", help="skimage/data/lfw_subset.npy")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    people = np.load(options.faces)[:100] if options.faces else []
    rng = np.random.default_rng(0)
    astronaut = decode(PHOTOS / "astronaut.jpg")

    num_faces, found, phantoms = 0, dict.fromkeys(METHODS, 0), dict.fromkeys(METHODS, 0)
    ratios = []
    for _ in range(options.pictures):
        picture, faces = change(astronaut, rng)
        faces += paste(picture, people, faces, rng)
        num_faces += len(faces)
        seconds = {}
        for method in METHODS:
            start = time.perf_counter()
            boxes = find_faces(picture, method)
            seconds[method] = time.perf_counter() - start
            hits = [[overlap(box, face) > 0.35 for face in faces] for box in boxes.tolist()]
            found[method] += int(np.any(hits, axis=0).sum())
            phantoms[method] += sum(not any(hit) for hit in hits)
        ratios.append(seconds["haar"] / seconds["quick"])
    for method in METHODS:
        print(f"{method:6} {found[method]} of {num_faces} faces, {phantoms[method]} boxes without")
    print(
        f"haar takes {statistics.median(ratios):.2f} times as long as quick "
        f"(median of {len(ratios)}; {min(ratios):.2f} to {max(ratios):.2f})"
    )


def change(photo, rng):
    """Return the photo as another camera might have taken it, and where the face is now."""
    height, width = photo.shape[:2]
    scale = np.exp(rng.uniform(np.log(0.45), np.log(1.6)))
    size = round(scale * width), round(scale * height)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-12, 12), 1)
    matrix = scale * (matrix + np.c_[np.zeros((2, 2)), rng.uniform(-40, 40, 2)])
    changed = cv2.warpAffine(photo, matrix, size, flags=cv2.INTER_AREA)
    changed = cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.3, 1.2))
    changed = cv2.convertScaleAbs(changed, alpha=rng.uniform(0.5, 1.2), beta=rng.uniform(-20, 30))
    x, y, face_width, face_height = FACE
    middle = matrix @ (x + face_width / 2, y + face_height / 2, 1)
    side = scale * np.array([face_width, face_height])
    return changed, [(*(middle - side / 2), *side)]


def paste(picture, people, taken, rng):
    """Put up to three people into the picture, beside the people in it; return where."""
    pasted = []
    for person in people[rng.integers(len(people), size=3)] if len(people) else ():
        side = round(np.exp(rng.uniform(np.log(40), np.log(min(220, *picture.shape[:2])))))
        y, x = (int(rng.integers(0, length - side + 1)) for length in picture.shape[:2])
        box = (x, y, side, side)
        if any(overlap(box, other) > 0 for other in taken + pasted):
            continue
        grey = cv2.resize(person.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
        picture[y : y + side, x : x + side] = np.clip(255 * grey, 0, 255)[..., None]
        pasted.append(box)
    return pasted


def overlap(box, other):
    """The share of their union that two boxes have in common."""
    (x, y, w, h), (u, v, s, t) = box, other
    common = max(0, min(x + w, u + s) - max(x, u)) * max(0, min(y + h, v + t) - max(y, v))
    return common / (w * h + s * t - common)


if __name__ == "__main__":
    main()
