"""What it costs to decode pictures in a process of their own, beside decoding in this one.

    python benchmarks/decoding.py [--rounds 30]

A crash in a process of a pool costs one answer, and it can be given less memory; but the file
has to get there and the picture back, through memory that both share where it is large. For
each kind of picture the time of both ways is measured in turn, and the medians are compared.
"""

import argparse
import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory

import cv2
import numpy as np

from helpers.data import load_mnist
from helpers.paths import PHOTOS
from helpers.vision.inspection import inspect
from helpers.vision.pictures import decode, decode_grey

#: What one process of the pool may reserve, in bytes.
MOST = 2**30
#: From how many bytes on a picture comes back through shared memory.
LARGE = 2**16


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    context = multiprocessing.get_context("spawn")  # a server's threads would not survive a fork
    with ProcessPoolExecutor(1, context, initializer=limit) as pool:
        for name, (data, step) in pictures().items():
            np.testing.assert_array_equal(step(data), in_pool(pool, data, step))
            ways = {
                "look": lambda data=data: inspect(data),
                "here": lambda data=data, step=step: step(data),
                "pool": lambda data=data, step=step: in_pool(pool, data, step),
            }
            look, here, there = measure(ways.values(), options.rounds)
            print(f"{name}: {1000 * here:.3f} ms, of which the look {1000 * look:.3f} ms;", end=" ")
            print(f"in a pool {1000 * there:.3f} ms (ratio {there / here:.2f})")


def pictures():
    (digits, _), _ = load_mnist()
    photo = cv2.imread(str(PHOTOS / "astronaut.jpg"))
    return {
        "28x28 PNG": (encode(".png", digits[7]), decode_grey),
        "640x480 JPEG": (encode(".jpg", cv2.resize(photo, (640, 480))), decode),
        "12-megapixel JPEG": (encode(".jpg", cv2.resize(photo, (4000, 3000))), decode),
    }


def encode(kind, picture):
    return cv2.imencode(kind, picture)[1].tobytes()


def measure(ways, rounds):
    """Return the median of the seconds that each way takes, measured in turn."""
    ways, taken = list(ways), []
    for _ in range(rounds):
        row = []
        for way in ways:
            start = time.perf_counter()
            way()
            row.append(time.perf_counter() - start)
        taken.append(row)
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def in_pool(pool, data, step):
    look = inspect(data)  # the size must be known before the memory is shared
    shape = (look.height, look.width, 3)
    if np.prod(shape) < LARGE:
        return pool.submit(step, data).result()
    shared = SharedMemory(create=True, size=int(np.prod(shape)))
    try:
        pool.submit(decode_into, shared.name, shape, data).result()
        return np.ndarray(shape, np.uint8, shared.buf).copy()
    finally:
        shared.close()
        shared.unlink()


def decode_into(name, shape, data):
    shared = SharedMemory(name)
    np.ndarray(shape, np.uint8, shared.buf)[:] = decode(data)
    shared.close()


def limit():
    """Set a process of the pool up: one thread, and less memory."""
    cv2.setNumThreads(1)
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))


if __name__ == "__main__":
    main()
