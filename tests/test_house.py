"""The rules of the house, checked on the imports and the signatures of src/helpers."""

import ast
import sys

import house
import pytest

MODULES = house.sources()
#: The rooms whose public functions all have types.
TYPED = sorted(house.MAY_USE)
#: Imported only within functions: `annyeong read` starts without TensorFlow.
LATE = {"tensorflow", "keras"}


@pytest.mark.parametrize("room", sorted({house.room_of(module) for module in MODULES}))
def test_a_room_uses_only_the_rooms_below_it(room):
    assert room in house.MAY_USE, f"tests/house.py has no rule for {room}"
    up = {
        (module, name)
        for module, source in MODULES.items()
        for name in house.imported(source, module)
        if house.room_of(module) == room
        and name.startswith("helpers.")
        and name != "helpers.__version__"
        and house.room_of(name) not in house.MAY_USE[room] | {room}
    }
    assert up == set()


def test_the_rule_has_no_cycle():
    below = {}
    for room, others in house.MAY_USE.items():
        assert others <= below.keys(), room
        below[room] = others


def test_nn_imports_only_numpy():
    others = {
        name.split(".")[0]
        for module, source in MODULES.items()
        for name in house.imported(source, module)
        if house.room_of(module) == "nn"
    }
    assert others <= {"helpers", "numpy"} | sys.stdlib_module_names


def loaded(body):
    """Yield the imports that run when a module is loaded."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            yield from loaded(node.body)


def test_no_module_imports_tensorflow_when_it_is_loaded():
    early = {
        (module, name)
        for module, source in MODULES.items()
        for name in loaded(ast.parse(source).body)
        if name.split(".")[0] in LATE
    }
    assert early == set()


def untyped(source):
    """Yield each public function or method that lacks a type, its line and the arguments."""
    for node, is_method in public_functions(ast.parse(source).body):
        args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        args += [arg for arg in (node.args.vararg, node.args.kwarg) if arg]
        bound = is_method and not any("staticmethod" in ast.unparse(d) for d in node.decorator_list)
        bare = [arg.arg for arg in args[bound:] if arg.annotation is None]
        if node.returns is None and node.name != "__init__":
            bare.append("return")
        if bare:
            yield f"{node.name}, line {node.lineno}: {', '.join(bare)}"


def public_functions(body, is_method=False):
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("_") or node.name in ("__init__", "__call__"):
                yield node, is_method
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, is_method=True)


@pytest.mark.parametrize("room", TYPED)
def test_every_public_function_has_types(room):
    own = {module: source for module, source in MODULES.items() if house.room_of(module) == room}
    assert own
    assert {m: bare for m, source in own.items() if (bare := list(untyped(source)))} == {}


def test_a_missing_type_is_found():
    source = (
        "def f(a, *b: int, c=1) -> int: ...\n"
        "def _f(a): ...\n"
        "async def g(): ...\n"
        "class A:\n"
        "    def __init__(self, a): ...\n"
        "    @staticmethod\n"
        "    def h(a) -> None: ...\n"
    )
    assert list(untyped(source)) == [
        "f, line 1: a, c",
        "g, line 3: return",
        "__init__, line 5: a",
        "h, line 7: a",
    ]


def test_imports_are_found_in_every_form():
    source = (
        "import numpy as np\n"
        "from helpers import data, __version__\n"
        "from .faces import find_faces\n"
        "def f():\n"
        "    from helpers.language.tokens import nouns\n"
    )
    assert house.imported(source, "helpers.vision.photos") == {
        "numpy",
        "helpers.data",
        "helpers.__version__",
        "helpers.vision.faces",
        "helpers.language.tokens",
    }


def test_the_drawing_leaves_out_what_other_arrows_say():
    modules = {
        "helpers.cli": "import helpers.vision.faces, helpers.data",
        "helpers.vision.faces": "from helpers.data import load_mnist",
        "helpers.data": "from helpers.reader import say",
        "helpers.reader": "",
    }
    arrows = [line.strip() for line in house.drawing(modules).splitlines() if "-->" in line]
    assert arrows == ["cli --> vision", "vision --> ground", "ground --> reader"]


def test_contributing_shows_the_house_as_it_is():
    text = house.CONTRIBUTING.read_text(encoding="utf-8")
    assert house.redrawn(text) == text, "run: make house"
