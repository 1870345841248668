"""Run lessons from other seeds: what they claim of a training holds from other starts too.

    python tests/seeds.py [--seeds 10] [LESSON ...]

Each number that a lesson gives to `set_random_seed` or as `seed=` is made larger by 1000, 2000 and
so on; then the claims (and whatever else asserts) that fail are named, with the share of seeds
they hold from. The exit code tells whether there was any.
"""

import argparse
import ast
import os
import sys
from collections import Counter

import nbformat
from nbclient import NotebookClient

from helpers.course.source import lesson_paths
from helpers.paths import NOTEBOOKS

SECONDS = 1200  # a training on a busy machine


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="number or name; default: all")
    parser.add_argument("--seeds", type=int, default=10, help="default: 10")
    options = parser.parse_args(words)
    any_failed = False
    for path in lesson_paths(options.lessons or None):
        failures = Counter()
        for number in range(1, options.seeds + 1):
            for failure in set(failed_claims(path.stem, 1000 * number)):
                failures[failure] += 1
                print(f"{path.stem}, seeds + {1000 * number}: {failure}", flush=True)
        any_failed = any_failed or bool(failures)
        print(f"{path.stem}: {options.seeds} seeds, {len(failures)} claims do not hold from each")
        for failure, count in failures.most_common():
            print(f"    held {options.seeds - count} of {options.seeds}: {failure}", flush=True)
    return int(any_failed)


def failed_claims(lesson, shift):
    """Run the English notebook of a lesson with its seeds shifted; yield what it no longer says."""
    path = NOTEBOOKS / "en" / f"{lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = with_shifted_seeds(cell.source, shift)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"{cell.source.splitlines()[0]!r}: {output.ename}: {output.evalue}"


def with_shifted_seeds(code, shift):
    """Return code that gives larger seeds, and is the same but for them.

    >>> with_shifted_seeds("keras.utils.set_random_seed(0); x = f(1, seed=2)", 1000)
    'keras.utils.set_random_seed(1000); x = f(1, seed=1002)'
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:  # an exercise with gaps
        return code
    seeds = [seed for node in ast.walk(tree) if isinstance(node, ast.Call) for seed in _seeds(node)]
    lines = [line.encode() for line in code.split("\n")]  # ast counts columns in bytes
    for seed in sorted(seeds, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line = lines[seed.lineno - 1]
        larger = str(seed.value + shift).encode()
        lines[seed.lineno - 1] = line[: seed.col_offset] + larger + line[seed.end_col_offset :]
    return b"\n".join(lines).decode()


def _seeds(call):
    """Return the numbers in a call that are seeds."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "seed"]
    if ast.unparse(call.func).endswith("set_random_seed"):
        given += call.args
    return [node for node in given if isinstance(node, ast.Constant) and node.value is not None]


if __name__ == "__main__":
    sys.exit(main())
