"""The terms of the course, and the links that lead from a term to the lesson that teaches it.

``lessons/glossary.yml`` holds the terms. The first time a lesson uses a term that an earlier
lesson teaches, its notebook links the word to the section that teaches it, with the meaning as
the link's title. Where a word means something else from some lesson on (the *kernel* of a
notebook, the *key* of a JSON text), the glossary names the last lesson that links it: ``until``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from helpers.course.source import YAML, Cell, Lesson
from helpers.reader import LANGUAGES

#: The most links in a cell, so that the text does not turn blue; a further term is linked where
#: the lesson uses it next.
MOST_LINKS = 3
_ALWAYS = "99"


@dataclass(frozen=True)
class Term:
    """A term in one language: the lesson and the heading that teach it, its forms, its meaning."""

    lesson: str  # the name of the lesson, "02-feature-maps"
    section: str
    forms: tuple[str, ...]  # as it may stand in a text; the first is the term itself
    means: str
    until: str = _ALWAYS  # the last lesson's number in which it means this

    @property
    def target(self) -> str:
        """The link that leads to the section, from the notebook of another lesson."""
        awkward = re.compile(r"[()<>\"\s]")
        heading = awkward.sub(lambda found: f"%{ord(found[0]):02X}", anchor(self.section))
        return f"{self.lesson}.ipynb#{heading}"


def anchor(heading: str) -> str:
    """Return the anchor that JupyterLab gives to a heading: its text with hyphens.

    Examples
    --------
    >>> anchor("2. Halve with `//`")
    '2.-Halve-with-//'
    """
    return re.sub(r"[`*]", "", heading).replace(" ", "-")


def terms(folder: Path, lang: str) -> tuple[Term, ...]:
    """Return the terms of the lessons in `folder` in a language; none if it has no glossary.

    Parameters
    ----------
    folder : Path
        Where ``glossary.yml`` lies, beside the lessons.
    lang : str
        ``"en"`` or ``"ko"``.
    """
    path = folder / "glossary.yml"
    return _terms(path.read_text(encoding="utf-8"), folder)[lang] if path.is_file() else ()


def linked(lesson: Lesson, lang: str) -> Lesson:
    """Return the lesson with its prose in a language linked to what earlier lessons teach.

    Only running text is linked: no heading, table, code, formula, tag or link, and nothing that
    is emphasised, which is how the text brings in a word of its own.

    Parameters
    ----------
    lesson : Lesson
    lang : str
        ``"en"`` or ``"ko"``.
    """
    known = terms(lesson.path.parent, lang)
    earlier = {
        form.casefold(): term
        for term in known
        if term.lesson < lesson.name and lesson.name[:2] <= term.until
        for form in term.forms
    }
    if not earlier:
        return lesson
    words, done = _pattern(known, lang), set[Term]()
    sources = {  # the last cell holds the summary and the papers
        cell.line: _linked(cell.source, words, earlier, done) for cell in _prose(lesson, lang)[:-1]
    }
    return replace(
        lesson,
        cells=tuple(
            replace(cell, source=sources.get(cell.line, cell.source)) for cell in lesson.cells
        ),
    )


def unexplained(lesson: Lesson, lang: str) -> Iterator[tuple[int, str]]:
    """Yield each word that a later lesson teaches and this one uses as if it were known.

    A word is explained where a cell emphasises it up to its first use, where an explanation in
    brackets follows, or where the paragraph names a lesson. A word that the glossary gives an
    ``until`` has other meanings too, and is not looked at.

    Yields
    ------
    tuple of (int, str)
        The line of the first use, and the word.
    """
    known = terms(lesson.path.parent, lang)
    later = {
        form.casefold(): term
        for term in known
        if term.lesson > lesson.name and term.until == _ALWAYS
        for form in term.forms
    }
    words, done = _pattern(known, lang), set[Term]()
    for cell in _prose(lesson, lang)[:-1]:
        emphasised = " ".join(re.findall(r"\*+([^*\n]+)\*+", cell.source)).casefold()
        done |= {term for form, term in later.items() if form in emphasised}
        for found in words.finditer(cell.source):
            term = later.get((found["term"] or "").casefold())
            if term is None or term in done:
                continue
            done.add(term)
            in_brackets = cell.source[found.end() :].lstrip().startswith("(")
            if not in_brackets and not _LESSON.search(_line_around(cell.source, found.start())):
                yield cell.line + cell.source.count("\n", 0, found.start()), found[0]


_LESSON = re.compile(r"\]\(\d\d-|[Ll]essons? \d|\d번(?:과 \d+번)? 수업")


def _prose(lesson: Lesson, lang: str) -> list[Cell]:
    return [cell for cell in lesson.cells if cell.kind == "markdown" and cell.lang == lang]


# What is not running text.
_NOT_PROSE = "|".join(
    (
        r"^ *(?P<fence>`{3,}|~{3,}).*?^ *(?P=fence)[`~]*",
        r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",  # code in a line
        r"<[^>]+>",  # a tag or a comment
        r"\$\$.*?\$\$|\$[^$\n]+\$",
        r"^#{1,6} [^\n]*",
        r"^ *\|[^\n]*",  # a row of a table
        r"!?\[[^]]*\](?:\([^)]*\))?|https?://\S+",
        r"\*\*.+?\*\*|\*[^*\n]+\*",
    )
)


@cache
def _pattern(known: tuple[Term, ...], lang: str) -> re.Pattern[str]:
    """Return what finds terms in a text; of several that begin at a place, the longest."""
    forms = sorted({form for term in known for form in term.forms}, key=len, reverse=True)
    either = "|".join(map(re.escape, forms))
    word = {
        "en": rf"(?<![\w-])(?P<term>(?i:{either}))(?P<plural>e?s)?(?![\w-])",
        "ko": rf"(?<![\w-])(?P<term>{either})(?P<plural>)(?=(?:{_PARTICLES})?(?![\w-]))",
    }[lang]
    return re.compile(f"{_NOT_PROSE}|{word}", re.MULTILINE | re.DOTALL)


# What follows a noun without a space; they stay outside the link.
_PARTICLES = (
    "들?(?:은|는|이|가|을|를|의|에|에서|에는|에서는|에서의|에도|에만|에게|로|으로|로는|으로는|로만|으로만|로도"
    "|과|와|과는|와는|과의|와의|도|만|만의|만으로|만으로는|마다|까지|까지는|부터|처럼|보다|이나|나|이란|란|이며|며|이고|고"
    "|인|인데|이라|라|이라고|라고|이라는|라는|이라면|라면|입니다|이었습니다|였습니다|이다|일까요|이므로|이지만|뿐)|들"
)


def _linked(text: str, words: re.Pattern[str], earlier: dict[str, Term], done: set[Term]) -> str:
    links = 0

    def link(found: re.Match[str]) -> str:
        nonlocal links
        word = found["term"]
        term = earlier.get(word.casefold()) if word else None
        if term is None or term in done or links == MOST_LINKS:
            return found[0]
        done.add(term)
        if f"]({term.lesson}.ipynb" in _line_around(text, found.start()):
            return found[0]  # the author has linked the lesson beside the word
        links += 1
        means = re.sub(r"[`*]", "", term.means).replace('"', '\\"')
        return f'[{found[0]}]({term.target} "{means}")'

    return words.sub(link, text)


def _line_around(text: str, place: int) -> str:
    """Return the line, that is the paragraph, around a place of a text."""
    return text[text.rfind("\n", 0, place) + 1 :].split("\n", 1)[0]


@cache
def _terms(glossary: str, folder: Path) -> dict[str, tuple[Term, ...]]:
    return {lang: tuple(_in_language(glossary, folder, lang)) for lang in LANGUAGES}


def _in_language(glossary: str, folder: Path, lang: str) -> Iterator[Term]:
    names = {path.stem[:2]: path.stem for path in folder.glob("[0-9][0-9]-*.md")}
    for number, entries in yaml.load(glossary, YAML).items():
        for entry in entries:
            forms = entry[lang], *entry.get("forms", {}).get(lang, ())
            section, means = entry["section"][lang], entry["means"][lang]
            yield Term(names[number], section, forms, means.strip(), entry.get("until", _ALWAYS))
