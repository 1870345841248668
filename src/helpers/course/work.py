"""The learner's copies: laid out, never overwritten, brought back on request.

``work/<lang>/`` holds copies of the notebooks. Beside them ``.laid.json`` records the
digest of each copy as it was laid: a file that differs from it is the learner's work.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from helpers.checksums import how_to_restore
from helpers.course.source import lesson_paths
from helpers.data import DataError
from helpers.paths import NOTEBOOKS, WORK, written_whole
from helpers.reader import say


def lay_out(lang: str) -> Path:
    """Lay the notebooks of a language out for the learner and return their folder.

    A copy that the learner has changed stays as it is; if the lesson is newer than the one
    it came from, the newer is laid beside it as ``NAME.new.ipynb``.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.

    Raises
    ------
    DataError
        If there are no notebooks to lay out.
    """
    folder = WORK / lang
    laid = _read_laid(folder)
    originals = sorted((NOTEBOOKS / lang).glob("*.ipynb"))
    if not originals:
        raise DataError(_missing(f"notebooks/{lang}"))
    for original in originals:
        target = _place_for(original, folder, laid)
        if target is not None:
            _lay(original, target, laid)
    return folder


def reset(lesson: str, lang: str) -> tuple[Path, Path | None]:
    """Bring back the original of a lesson; keep a changed copy under another name.

    Returns
    -------
    (Path, Path or None)
        The fresh copy, and where the learner's changed one now lies, if there was one.

    Raises
    ------
    ValueError
        If there is no such lesson.
    DataError
        If its original is missing; the learner's copy then stays where it is.
    """
    name = lesson_paths([lesson])[0].stem
    original = NOTEBOOKS / lang / f"{name}.ipynb"
    if not original.is_file():
        raise DataError(_missing(f"notebooks/{lang}/{original.name}"))
    folder = WORK / lang
    laid = _read_laid(folder)
    target = folder / f"{name}.ipynb"
    kept = None
    if target.exists() and _digest(target) != laid.get(target.name):
        kept = next(path for path in _numbered(folder, name, "mine") if not path.exists())
        target.rename(kept)
    _lay(original, target, laid)
    return target, kept


def _missing(name: str) -> str:
    restore = how_to_restore(name)
    return say(
        en=f"{name} is missing. To restore it: {restore}",
        ko=f"{name}이(가) 없습니다. 되살리는 방법: {restore}",
    )


def _place_for(original: Path, folder: Path, laid: dict[str, str]) -> Path | None:
    """Return where to lay `original`, or None if the learner has this edition already."""
    newest = _digest(original)
    for target in chain([folder / original.name], _numbered(folder, original.stem, "new")):
        if not target.exists():
            return target
        found, as_laid = _digest(target), laid.get(target.name)
        if newest in (found, as_laid):
            return None
        if found == as_laid:
            return target
    raise AssertionError("the numbers never end")


def _numbered(folder: Path, name: str, word: str) -> Iterator[Path]:
    """Yield ``name.word.ipynb``, ``name.word-2.ipynb``, ``name.word-3.ipynb`` ..."""
    yield folder / f"{name}.{word}.ipynb"
    for number in count(2):
        yield folder / f"{name}.{word}-{number}.ipynb"


def _lay(original: Path, target: Path, laid: dict[str, str]) -> None:
    with written_whole(target) as temporary:
        temporary.write_bytes(original.read_bytes())
    _trust(target)
    laid[target.name] = _digest(target)
    with written_whole(target.parent / ".laid.json") as temporary:
        temporary.write_text(json.dumps(laid, indent=1, sort_keys=True), encoding="utf-8")


def _trust(copy: Path) -> None:
    """Sign a copy as JupyterLab does, which shows no widgets of a notebook it does not trust.

    Where the signature cannot be kept, the learner has the copy all the same.
    """
    from nbformat import read
    from nbformat.sign import NotebookNotary

    with suppress(ValueError, OSError):
        NotebookNotary().sign(read(copy, as_version=4))


def _read_laid(folder: Path) -> dict[str, str]:
    """Return what was laid; nothing if the record is lost, so that all counts as changed."""
    try:
        laid = json.loads((folder / ".laid.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return laid if isinstance(laid, dict) else {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
