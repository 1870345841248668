import jupytext
import pytest

from helpers.course.source import exercises, lesson_paths, read_lesson


@pytest.fixture
def lesson(course):
    return course / "lessons/99-tiny.md"


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.stem)
def test_a_lesson_is_read_as_jupytext_reads_it(path):
    theirs = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:markdown").cells
    for our, their in zip(read_lesson(path).cells, theirs, strict=True):
        options = {"tags": list(our.tags), "lang": our.lang}
        options |= {f"alt_{lang}": alt for lang, alt in our.alt.items()}
        assert (our.kind, our.source) == (their.cell_type, their.source)
        assert {name: value for name, value in options.items() if value} == their.metadata


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.stem)
def test_each_cell_knows_its_line(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    for cell in read_lesson(path).cells:
        end = cell.line - 1 + len(cell.source.split("\n"))
        assert "\n".join(lines[cell.line - 1 : end]) == cell.source


def test_exercises_come_with_what_belongs_to_them(lesson):
    first, second = exercises(read_lesson(lesson))
    assert first.blank.source == "def double(number):\n    return ..."
    assert first.check.source == "check_double(double)"
    assert first.solution.source.endswith("2 * number")
    assert [cell.source[-9:] for cell in first.alternatives] == [" + number", "ber * 2.0"]
    assert first.equivalents == {"return number * 2": "the order of two factors does not matter"}
    assert [cell.source[-9:] for cell in first.mistakes] == ["number**2", "rn number", "umber + 2"]
    assert [cell.source for cell in second.mistakes] == ["half = 3", "half = 2", "half = 4"]
    assert second.equivalents == {}


@pytest.mark.parametrize(
    "name", ["99", "99-tiny", "99-tiny.md", "lessons/99-tiny.md", "work/ko/99-tiny.ipynb"]
)
def test_a_lesson_is_found_by_number_or_name(lesson, name):
    assert lesson_paths([name]) == [lesson]


def test_lessons_come_in_order_whatever_the_order_of_the_names(lesson):
    first = lesson.with_name("08-first.md")
    first.touch()
    assert lesson_paths() == lesson_paths(["99", "8"]) == [first, lesson]


@pytest.mark.parametrize("name", ["98", "tiny", ""])
def test_an_unknown_lesson_is_an_error_that_names_the_known(lesson, name):
    lesson.with_name("00-start.md").touch()
    with pytest.raises(ValueError, match=f"'{name}'; there are: 00-start, 99-tiny"):
        lesson_paths([name])
