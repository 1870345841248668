"""What a lesson prints and draws is in the reader's language.

Labels and printed words are looked for in the lessons' code: what is outside `say` reaches the
Korean reader in English. Korean sentences are looked for in what the English notebooks show: each
has its English behind it, as `helpers.language.gloss.glossed` puts it.
"""

import ast
import re

import nbformat
import pytest

from helpers.course.build import notebook_path
from helpers.course.source import lesson_paths, read_lesson

LESSONS = {path.stem[:2]: read_lesson(path) for path in lesson_paths()}
#: Words that are the same in both languages: names, file endings, units.
_NAMES = """adam bert gpt gru lstm rnn simplernn cnn dnn keras numpy tensorflow onnx relu
    tanh sgd faiss opencv sentencepiece kiwi mnist lenet bpe llama gemma qwen api http json"""
NAMES = set(_NAMES.split())
DRAWN = {"label", "labels", "title", "titles", "xlabel", "ylabel", "alt", "desc", "unit"}
CALLS = {"print", "text", "annotate", "suptitle", "legend", "title", "xlabel", "ylabel"}
CALLS |= {"set_title", "set_xlabel", "set_ylabel", "axhline", "barh", "bar", "show_images"}
#: Cells that are the learner's own, or say nothing.
SILENT = {"exercise", "solution", "mistake", "alternative", "claim", "check", "quiz", "equivalent"}
SENTENCE = re.compile(r"[가-힣]+(?:[,.!?~]* [가-힣]+)+[.!?~]*")


def english_words(code):
    """Return the English words that code prints or draws for every reader.

    >>> english_words('print("loss:", say(en="right", ko="맞음"), f"{a:.2f} of {b}")')
    ['loss']
    >>> english_words('axis.set(xlabel="step", ylim=0); axis.plot(x, label="dense_1")')
    ['step']
    """
    found = []
    for call in ast.walk(ast.parse(re.sub(r"^[!%].*$", "", code, flags=re.MULTILINE))):
        if not isinstance(call, ast.Call):
            continue
        given = [word.value for word in call.keywords if word.arg in DRAWN]
        if _name(call) in CALLS:
            given += call.args
        for text in (text for value in given for text in _literals(value)):
            plain = re.sub(r"`[^`]*`|\w*_\w+|\w+\.\w+", "", text)
            found += [w for w in re.findall(r"\b[A-Za-z]{3,}\b", plain) if w.lower() not in NAMES]
    return found


def _name(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _literals(value):
    """Return the strings in an expression, but not those that it gives to a function."""
    if isinstance(value, ast.Call):
        if _name(value) != "join":  # `say`, or what picks something by its name
            return []
        return [text for part in value.args for text in _literals(part)]
    if isinstance(value, ast.Constant):
        return [value.value] if isinstance(value.value, str) else []
    if isinstance(value, ast.Subscript):
        return _literals(value.value)
    if isinstance(value, ast.FormattedValue):
        return _literals(value.value)  # and not what says how it is formatted
    parts = value.values if isinstance(value, ast.Dict) else ast.iter_child_nodes(value)
    return [text for part in parts for text in _literals(part)]


def without_english(text):
    """Return the Korean sentences in a text that have no English behind them.

    >>> without_english("안녕히 계세요 (Goodbye) -> 네, 또 만나요.")
    ['네, 또 만나요.']
    >>> without_english("▁안녕 | 하세요")
    []
    >>> without_english("‘안녕’이라고 하면 돼요. (Say ‘안녕’.)")
    []
    """
    text = re.sub("[‘’]", "", text)
    return [
        sentence[0]
        for sentence in SENTENCE.finditer(text)
        if not re.match(r"\s*\([^)]*[A-Za-z]{2}", text[sentence.end() :])
    ]


def faults(lesson, lang):
    if lang == "ko":
        cells = [cell for cell in lesson.cells if cell.kind == "code"]
        cells = [cell for cell in cells if SILENT.isdisjoint(cell.tags)]
        return [word for cell in cells for word in english_words(cell.source)]
    notebook = nbformat.read(notebook_path(lesson, "en"), as_version=4)
    return [
        sentence
        for cell in notebook.cells
        if cell.cell_type == "code" and SILENT.isdisjoint(cell.metadata.get("tags", ()))
        for output in cell.outputs
        for sentence in without_english(_shown(output))
    ]


def _shown(output):
    data = output.get("data", {})
    return output.get("text") or data.get("text/markdown") or data.get("text/plain") or ""


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_speaks_the_readers_language(number, lang):
    assert faults(LESSONS[number], lang) == []
