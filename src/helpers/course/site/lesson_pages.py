"""From a built notebook to the page of a lesson: what needs a kernel gives way to what does not.

Sphinx turns the notebooks that `as_page` returns into pages; nothing is executed.
"""

import base64
import hashlib
import io
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from PIL import Image

from helpers.course.alive import MODEL, explorer_html, pad_html, quiz_html
from helpers.course.frames import MIME as EXPLORER
from helpers.course.glossary import terms
from helpers.course.navigation import TAG, topic
from helpers.course.quiz import Quiz, in_language
from helpers.course.site import WIDGETS
from helpers.course.source import Lesson
from helpers.paths import LESSONS, written_whole
from helpers.reader import LANGUAGES, say
from helpers.vision.pictures import decode

#: Pictures of the pages, below the folder of a language; a name is the digest of a picture.
PICTURES = Path("_static/pictures")
#: How a cell that shows the pad is known.
PAD = "DrawPad("
_PHOTO = 0.7  # the lossy file is smaller by more than this: no drawing is

Cell = dict[str, Any]


def as_page(notebook: dict[str, Any], lesson: Lesson, lang: str, folder: Path) -> dict[str, Any]:
    """Return a notebook as Sphinx is to read it, and write its pictures.

    Parameters
    ----------
    notebook : dict
        A built notebook, as its file holds it.
    lesson : Lesson
        What it was built from: the quiz is taken from there.
    lang : str
        ``"en"`` or ``"ko"``.
    folder : Path
        Where Sphinx reads; the pictures are written below it.
    """
    title, *cells = [
        page
        for cell in notebook["cells"]
        if (page := _cell(cell, lesson, lang, folder)) is not None
    ]
    return {**notebook, "cells": [title, _markdown(_about_the_page(lang)), *cells]}


def _cell(cell: Cell, lesson: Lesson, lang: str, folder: Path) -> Cell | None:
    tags = cell["metadata"].get("tags", [])
    if TAG in tags or "check" in tags:  # the page has its own way on, and nothing to be checked
        return None
    if "quiz" in tags:
        return _markdown(quiz_element(lesson, lang))
    if cell["cell_type"] == "code":
        return page_cell(cell, folder)
    return {**cell, "source": _with_terms("".join(cell["source"]), lesson, lang)}


def page_cell(cell: Cell, folder: Path) -> Cell:
    """Return a cell of code for the page: folded where the notebook folds it, pictures as files."""
    tags = cell["metadata"].get("tags", [])
    metadata = {**cell["metadata"], "tags": [*tags]}
    if metadata.get("jupyter", {}).get("source_hidden"):
        metadata["tags"].append("hide-input")
        prompt = _prompt("claim" in tags)
        metadata["mystnb"] = {"code_prompt_show": prompt, "code_prompt_hide": prompt}
    outputs = [_output(output, cell, folder) for output in cell["outputs"]]
    return {**cell, "metadata": metadata, "outputs": outputs}


def _prompt(is_claim: bool) -> str:
    if is_claim:
        return say(en="Check what the text says", ko="본문의 내용 확인하기")
    return say(en="Code for the picture", ko="그림을 그리는 코드")


def _about_the_page(lang: str) -> str:
    return say(
        en="*On this page you read, move the pictures and answer the quiz. To change the code and "
        "have your exercises checked, [open the course on your computer](start.md); some pictures "
        "have more positions there, too.*",
        ko="*이 페이지에서는 수업을 읽고, 그림을 움직이고, 퀴즈를 풀 수 있습니다. 코드를 바꾸고 "
        "연습 문제를 채점하려면 [내 컴퓨터에서 과정을 여세요](start.md). 그곳에서는 더 여러 위치로 "
        "움직일 수 있는 그림도 있습니다.*",
    )


def _with_terms(text: str, lesson: Lesson, lang: str) -> str:
    """Enter the terms that a lesson teaches into the index: the search puts their section first.

    They stand there in both languages, as many readers of Korean type the English term.

    Examples
    --------
    >>> lesson = Lesson(LESSONS / "03-pooling.md", ())
    >>> print(_with_terms("## 6. Pool everything: global pooling", lesson, "en"))
    ## 6. Pool everything: global pooling
    <BLANKLINE>
    ```{index} ! global pooling, ! 전역 풀링, ! nearest neighbour, ! 최근접 이웃
    ```

    """
    both = zip(*(terms(LESSONS, one) for one in LANGUAGES), strict=True)
    taught: dict[str, list[str]] = {}
    for same in both:
        here = same[LANGUAGES.index(lang)]
        if here.lesson == lesson.name:
            taught.setdefault(here.section, []).extend(term.forms[0] for term in same)

    def entered(found: re.Match[str]) -> str:
        names = dict.fromkeys(taught.get(found[1], ()))  # each once
        entries = ", ".join(f"! {name}" for name in names)
        return f"{found[0]}\n\n```{{index}} {entries}\n```" if names else found[0]

    return re.sub(r"^#+ (.+)$", entered, text, flags=re.MULTILINE)


def _markdown(source: str) -> Cell:
    identity = hashlib.sha256(source.encode()).hexdigest()[:12]
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source}


def _output(output: dict[str, Any], cell: Cell, folder: Path) -> dict[str, Any]:
    data = output.get("data", {})
    if "image/png" not in data:
        return output
    image = picture(base64.b64decode("".join(data["image/png"])), _alt(cell), folder)
    if EXPLORER in data:
        frames = WIDGETS / data[EXPLORER]["frames"]
        image = explorer_html(data[EXPLORER], frames.as_posix(), image)
    elif PAD in "".join(cell["source"]):
        image = pad_html((WIDGETS / MODEL).as_posix(), image)
    return {**output, "data": {"text/html": image}, "metadata": {}}


def _alt(cell: Cell) -> str:
    return cell["metadata"].get("alt", "")


def picture(png: bytes, alt: str, folder: Path) -> str:
    """Write a picture as WebP and return its element.

    Drawings lose nothing and are half as large as PNG. What is a photo for the most part is
    written as such if that makes it much smaller.

    Parameters
    ----------
    png : bytes
        A PNG or JPEG file.
    alt : str
        The alternative text.
    folder : Path
        The file is written below it.
    """
    name = PICTURES / f"{hashlib.sha256(png).hexdigest()[:16]}.webp"
    webp, width, height = _webp(png)
    if not (folder / name).is_file():
        with written_whole(folder / name) as temporary:
            temporary.write_bytes(webp)
    return (
        f'<img src="{name.as_posix()}" alt="{escape(alt)}" width="{width}" '
        f'height="{height}" loading="lazy">'
    )


@cache  # many pictures are the same in both languages
def _webp(png: bytes) -> tuple[bytes, int, int]:
    # The quality of a file without loss is the effort: more of it saves another 3 %.
    image = Image.fromarray(decode(png))
    lossless, lossy = io.BytesIO(), io.BytesIO()
    image.save(lossless, "webp", lossless=True, quality=30, method=2)
    image.save(lossy, "webp", quality=90, method=2)
    is_photo = lossy.tell() < _PHOTO * lossless.tell()
    return (lossy if is_photo else lossless).getvalue(), image.width, image.height


def quiz_element(lesson: Lesson, lang: str) -> str:
    """Return the quiz of a lesson for ``alive.js``, around the page that does without it."""
    name = f"{lesson.name[:2]}/quiz"
    quiz = Quiz(name, in_language(lesson.quiz, lang))
    return quiz_html(name, quiz.questions, quiz._page())


def listed(lesson: Lesson, lang: str) -> str:
    """Return the name of a lesson in a list: its number and its topic, ``"03 Pooling"``."""
    return re.sub(r"\s+", " ", f"{lesson.name[:2]} {topic(lesson, lang)}")
