"""lessons/glossary.yml: each term is taught where it says, in both languages."""

import re

import pytest
import yaml

from helpers.course.source import lesson_paths, read_lesson
from helpers.paths import LESSONS

GLOSSARY = yaml.safe_load((LESSONS / "glossary.yml").read_text(encoding="utf-8"))
TERMS = [(number, term) for number, terms in GLOSSARY.items() for term in terms]
each_term = pytest.mark.parametrize(
    ("number", "term"), TERMS, ids=[f"{number}-{term['en']}" for number, term in TERMS]
)


def sections(number, lang):
    """Return the text of each section of a lesson, by its heading."""
    lesson = read_lesson(lesson_paths([number])[0])
    prose = [cell.source for cell in lesson.cells if cell.kind == "markdown" and cell.lang == lang]
    _, *parts = re.split(r"^#+ (.*)$", "\n".join(prose), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_it_has_every_lesson():
    assert list(GLOSSARY) == [path.stem[:2] for path in lesson_paths()]


@each_term
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_term_is_taught_in_its_section(number, term, lang):
    section = sections(number, lang)[term["section"][lang]]
    forms = [term[lang], *term.get("forms", {}).get(lang, [])]
    plain = re.sub(r"[*`]", "", section + term["section"][lang]).casefold()
    assert any(form.casefold() in plain for form in forms)


@each_term
def test_a_meaning_is_one_sentence_in_each_language(number, term):
    for lang in ("en", "ko"):
        assert re.fullmatch(r"[^\n]+\.", term["means"][lang].strip())
    assert bool(re.search("[가-힣]", term["means"]["ko"]))
    assert not re.search("[가-힣]", re.sub(r"[\"'(].*?[\"')]", "", term["means"]["en"]))


def test_no_term_is_taught_twice():
    for lang in ("en", "ko"):
        names = [term[lang].casefold() for _, term in TERMS]
        assert sorted(names) == sorted(set(names))
