"""The learner's copies: laid out, never overwritten, brought back on request.

``work/<lang>/`` holds copies of the notebooks (``annyeong/<lang>/`` where there is no checkout).
Beside them ``.laid.json`` records each copy as it was laid. To open a notebook or to run its cells
is not to change it: JupyterLab then writes outputs and metadata. A copy counts as the learner's own
once the text of a cell differs.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import chain, count
from pathlib import Path

from helpers.checksums import how_to_restore
from helpers.course.navigation import ALL_LESSONS, HOME
from helpers.course.source import lesson_paths
from helpers.data import DataError
from helpers.paths import NOTEBOOKS, WORK, claim, demand_course, written_whole
from helpers.reader import say


@dataclass(frozen=True)
class News:
    """A lesson that is newer than the learner's copy was.

    Parameters
    ----------
    lesson : Path
        Where the newer one now is.
    own : Path or None
        The learner's changed copy, which stays; None if nothing was changed.
    """

    lesson: Path
    own: Path | None


def in_words(news: list[News]) -> list[str]:
    """Return what to tell the learner: a line for all that is new, one for each copy they keep."""
    names = ", ".join(one.lesson.name for one in news if one.own is None)
    lines = [say(en=f"New in the course: {names}", ko=f"새로워진 수업: {names}")] if names else []
    return lines + [
        say(
            en=f"{one.own.name} has a newer edition, {one.lesson.name}; your own stays as it is.",
            ko=f"{one.own.name}의 새 수업은 {one.lesson.name}에 있습니다. 고친 사본은 그대로 "
            "있습니다.",
        )
        for one in news
        if one.own is not None
    ]


def lay_out(lang: str) -> list[News]:
    """Lay the notebooks of a language out for the learner, in the folder `WORK`.

    A copy that the learner has changed stays as it is; if the lesson is newer than the one
    it came from, the newer is laid beside it as ``NAME.new.ipynb``. Other copies are replaced.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.

    Returns
    -------
    list of News
        The lessons that an update of the course has changed; none the first time.

    Raises
    ------
    DataError
        If there are no notebooks to lay out.
    ValueError
        If something else has the name of the folder.
    """
    folder = WORK / lang
    laid = _read_laid(folder)
    is_update = bool(laid)
    originals = sorted((NOTEBOOKS / lang).glob("*.ipynb"))
    if not originals:
        raise DataError(_missing(f"notebooks/{lang}"))
    claim(WORK)
    news = []
    for original in originals:
        target = _place_for(original, folder, laid)
        if target is None:
            continue
        before = laid.get(target.name)
        _lay(_content(original), target, laid)
        if target.name != original.name:
            news.append(News(target, folder / original.name))
        elif is_update and (before is None or before.text != laid[target.name].text):
            news.append(News(target, None))
    return news


def newer_editions(lang: str) -> list[News]:
    """Return the newer lessons that lie beside a copy of the learner's own."""
    return [
        News(path, own)
        for path in sorted((WORK / lang).glob("[0-9]*.new*.ipynb"))
        if (own := path.with_name(f"{path.name.partition('.')[0]}.ipynb")).exists()
    ]


def reset(lesson: str, lang: str) -> tuple[Path, Path | None]:
    """Bring back the original of a lesson; keep a changed copy under another name.

    Returns
    -------
    (Path, Path or None)
        The fresh copy, and where the learner's changed one now lies, if there was one.

    Raises
    ------
    ValueError
        If there is no such lesson, or no course around.
    DataError
        If its original is missing; the learner's copy then stays where it is.
    """
    demand_course()
    name = lesson_paths([lesson])[0].stem
    original = NOTEBOOKS / lang / f"{name}.ipynb"
    if not original.is_file():
        raise DataError(_missing(f"notebooks/{lang}/{original.name}"))
    target = WORK / lang / original.name
    return target, replace(target, _content(original))


def replace(target: Path, content: bytes) -> Path | None:
    """Lay a notebook out, whatever is there; keep a changed copy under another name.

    Returns
    -------
    Path or None
        Where the learner's changed copy now lies, if there was one.
    """
    laid = _read_laid(target.parent)
    kept = None
    if target.exists() and not _Edition.of(target.read_bytes()).is_as(laid.get(target.name)):
        mine = _numbered(target.parent, target.stem, "mine")
        kept = next(path for path in mine if not path.exists())
        target.rename(kept)
    _lay(content, target, laid)
    return kept


def _missing(name: str) -> str:
    restore = how_to_restore(name)
    return say(
        en=f"{name} is missing. To restore it: {restore}",
        ko=f"{name}이(가) 없습니다. 되살리는 방법: {restore}",
    )


@dataclass(frozen=True)
class _Edition:
    """The digests of a notebook: of its whole file, and of the text of its cells alone."""

    file: str
    text: str | None  # None where a record of older days has the other one only

    @classmethod
    def of(cls, content: bytes) -> "_Edition":
        return cls(_digest(content), _digest(_text_of(content)))

    def is_as(self, laid: "_Edition | None") -> bool:
        """Return whether the learner has changed nothing since the notebook was laid."""
        return laid is not None and (self.file == laid.file or self.text == laid.text)


def _text_of(content: bytes) -> bytes:
    """Return kind and text of each cell of a notebook; all of it if it is no notebook."""
    try:
        cells = json.loads(content)["cells"]
        texts = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError, TypeError):
        return content
    return json.dumps(texts).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _place_for(original: Path, folder: Path, laid: dict[str, _Edition]) -> Path | None:
    """Return where to lay `original`, or None if the learner has this edition already."""
    newest = _Edition.of(_content(original))
    for target in chain([folder / original.name], _numbered(folder, original.stem, "new")):
        if not target.exists():
            return target
        found, as_laid = _Edition.of(target.read_bytes()), laid.get(target.name)
        if newest.file == (as_laid.file if as_laid else None) or newest.text == found.text:
            # The same lesson, at most drawn anew: a copy that was never opened takes it over.
            is_unopened = as_laid is not None and found.file == as_laid.file != newest.file
            return target if is_unopened else None
        if found.is_as(as_laid):
            return target
        if as_laid is not None and newest.text == as_laid.text:
            return None
    raise AssertionError("the numbers never end")


def _numbered(folder: Path, name: str, word: str) -> Iterator[Path]:
    """Yield ``name.word.ipynb``, ``name.word-2.ipynb``, ``name.word-3.ipynb`` ..."""
    yield folder / f"{name}.{word}.ipynb"
    for number in count(2):
        yield folder / f"{name}.{word}-{number}.ipynb"


def _content(original: Path) -> bytes:
    """Return what is laid out of a notebook: its way home is the learner's home page."""
    lang = original.parent.name
    return original.read_bytes().replace(ALL_LESSONS[lang].encode(), HOME.encode())


def _lay(content: bytes, target: Path, laid: dict[str, _Edition]) -> None:
    with written_whole(target) as temporary:
        temporary.write_bytes(content)
    trust(target)
    laid[target.name] = _Edition.of(content)
    with written_whole(target.parent / ".laid.json") as temporary:
        record = {name: asdict(edition) for name, edition in laid.items()}
        temporary.write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")


def trust(notebook: Path) -> None:
    """Sign a notebook as JupyterLab does, which shows no widgets of a notebook it does not trust.

    Where the signature cannot be kept, the learner has the notebook all the same.
    """
    from nbformat import read
    from nbformat.sign import NotebookNotary

    with suppress(ValueError, OSError):
        NotebookNotary().sign(read(notebook, as_version=4))


def _read_laid(folder: Path) -> dict[str, _Edition]:
    """Return what was laid; nothing if the record is lost, so that all counts as changed.

    Records of older days have one digest for a notebook, that of the file.
    """
    try:
        laid = json.loads((folder / ".laid.json").read_text(encoding="utf-8"))
        return {
            name: _Edition(edition, None) if isinstance(edition, str) else _Edition(**edition)
            for name, edition in laid.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
