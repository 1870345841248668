"""Terms that lead to the lesson that teaches them."""

import re

import pytest

from helpers.course import build
from helpers.course.glossary import MOST_LINKS, anchor, linked, terms, unexplained
from helpers.course.lint import _anchors
from helpers.course.source import lesson_paths, read_lesson
from helpers.paths import LESSONS
from helpers.reader import LANGUAGES

LINK = re.compile(r'\[([^]]+)\]\((\d\d-[\w-]+)\.ipynb#(\S+) "((?:[^"\\]|\\.)*)"\)')
GLOSSARY = """
"01":
  - en: filter
    ko: 필터
    section: {en: "1. Stack `channels`", ko: "1. 채널 쌓기(필터)"}
    means: {en: 'A "stack" of kernels.', ko: 커널을 모은 것입니다.}
  - en: max pooling
    ko: 최대 풀링
    section: {en: 2. Shrink, ko: 2. 줄이기}
    means: {en: Keeping the largest., ko: 가장 큰 것을 남깁니다.}
  - en: key
    ko: 키
    until: "02"
    section: {en: 2. Shrink, ko: 2. 줄이기}
    means: {en: What one looks up., ko: 찾는 것입니다.}
"03":
  - en: pooling
    ko: 풀링
    section: {en: 1. Pool, ko: 1. 모으기}
    means: {en: Shrinking., ko: 줄이기입니다.}
  - en: token
    ko: 토큰
    section: {en: 1. Pool, ko: 1. 모으기}
    means: {en: A piece., ko: 조각입니다.}
"""


@pytest.fixture
def text(tmp_path):
    """The prose of a lesson after its terms were linked; `end` is a last cell."""
    (tmp_path / "glossary.yml").write_text(GLOSSARY, encoding="utf-8")
    for name in ("01-first", "02-second", "03-third"):
        (tmp_path / f"{name}.md").touch()

    def text(*sources, lang="en", name="03-third"):
        regions = (f'<!-- #region lang="{lang}" -->\n{s}\n<!-- #endregion -->' for s in sources)
        (tmp_path / f"{name}.md").write_text("\n\n".join(regions), encoding="utf-8")
        lesson = read_lesson(tmp_path / f"{name}.md")
        return [cell.source for cell in linked(lesson, lang).cells]

    return text


def test_the_first_use_of_a_term_leads_to_its_section_and_says_what_it_means(text):
    assert text("A filter, a filter.", "Filters.", "end")[0] == (
        r'A [filter](01-first.ipynb#1.-Stack-channels "A \"stack\" of kernels."), a filter.'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("필터를", "[필터](#)를"),
        ("필터들은", "[필터](#)들은"),
        ("필터(filter)의", "[필터](#)(filter)의"),
        ("'필터'라고", "'[필터](#)'라고"),
        ("필터입니다.", "[필터](#)입니다."),
        ("필터링을", "필터링을"),
        ("공기필터를", "공기필터를"),
    ],
)
def test_a_particle_stays_outside_the_link_and_a_longer_word_is_another(text, before, after):
    target = '(01-first.ipynb#1.-채널-쌓기%28필터%29 "커널을 모은 것입니다.")'
    assert text(before, "끝", lang="ko")[0] == after.replace("(#)", target)


@pytest.mark.parametrize(
    "prose",
    [
        "# filter",
        "`filter` and ``a filter``",
        "```python\nfilter\n```",
        "- so:\n\n  ~~~\n  filter\n  ~~~",
        "$filter$ and $$\nfilter\n$$",
        "[the filter](nowhere.md) and ![a filter](picture.png)",
        '<img alt="filter" src="picture.png">',
        "a **filter** and *a filter*",
        "| a filter |\n|---|\n| filter |",
        "https://filter.example/filter",
        "pre-filter, filtered, filter_1",
        "Read on [here](01-first.ipynb): what a filter is.",
    ],
)
def test_only_running_text_is_linked(text, prose):
    assert text(prose, "end")[0] == prose


def test_the_longest_term_counts(text):
    found = LINK.findall(text("Max pooling is pooling.", "end")[0])
    assert [(word, lesson) for word, lesson, *_ in found] == [("Max pooling", "01-first")]


def test_its_own_and_later_terms_are_not_linked(text):
    assert text("A filter, pooling, tokens.", "end", name="01-first") == [
        "A filter, pooling, tokens.", "end"
    ]  # fmt: skip


def test_a_word_that_means_something_else_later_is_linked_until_then(text):
    assert "](01" in text("A key.", "end", name="02-second")[0]
    assert text("A key.", "end")[0] == "A key."


def test_a_cell_has_few_links_and_the_next_one_has_the_rest(text, monkeypatch):
    monkeypatch.setattr("helpers.course.glossary.MOST_LINKS", 1)
    first, second, _ = text("A filter and max pooling.", "Max pooling.", "end")
    assert (len(LINK.findall(first)), len(LINK.findall(second))) == (1, 1)


def test_the_last_cell_with_its_papers_stays(text):
    assert text("Words.", "The filter paper.")[-1] == "The filter paper."


def test_a_lesson_without_a_glossary_stays(course):
    lesson = read_lesson(course / "lessons/99-tiny.md")
    assert linked(lesson, "en") is lesson
    assert not list(unexplained(lesson, "en"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.stem)
def test_each_link_of_the_course_leads_back_to_a_heading_once(path, lang):
    lesson = read_lesson(path)
    linked_lesson = linked(lesson, lang)
    seen = []
    for before, cell in zip(lesson.cells, linked_lesson.cells, strict=True):
        assert LINK.sub(r"\1", cell.source) == LINK.sub(r"\1", before.source)
        own = [
            found for found in LINK.findall(cell.source) if found not in LINK.findall(before.source)
        ]
        assert len(own) <= MOST_LINKS
        assert cell.kind == "markdown" or cell is before or cell == before
        for _word, name, heading, means in own:
            assert name < lesson.name
            assert heading in _anchors(read_lesson(LESSONS / f"{name}.md"), lang)
            assert not re.search(r"[$`<|]", means)
            seen.append((name, heading, means))
    assert len(seen) == len(set(seen))


def test_the_notebook_has_the_links_and_is_stale_when_a_meaning_changes(monkeypatch):
    lesson = read_lesson(LESSONS / "03-pooling.md")
    cells = build.convert(lesson, "ko").cells
    assert any(LINK.search(cell.source) for cell in cells if cell.cell_type == "markdown")
    assert not any(LINK.search(cell.source) for cell in cells if cell.cell_type == "code")
    before = build.source_digest(lesson)
    assert build.source_digest(lesson) == before
    monkeypatch.setattr(build, "linked", lambda lesson, lang: lesson)
    assert build.source_digest(lesson) != before


# A term before its lesson


@pytest.mark.parametrize(
    ("prose", "words"),
    [
        ("A token is read.", ["token"]),
        ("A *token* is read. Tokens are read.", []),
        ("Tokens (pieces of a text) are read.", []),
        ("Tokens are taught in lesson 03.", []),
        ("Tokens, [there](03-third.ipynb).", []),
        ("A filter.", []),
    ],
)
def test_a_term_is_explained_where_it_comes_before_its_lesson(text, tmp_path, prose, words):
    text(prose, "end", name="02-second")
    lesson = read_lesson(tmp_path / "02-second.md")
    assert [word for _, word in unexplained(lesson, "en")] == words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_anchor_is_the_heading_with_hyphens(lang):
    for term in terms(LESSONS, lang):
        assert anchor(term.section) in _anchors(read_lesson(LESSONS / f"{term.lesson}.md"), lang)
