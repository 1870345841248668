"""Decode what `hostile.made_anew` makes of a seed, in a process that may die of it.

    python -m service.decoding SEED  (in tests/)

Prints JSON: how often each outcome came, the longest time in seconds of CPU and its file, and
the memory in bytes that was taken above what the process had before.
"""

import json
import sys
import time
from collections import Counter

import cv2
import psutil

from helpers.vision.pictures import PhotoError, decode, size_of
from service.hostile import made_anew


def main(seed):
    files = made_anew(seed)
    cv2.setNumThreads(1)
    idle = memory()
    outcomes, slowest = Counter(), (0, "")
    for name, data in files.items():
        print(name, file=sys.stderr, flush=True)  # the last one is the one that ended it
        outcome, seconds = timed(data)
        if seconds > 1:  # on a busy computer even the time of the processor may be wrong once
            seconds = min(seconds, timed(data)[1], timed(data)[1])
        outcomes[outcome] += 1
        slowest = max(slowest, (seconds, name))
    print(json.dumps({"outcomes": outcomes, "slowest": slowest, "memory": memory() - idle}))


def timed(data):
    """Return what came of a file, and the seconds of CPU that it took."""
    start = time.process_time()
    try:
        height, width = decode(data).shape[:2]
        assert sorted(size_of(data)) == sorted((width, height))
        outcome = "decoded"
    except PhotoError as error:
        outcome = str(error)
    return outcome, time.process_time() - start


def memory():
    """Return the most memory that this process has had at once, in bytes."""
    info = psutil.Process().memory_info()
    if hasattr(info, "peak_wset"):  # Windows
        return info.peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    main(int(sys.argv[1]))
