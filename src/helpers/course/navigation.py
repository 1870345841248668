"""The way from lesson to lesson: the line at the top and at the end of each notebook."""

from helpers.course.source import Lesson, lesson_paths, read_lesson

#: The learner's home page, which lies beside their copies; see `helpers.course.home`.
HOME = "home.ipynb"
#: What stands for it where nobody's progress is kept: the table of lessons in the README.
ALL_LESSONS = {"en": "../../README.md#the-lessons", "ko": "../../README.ko.md#수업"}
#: The tag of the cells that hold the line.
TAG = "navigation"
_LABEL = {"en": "All lessons", "ko": "전체 수업"}


def navigation(lesson: Lesson, lang: str) -> str:
    """Return the line of Markdown that leads to the lesson before, to all and to the next.

    Parameters
    ----------
    lesson : Lesson
    lang : str
        ``"en"`` or ``"ko"``.

    Examples
    --------
    >>> print(navigation(read_lesson(lesson_paths(["17"])[0]), "en"))
    [← 16 Architectures](16-architectures.ipynb) · [All lessons](../../README.md#the-lessons)
    """
    paths = lesson_paths()
    place = next(number for number, path in enumerate(paths) if path.stem == lesson.name)
    links = [f"[{_LABEL[lang]}]({ALL_LESSONS[lang]})"]
    for path in paths[max(place - 1, 0) : place]:
        links.insert(0, f"[← {_named(read_lesson(path), lang)}]({path.stem}.ipynb)")
    for path in paths[place + 1 : place + 2]:
        links.append(f"[{_named(read_lesson(path), lang)} →]({path.stem}.ipynb)")
    return " · ".join(links)


def topic(lesson: Lesson, lang: str) -> str:
    """Return what stands after the colon of a lesson's title, or all of it: ``"Pooling"``."""
    found = lesson.title(lang).rpartition(": ")[2]
    return found[:1].upper() + found[1:]


def _named(lesson: Lesson, lang: str) -> str:
    return f"{lesson.name[:2]} {topic(lesson, lang)}"
