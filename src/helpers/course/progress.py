"""The learner's progress: which checks and quizzes were passed, recorded beside their copies.

Each check or quiz that was passed is an empty file in ``work/progress/``. A file exists or it
does not, so no crash and no second notebook can damage the record. Only work in the learner's
own copies (``work/<lang>/``) is recorded; a build or a test run records nothing.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from helpers.course.source import Lesson, exercises, lesson_paths, read_lesson
from helpers.paths import WORK
from helpers.reader import LANGUAGES, language, notebook_folder, say


def record(name: str) -> None:
    """Record that `name`, ``"02/output-size"`` or ``"02/quiz"``, was passed."""
    if in_learners_copy():
        folder().mkdir(parents=True, exist_ok=True)
        (folder() / name.replace("/", "-")).touch()


def passed() -> set[str]:
    """Return the names of everything passed so far."""
    return set(passed_at())


def passed_at() -> dict[str, float]:
    """Return when each thing was last passed, in seconds since 1970."""
    return {
        path.name.replace("-", "/", 1): path.stat().st_mtime for path in folder().glob("[0-9]*")
    }


def folder() -> Path:
    """Return where the record is; both languages share it."""
    return WORK / "progress"


@dataclass(frozen=True)
class Standing:
    """How far the learner is in a lesson."""

    lesson: Lesson
    exercises: int
    solved: int
    has_passed_quiz: bool

    @property
    def total(self) -> int:
        """How many there are: the exercises and the quiz."""
        return self.exercises + 1

    @property
    def done(self) -> int:
        """How many of them are passed."""
        return self.solved + self.has_passed_quiz


def standings() -> list[Standing]:
    """Return how far the learner is in each lesson, in the course's order."""
    names = passed()
    return [_standing(read_lesson(path), names) for path in lesson_paths()]


def _standing(lesson: Lesson, passed: set[str]) -> Standing:
    number, quiz = lesson.name[:2], f"{lesson.name[:2]}/quiz"
    there_are = len(exercises(lesson))
    solved = sum(name.startswith(f"{number}/") and name != quiz for name in passed)
    # A check of an older edition may be gone.
    return Standing(lesson, there_are, min(solved, there_are), quiz in passed)


def where_to_go_on(standings: list[Standing]) -> Standing | None:
    """Return the lesson to go on with: where something was passed last, or the next unfinished.

    None if everything is passed.
    """
    last = max(passed_at().items(), key=lambda item: item[1], default=("00/", 0))[0]
    place = sum(standing.lesson.name[:2] < last[:2] for standing in standings)
    in_order = [*standings[place:], *standings[:place]]
    return next((one for one in in_order if one.done < one.total), None)


class Progress:
    """The learner's progress, shown as a bar for each lesson and one for all.

    Parameters
    ----------
    standings : list of Standing
        Empty outside the learner's copies.
    """

    def __init__(self, standings: list[Standing]):
        lang = language()
        self._rows = [
            (f"{one.lesson.name[:2]} {one.lesson.title(lang)}", one.done, one.total)
            for one in standings
        ]
        if standings:
            everything = sum(one.done for one in standings), sum(one.total for one in standings)
            self._rows.append((say(en="The whole course", ko="전체"), *everything))

    def __repr__(self) -> str:
        if not self._rows:
            return say(
                en="Your progress appears here in your own copy, which annyeong lab opens.",
                ko="annyeong lab 명령으로 연 자신의 사본에서는 여기에 진도가 나타납니다.",
            )
        return "\n".join(f"{done:>3}/{total:<3} {title}" for title, done, total in self._rows)

    def _repr_html_(self) -> str | None:
        if not self._rows:
            return None
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(title)}</td>"
            f"<td>{bar(done, total, title)}</td><td>{done} / {total}</td></tr>"
            for title, done, total in self._rows
        )
        return f"<table>{rows}</table>"


def bar(done: int, total: int, label: str, width: str = "8em") -> str:
    """Return a bar as HTML, with a name for those who do not see it."""
    return (
        f"<progress value='{done}' max='{total}' style='width:{width}' "
        f"aria-label='{escape(label)}'></progress>"
    )


def progress() -> Progress:
    """Return the learner's progress: how many of each lesson's exercises and its quiz are passed.

    Outside the learner's own copies it is empty.
    """
    return Progress(standings() if in_learners_copy() else [])


def in_learners_copy() -> bool:
    """Return whether the notebook is one of the learner's own."""
    return notebook_folder().resolve() in [WORK / lang for lang in LANGUAGES]
