"""An explorer without a kernel: its picture at every position, in one small file.

`annyeong build` records them while it runs a notebook; on a page of the site, `alive.js` plays
them in the same widget. `helpers.course.tiles` says what is in a file.
"""

import hashlib
import itertools
import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.paths import NOTEBOOKS, written_whole

if TYPE_CHECKING:
    from helpers.course.widgets import Explorer

#: The kind of output that tells where the frames of an explorer are, and its controls.
MIME = "application/vnd.annyeong.explorer+json"
#: The variable that names where a kernel records frames: ``folder/en`` gives ``folder/en-1.bin``.
VARIABLE = "ANNYEONG_FRAMES"
FOLDER = NOTEBOOKS / "frames"
#: At most so many positions of an explorer are kept, if the lesson doesn't say which.
MOST = 64


def kept_positions(
    controls: dict[str, Sequence[Any]], chosen: dict[str, int], wanted: dict[str, Sequence[Any]]
) -> dict[str, list[int]]:
    """Choose the positions of each control that are kept, at most `MOST` together.

    What is not wanted by name is thinned evenly, the control with the most positions first;
    the position at which a control starts always stays.

    Parameters
    ----------
    controls : dict
        The values of each control.
    chosen : dict of str to int
        Where each control starts.
    wanted : dict
        The values to keep, for the controls that the lesson says so of.

    Returns
    -------
    dict of str to list of int
        In the order of the values.

    Raises
    ------
    ValueError
        If a wanted value is none of the control's, or too many positions are wanted.

    Examples
    --------
    >>> controls, chosen = {"row": range(8), "size": range(40)}, {"row": 3, "size": 5}
    >>> kept = kept_positions(controls, chosen, {"row": [0, 7]})
    >>> kept["row"], kept["size"][:4]
    ([0, 3, 7], [1, 3, 5, 7])
    """
    kept = {name: list(range(len(values))) for name, values in controls.items()}
    for name, values in wanted.items():
        here = {list(controls[name]).index(value) for value in values}
        kept[name] = sorted(here | {chosen[name]})
    steps = {name: 1 for name in controls if name not in wanted}
    while math.prod(map(len, kept.values())) > MOST:
        name = max(steps, key=lambda name: len(kept[name]), default="")
        if not name or len(kept[name]) == 1:
            raise ValueError(
                f"frames: at most {MOST} positions, not {list(map(len, kept.values()))}"
            )
        steps[name] += 1
        kept[name] = list(range(chosen[name] % steps[name], len(controls[name]), steps[name]))
    return kept


def record(explorer: "Explorer", path: Path) -> dict[str, Any]:
    """Draw an explorer at all positions that are kept, write them, and say what plays them.

    Parameters
    ----------
    explorer : Explorer
    path : Path
        The file to write.

    Returns
    -------
    dict
        ``controls`` and ``chosen``, as the widget has them, of the positions that are kept. The
        frames follow each other with the last control moving fastest.
    """
    from helpers.course.tiles import pack  # NumPy is slow to load, and the build only checks

    kept = kept_positions(explorer.choices, explorer.chosen, explorer.frames)
    positions = itertools.product(*kept.values())
    frames = [explorer.drawn_at(dict(zip(kept, one, strict=True))) for one in positions]
    with written_whole(path) as temporary:
        temporary.write_bytes(pack(frames))
    return {
        "controls": [
            control | {"values": [control["values"][i] for i in kept[control["name"]]]}
            for control in explorer.controls
        ],
        "chosen": {name: kept[name].index(at) for name, at in explorer.chosen.items()},
    }


def files(lesson: str, lang: str) -> list[Path]:
    """Return the files of a lesson's frames in a language."""
    return sorted((FOLDER / lesson).glob(f"{lang}-*.bin"))


def replace(lesson: str, lang: str, folder: Path) -> None:
    """Put the frames of a lesson in a language that lie in `folder` in place of the old ones."""
    for path in files(lesson, lang):
        path.unlink()
    for path in sorted(folder.glob(f"{lang}-*.bin")):
        with written_whole(FOLDER / lesson / path.name) as temporary:
            shutil.copyfile(path, temporary)


def digest(lesson: str, lang: str) -> str:
    """Return the digest of a lesson's frames in a language, "" if it has none."""
    sha = hashlib.sha256()
    paths = files(lesson, lang)
    for path in paths:
        sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest() if paths else ""
