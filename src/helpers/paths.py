"""The course's folders, and files written whole or not at all.

In a checkout of the repository everything has its place there. A package that was installed from
a wheel carries lessons, notebooks and data inside itself; the learner's copies are then in the
folder ``annyeong`` where they opened the course, which a hidden file marks as ours.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.reader import notebook_folder, say

_CHECKOUT = Path(__file__).resolve().parents[2]
#: The folder of the learner's copies where there is no checkout, and what marks it.
NAME, MARK = "annyeong", ".annyeong"
#: What the service and the lessons keep there, even before the course was opened.
_KEPT = {"service", "pretrained"}


def course_at(here: Path) -> Path:
    """Return the folder of the learner's copies for one who stands in a folder.

    Parameters
    ----------
    here : Path
        Absolute.

    Returns
    -------
    Path
        `here` or what is around it, if that is a course; else its ``annyeong``, made or not.
    """
    return next((path for path in (here, *here.parents) if is_marked(path)), here / NAME)


def is_marked(folder: Path) -> bool:
    """Return whether `annyeong lab` has laid out a course in a folder."""
    return os.path.isfile(folder / MARK)  # False too where one may not look


def claim(folder: Path) -> bool:
    """Mark the folder of the learner's copies as ours, before anything is laid there.

    Returns
    -------
    bool
        Whether it is new. The one in a checkout needs no mark and never is.

    Raises
    ------
    ValueError
        If something else has the name; it is left as it is.
    """
    if IS_CHECKOUT or is_marked(folder):
        return False
    if folder.exists() and not (
        folder.is_dir() and {path.name for path in folder.iterdir()} <= _KEPT
    ):
        raise ValueError(
            say(
                en=f"{folder} is there already and is not from this course; open the course in "
                "another folder.",
                ko=f"{folder}: 이 과정이 만들지 않은 것이 이미 있습니다. 다른 폴더에서 과정을 "
                "여세요.",
            )
        )
    with written_whole(folder / MARK) as temporary:
        temporary.write_text("Annyeong, Deep Learning: your copies of the lessons.\n", "utf-8")
    return True


def demand_course() -> None:
    """Refuse where a command is about the learner's copies and there are none around.

    Raises
    ------
    ValueError
        Saying where to go.
    """
    if not IS_CHECKOUT and not is_marked(WORK):
        raise ValueError(
            say(
                en="There is no course in this folder: go to the one where you ran "
                "`annyeong lab`, or run it here.",
                ko="이 폴더에는 과정이 없습니다. `annyeong lab`을 실행했던 폴더로 가거나 여기에서 "
                "실행하세요.",
            )
        )


#: Whether this is a checkout of the repository, not a package installed from a wheel.
IS_CHECKOUT = (_CHECKOUT / "pyproject.toml").is_file()
#: What holds ``lessons/``, ``notebooks/``, ``data/`` and ``requirements.lock``.
SOURCE = _CHECKOUT if IS_CHECKOUT else Path(__file__).resolve().parent / "shipped"
LESSONS = SOURCE / "lessons"
NOTEBOOKS = SOURCE / "notebooks"
DATA = SOURCE / "data"
MODELS = DATA / "models"
PHOTOS = DATA / "photos"
FONTS = DATA / "fonts"
#: The learner's copies and progress; in a checkout git ignores it.
WORK = _CHECKOUT / "work" if IS_CHECKOUT else course_at(notebook_folder().resolve())
#: The folder that holds `WORK`: the checkout, or where the learner has opened the course.
ROOT = WORK.parent


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` if the block succeeds.

    So a reader of `path` sees the old file or the new one, never half of it, even if the writer
    is killed.

    Parameters
    ----------
    path : str or Path
        The file to write; its folder is created if it is missing.

    Yields
    ------
    Path
        Write here. It has the suffix of `path`, since some writers choose the format by it.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with written_whole(target) as temporary:
    ...     _ = temporary.write_text("whole", encoding="utf-8")
    >>> target.read_text(encoding="utf-8")
    'whole'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
