"""From a lesson to its notebooks: one language, executed, the same bytes every time.

Beside the notebooks lie the frames of their explorers, recorded in the same run.

A notebook carries three digests in its metadata. One is of what it was made from: the lesson, the
helpers it imports, directly or through others, and the data files that these name. It tells
whether the notebook is stale. The others are of what came out, the notebook and the frames, and
tell whether somebody edited the notebook by hand.

What needs no notebook of nbformat's reads plain JSON: importing that library takes most of the
time that `annyeong build --check` may take.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING, Any

from helpers.checksums import recorded
from helpers.course import frames
from helpers.course.glossary import linked
from helpers.course.lint import find_faults
from helpers.course.navigation import TAG, navigation
from helpers.course.source import Cell, Lesson, lesson_paths, read_lesson, unbroken
from helpers.paths import DATA, IS_CHECKOUT, NOTEBOOKS, ROOT, written_whole
from helpers.reader import LANGUAGES

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Notebooks without solutions, for an instructor to hand out; git ignores them.
HANDOUTS = ROOT / "handouts"
CELL_SECONDS = 600
_WIDGET = "application/vnd.jupyter.widget-view+json"
_PNG = "image/png"
_QUIZ = 'from helpers.course.quiz import quiz\n\nquiz("{}")'
_TITLE = {"en": "Solution", "ko": "풀이"}
_FOR_THE_TESTS = {"alternative", "mistake", "equivalent"}
_FOLDED = {"claim", "fold"}


class LessonError(Exception):
    """Lessons or notebooks that must be mended; the message has a line for each fault."""


def build(names: list[str] | None = None, *, force: bool = False) -> list[Path]:
    """Build the notebooks of some lessons, or of all; skip those that are fresh.

    Parameters
    ----------
    names : list of str, optional
        Lessons by number or name.
    force : bool
        Execute fresh notebooks too.

    Returns
    -------
    list of Path
        The notebooks that were written, each whole or not at all.

    Raises
    ------
    LessonError
        If a lesson has faults (all are named, and nothing is built), or a cell fails.
    """
    lessons = [read_lesson(path) for path in lesson_paths(names)]
    _raise_if_any([str(fault) for lesson in lessons for fault in find_faults(lesson)])
    to_do = [
        (lesson, lang) for lesson in lessons for lang, fault in _staleness(lesson) if force or fault
    ]
    written = []
    for lesson, lang in _with_bar(to_do):
        path = notebook_path(lesson, lang)
        source = source_digest(lesson)  # before the run, so that a change in it shows
        with TemporaryDirectory() as folder:
            target = Path(folder) / lesson.name / lang
            notebook = execute(convert(lesson, lang), path, record=target)
            _raise_if_any(_output_faults(lesson, notebook))
            frames.replace(lesson.name, lang, target.parent)
        _write(_sealed(notebook, lesson, lang, source), path)
        written.append(path)
    return written


def _with_bar(to_do: list[tuple[Lesson, str]]) -> Iterator[tuple[Lesson, str]]:
    """Yield each notebook to build; in a terminal a bar says which it is."""
    from tqdm import tqdm

    shape = "{n_fmt}/{total_fmt} |{bar:30}| {desc} {elapsed}"
    with tqdm(to_do, bar_format=shape, disable=None) as bar:
        for lesson, lang in bar:
            bar.set_description_str(f"{lang}/{lesson.name}")
            yield lesson, lang


def check(names: list[str] | None = None) -> None:
    """Hold the notebooks against the lessons without executing anything.

    Raises
    ------
    LessonError
        Naming every fault in a lesson and every notebook that is missing, stale, edited
        by hand or without a lesson.
    """
    faults: list[str] = []
    paths = lesson_paths(names)
    for lesson in map(read_lesson, paths):
        own = [str(fault) for fault in find_faults(lesson)]
        faults += own or _all_stale([lesson])  # what is to be mended is stale anyway
    if not names:
        known = {path.stem for path in paths}
        faults += (
            f"{_shown(path)}: no lesson of this name; delete the notebook"
            for path in sorted(NOTEBOOKS.glob("*/*.ipynb"))
            if path.stem not in known
        )
        faults += (
            f"{_shown(path)}: no lesson of this name; delete the folder"
            for path in sorted(frames.FOLDER.glob("*"))
            if path.name not in known
        )
    _raise_if_any(faults)


def hand_out(names: list[str] | None = None) -> list[Path]:
    """Write the built notebooks without their solutions to ``handouts/``.

    Raises
    ------
    LessonError
        If a notebook is missing, stale or edited by hand.
    """
    import nbformat

    lessons = [read_lesson(path) for path in lesson_paths(names)]
    if IS_CHECKOUT:  # a wheel's are of one piece with it
        _raise_if_any(_all_stale(lessons))
    written = []
    for lesson in lessons:
        for lang in LANGUAGES:
            notebook = nbformat.read(notebook_path(lesson, lang), as_version=4)
            notebook.cells = [
                cell for cell in notebook.cells if "solution" not in cell.metadata.get("tags", ())
            ]
            written.append(HANDOUTS / lang / f"{lesson.name}.ipynb")
            _write(notebook, written[-1])
    return written


def notebook_path(lesson: Lesson, lang: str) -> Path:
    """Return where the notebook of a lesson in a language lies."""
    return NOTEBOOKS / lang / f"{lesson.name}.ipynb"


def convert(lesson: Lesson, lang: str) -> NotebookNode:
    """Return the notebook of a lesson in one language, not executed."""
    from nbformat import v4

    cells = [
        _notebook_cell(lesson, cell, lang)
        for cell in linked(lesson, lang).cells
        if cell.lang in (None, lang) and _FOR_THE_TESTS.isdisjoint(cell.tags)
    ]
    line = navigation(lesson, lang)
    way = {"metadata": {"tags": [TAG]}}
    cells = [v4.new_markdown_cell(line, **way), *cells, v4.new_markdown_cell(line, **way)]
    for number, cell in enumerate(cells):
        earlier = sum(other.source == cell.source for other in cells[:number])
        cell.id = hashlib.sha256(f"{earlier} {cell.source}".encode()).hexdigest()[:12]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return v4.new_notebook(cells=cells, metadata=metadata)


def _notebook_cell(lesson: Lesson, cell: Cell, lang: str) -> NotebookNode:
    from nbformat import v4

    metadata: dict[str, Any] = {"tags": list(cell.tags)} if cell.tags else {}
    if cell.kind == "markdown":
        return v4.new_markdown_cell(unbroken(cell.source))
    if "quiz" in cell.tags:
        return v4.new_code_cell(_QUIZ.format(lesson.name), metadata=metadata)
    if "solution" in cell.tags:
        folded = (
            f"<details><summary><b>{_TITLE[lang]}</b></summary>\n\n"
            f"```python\n{cell.source}\n```\n\n</details>"
        )
        return v4.new_markdown_cell(folded, metadata=metadata)
    if _FOLDED & set(cell.tags):
        metadata["jupyter"] = {"source_hidden": True}
    if "claim" in cell.tags:
        metadata["tags"].append("raises-exception")  # "Run All" goes on after it
    if cell.alt:
        metadata["alt"] = cell.alt[lang]
    return v4.new_code_cell(cell.source, metadata=metadata)


def execute(notebook: NotebookNode, path: Path, record: Path | None = None) -> NotebookNode:
    """Run a notebook as if it lay at `path`; keep only what is the same at every run.

    Explorers leave their frames at `record`, if it is given: ``folder/en`` gives
    ``folder/en-1.bin`` and so on.

    Raises
    ------
    LessonError
        If a cell raises; the message holds the path, the cell and its traceback.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    path.parent.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    # What TensorFlow and others log past Python is shown only if the kernel dies of it.
    with TemporaryFile() as log:
        try:
            env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
            env |= {frames.VARIABLE: str(record)} if record else {}
            client.execute(env=env, stderr=log)
        except Exception as error:
            lines = [f"{_shown(path)}: a cell fails", str(error)]
            if isinstance(error, DeadKernelError | RuntimeError):
                log.seek(0)
                lines.append(log.read().decode(errors="replace"))
            raise LessonError("\n".join(lines)) from error
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}  # not the version that ran it
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _joined(filter(None, (_kept(one, cell) for one in cell.outputs)))
    return notebook


def _kept(output: NotebookNode, cell: NotebookNode) -> NotebookNode | None:
    """Drop stderr and live widgets; make pictures light and give them their alternative text."""
    from helpers.course.light import lighten

    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if "data" not in output:
        return output
    was_widget = output.data.pop(_WIDGET, None)
    if was_widget and set(output.data) <= {"text/plain"}:
        return None  # a progress bar: nothing fixed stands behind it
    if _PNG in output.data:
        light = lighten(base64.b64decode(output.data[_PNG]))
        output.data[_PNG] = base64.b64encode(light).decode()
    if "alt" in cell.metadata:
        output.metadata.update({kind: {"alt": cell.metadata.alt} for kind in _pictures(output)})
    return output


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in several pieces, unless something was shown between them."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if joined and output.output_type == joined[-1].output_type == "stream":
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _pictures(output: NotebookNode) -> list[str]:
    """Return the kinds of picture in an output: ``image/png``, ``image/svg+xml`` ..."""
    return [kind for kind in output.get("data", {}) if kind.startswith("image/")]


def _output_faults(lesson: Lesson, notebook: NotebookNode) -> Iterator[str]:
    """Find what only shows in the outputs."""
    lines = {cell.source: cell.line for cell in lesson.cells}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        if "alt" not in cell.metadata and any(map(_pictures, cell.outputs)):
            line = lines.get(cell.source, 1)
            yield f"{_shown(lesson.path)}:{line}: a picture without alt_en and alt_ko"
        # A claim that fails stops no run, and so is looked at here; nbval compares it with
        # the notebook, where it has no output.
        if "claim" in cell.metadata.get("tags", ()) and cell.outputs:
            line = lines.get(cell.source, 1)
            yield f"{_shown(lesson.path)}:{line}: {_failure(cell)}"
    unstable = {"nbval-ignore-output", "nbval-skip"}
    compared = [c for c in code if c.outputs and unstable.isdisjoint(c.metadata.get("tags", ()))]
    if len(compared) < 3:
        yield f"{_shown(lesson.path)}:1: fewer than three cells whose outputs are compared"


def _failure(cell: NotebookNode) -> str:
    """Return what is wrong with a claim that has an output: the assert that does not hold."""
    traceback = [line for output in cell.outputs for line in output.get("traceback", ())]
    return "\n".join(["a claim does not hold", *traceback])


def _sealed(notebook: NotebookNode, lesson: Lesson, lang: str, source: str) -> NotebookNode:
    """Add the digests, and which lesson it is in which language, wherever it may be opened."""
    import nbformat

    content = _content_digest(json.loads(nbformat.writes(notebook)))
    digests = {
        "source": source,
        "content": content,
        "frames": frames.digest(lesson.name, lang),
    }
    notebook.metadata["annyeong"] = {"lesson": lesson.name, "lang": lang, **digests}
    return notebook


def _all_stale(lessons: list[Lesson]) -> list[str]:
    return [fault for lesson in lessons for _, fault in _staleness(lesson) if fault]


def _staleness(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Yield each language with what is wrong with its notebook, "" if nothing is."""
    source = source_digest(lesson)
    mend = f"run: annyeong build {lesson.name}"
    for lang in LANGUAGES:
        path = notebook_path(lesson, lang)
        seal = _seal_of(path) if path.is_file() else None
        if not path.is_file():
            fault = f"not built; {mend}"
        elif seal is None:
            fault = f"edited by hand; change lessons/{lesson.path.name} and {mend}"
        elif seal.get("source") != source:
            fault = f"stale, the lesson, a helper or its data has changed; {mend}"
        elif seal.get("frames") != frames.digest(lesson.name, lang):
            fault = (
                f"its frames in {_shown(frames.FOLDER)}/ are not those it was built with; {mend}"
            )
        else:
            fault = ""
        yield lang, fault and f"{_shown(path)}: {fault}"


def _seal_of(path: Path) -> dict[str, str] | None:
    """Return the digests that the notebook at `path` carries; None if they are broken."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        seal = notebook["metadata"]["annyeong"]
        return seal if seal["content"] == _content_digest(notebook) else None
    except (ValueError, KeyError, AttributeError, TypeError):  # it is no notebook any more
        return None


def _content_digest(notebook: dict[str, Any]) -> str:
    """Return the digest of a notebook as its file holds it, without the seal."""
    metadata = {key: value for key, value in notebook["metadata"].items() if key != "annyeong"}
    content = json.dumps({**notebook, "metadata": metadata}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def source_digest(lesson: Lesson) -> str:
    """Return the digest of what a notebook is made from: the lesson, its helpers, their data."""
    sources = [
        _QUIZ.format(lesson.name) if "quiz" in cell.tags else cell.source
        for cell in lesson.cells
        if (cell.kind == "code" or "quiz" in cell.tags)
        and {*_FOR_THE_TESTS, "solution"}.isdisjoint(cell.tags)
    ]
    files = [lesson.path, Path(__file__), *sorted(_helpers_behind("\n".join(sources)))]
    texts = [path.read_text(encoding="utf-8") for path in files]
    texts += [navigation(lesson, lang) for lang in LANGUAGES]
    texts += [cell.source for lang in LANGUAGES for cell in linked(lesson, lang).cells]
    text = "\0".join(texts)
    named = set().union(*map(_file_names, texts))
    data = [checksum for path, checksum in recorded(DATA).items() if path.name in named]
    return hashlib.sha256("\0".join([text, *data]).encode()).hexdigest()


@cache  # most lessons share their helpers
def _file_names(text: str) -> frozenset[str]:
    """Return the words of a text that may name a file: those with a dot in them."""
    return frozenset(re.findall(r"[\w-]+(?:\.[\w-]+)+", text))


def _helpers_behind(code: str) -> set[Path]:
    """Return the files of ours that `code` imports, directly or through one another."""
    found: set[Path] = set()
    waiting = set(_modules_imported(code))
    while waiting:
        path = _module_path(waiting.pop())
        if path is None or path in found:
            continue
        found.add(path)
        found |= set(path.parent.glob(f"{path.stem}*.js")) | set(
            path.parent.glob(f"{path.stem}*.css")
        )
        waiting |= _modules_imported(path.read_text(encoding="utf-8"))
    return found


@cache  # most lessons import the same helpers
def _modules_imported(code: str) -> frozenset[str]:
    modules: set[str] = set()
    for node in _statements(ast.parse(code)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(module for module in modules if module.split(".")[0] == "helpers")


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements below a node; what stands in an expression imports nothing."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from _statements(child)


def _module_path(module: str) -> Path | None:
    base = Path(__file__).parents[2].joinpath(*module.split("."))
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _write(notebook: NotebookNode, path: Path) -> None:
    import nbformat

    with written_whole(path) as temporary:
        nbformat.write(notebook, temporary)


def _shown(path: Path) -> str:
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def _raise_if_any(faults: Iterable[str]) -> None:
    if faults := list(faults):
        raise LessonError("\n".join(faults))
