"""Draw the house in CONTRIBUTING.md: which room of src/helpers uses which, from the imports.

    python tests/house.py        # or: make house

A room is a package of src/helpers, or the module ``cli`` or ``reader``. The other modules beside
them are one room, the ground.
"""

import ast
import sys
from pathlib import Path

from helpers.paths import ROOT

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
HELPERS = ROOT / "src/helpers"
BEGIN, END = "<!-- drawn by `make house` -->\n", "<!-- end of the drawing -->\n"

#: The rule: which rooms a room may use, from the bottom to the top.
MAY_USE = {
    "reader": set(),
    "ground": {"reader"},
    "nn": {"reader"},
    "diagrams": {"nn", "ground", "reader"},
    "vision": {"nn", "ground", "reader"},
    "language": {"nn", "ground", "reader"},
    "course": {"vision", "language", "diagrams", "nn", "ground", "reader"},
    "service": {"vision", "language", "nn", "ground", "reader"},
    "cli": {"course", "service", "vision", "language", "diagrams", "nn", "ground", "reader"},
}
IS_FOR = {
    "reader": "the reader's language",
    "nn": "networks written out, NumPy only",
    "diagrams": "what the lessons draw, from their numbers",
    "vision": "digits, photos, faces",
    "language": "tokens, embeddings, the chatbot",
    "course": "lessons, checks, the learner's copies",
    "service": "all of it over HTTP",
    "cli": "the annyeong command",
}


def room_of(module: str) -> str:
    """Return the room of a module, ``"helpers.vision.faces"``: ``"vision"``."""
    name = [*module.split("."), ""][1]
    return name if name in MAY_USE or (HELPERS / name / "__init__.py").is_file() else "ground"


def imported(source: str, module: str = "") -> set[str]:
    """Return the modules that a source imports, also within functions.

    Parameters
    ----------
    source : str
        Code.
    module : str
        Its own name, from which relative imports start.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            name = ".".join([*package, *filter(None, [node.module])])
            # `from helpers import data` imports the module helpers.data.
            submodules = {f"{name}.{alias.name}" for alias in node.names}
            found |= submodules if name == "helpers" else {name}
    return found


def sources(helpers: Path = HELPERS) -> dict[str, str]:
    """Return the source of each module, ``{"helpers.vision.faces": ...}``."""
    return {
        ".".join(path.relative_to(helpers.parent).with_suffix("").parts): path.read_text("utf-8")
        for path in sorted(helpers.rglob("*.py"))
        if path != helpers / "__init__.py"
    }


def used(modules: dict[str, str]) -> dict[str, set[str]]:
    """Return for each room the other rooms that it uses."""
    rooms: dict[str, set[str]] = {room_of(module): set() for module in modules}
    for module, source in modules.items():
        rooms[room_of(module)] |= {
            room_of(name)
            for name in imported(source, module)
            if name.startswith("helpers.") and name != "helpers.__version__"
        }
    return {room: others - {room} for room, others in rooms.items()}


def drawing(modules: dict[str, str]) -> str:
    """Return the picture as a Mermaid diagram, which GitHub renders.

    An arrow is left out where a longer way along other arrows leads to the same room.
    """
    rooms = used(modules)
    ground = sorted(module.split(".")[1] for module in modules if room_of(module) == "ground")
    order = [room for room in reversed(MAY_USE) if room in rooms]
    texts = {**IS_FOR, "ground": " ".join(ground)}
    lines = ["flowchart TD", "    accTitle: The rooms of src/helpers"]
    lines += [f'    {room}["<b>{room}</b><br>{texts[room]}"]' for room in order]
    for room in order:
        beyond = set().union(*(_reached(rooms, other) for other in rooms[room]))
        lines += [f"    {room} --> {other}" for other in order if other in rooms[room] - beyond]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def _reached(rooms: dict[str, set[str]], room: str) -> set[str]:
    """Return the rooms that `room` uses, directly or through others."""
    return rooms[room].union(*(_reached(rooms, other) for other in rooms[room]))


def redrawn(text: str) -> str:
    """Return the text of CONTRIBUTING.md with the picture of the current imports."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + drawing(sources()) + END + after


if __name__ == "__main__":
    CONTRIBUTING.write_text(
        redrawn(CONTRIBUTING.read_text(encoding="utf-8")), encoding="utf-8", newline="\n"
    )
    sys.exit()
