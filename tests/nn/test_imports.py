import ast

import pytest

from helpers.paths import ROOT

MODULES = sorted((ROOT / "src" / "helpers" / "nn").glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_nn_needs_nothing_but_numpy_and_the_reader(module):
    """What the course writes out by hand stands on nothing that hides the idea."""
    allowed = {"numpy", "helpers.reader", "collections", "itertools", "operator", "typing"}
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            fits = name in allowed or name.startswith(("numpy.", "collections.", "helpers.nn"))
            assert fits, f"{module.name} imports {name}"
