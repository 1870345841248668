"""The learner's progress: which checks and quizzes were passed, recorded beside their copies.

Each check or quiz that was passed is an empty file in ``work/progress/``. A file exists or it
does not, so no crash and no second notebook can damage the record. Only work in the learner's
own copies (``work/<lang>/``) is recorded; a build or a test run records nothing.
"""

from helpers.course.source import Lesson, exercises, lesson_paths, read_lesson
from helpers.paths import WORK
from helpers.reader import LANGUAGES, notebook_folder, say


def record(name: str) -> None:
    """Record that `name`, ``"02/output-size"`` or ``"02/quiz"``, was passed."""
    if _in_learners_copy():
        folder = WORK / "progress"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name.replace("/", "-")).touch()


def passed() -> set[str]:
    """Return the names of everything passed so far."""
    return {path.name.replace("-", "/", 1) for path in (WORK / "progress").glob("[0-9]*")}


class Progress:
    """The learner's progress, shown as a bar for each lesson.

    Parameters
    ----------
    lessons : list of (str, int, int)
        Name, number of checks and quizzes passed, and number there are.
    """

    def __init__(self, lessons: list[tuple[str, int, int]]):
        self._lessons = lessons

    def __repr__(self) -> str:
        if not self._lessons:
            return say(
                en="Your progress appears here in your own copy, which `annyeong lab` opens.",
                ko="`annyeong lab`으로 연 자신의 사본에서는 여기에 진도가 나타납니다.",
            )
        width = max(len(name) for name, _, _ in self._lessons)
        return "\n".join(
            f"{name:<{width}}  {'■' * done}{'□' * (total - done)}  {done}/{total}"
            for name, done, total in self._lessons
        )

    def _repr_html_(self) -> str | None:
        if not self._lessons:
            return None
        rows = "".join(
            f"<tr><td style='text-align:left'>{name}</td>"
            f"<td><progress value='{done}' max='{total}' aria-label='{name}'></progress></td>"
            f"<td>{done} / {total}</td></tr>"
            for name, done, total in self._lessons
        )
        return f"<table>{rows}</table>"


def progress() -> Progress:
    """Return the learner's progress: how many of each lesson's exercises and its quiz are passed.

    Outside the learner's own copies it is empty.
    """
    if not _in_learners_copy():
        return Progress([])
    done = passed()
    lessons = [read_lesson(path) for path in lesson_paths()]
    return Progress([(lesson.name, *_count(lesson, done)) for lesson in lessons])


def _count(lesson: Lesson, done: set[str]) -> tuple[int, int]:
    total = len(exercises(lesson)) + 1
    return min(sum(name[:2] == lesson.name[:2] for name in done), total), total


def _in_learners_copy() -> bool:
    return notebook_folder().resolve() in [WORK / lang for lang in LANGUAGES]
