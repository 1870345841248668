"""What is wrong with this environment, and the command that fixes it.

The doctor has to work when packages are missing: it imports the standard library alone, and
anything else only where it looks.
"""

import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from shlex import quote

from helpers.checksums import how_to_restore, recorded, sha256
from helpers.course.shadows import shadows
from helpers.installation import PROJECT, itself, pip
from helpers.paths import DATA, IS_CHECKOUT, ROOT, SOURCE, WORK
from helpers.reader import LANGUAGES, say

LOCK = SOURCE / "requirements.lock"
EXTRA = "course"
OLDEST, NEWEST = (3, 11), (3, 13)
FONT = "fonts/Pretendard-Regular.otf"
OPENCVS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
#: Where JupyterLab listens if the port is free.
PORT = 8888
LEAST_MEMORY = 1e9  # bytes
LEAST_DISK = 1e9


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    sentence : str
        What is wrong.
    fix : str
        What fixes it: a command to run in the course's folder, or a sentence.
    harmless : bool
        Whether the course runs all the same.
    """

    sentence: str
    fix: str
    harmless: bool = False


class Report(tuple):
    """The problems found, shown as text and in a notebook; one line if there is none."""

    @property
    def is_well(self) -> bool:
        """Whether the course can run."""
        return all(problem.harmless for problem in self)

    def __repr__(self) -> str:
        return self._text("{mark} {sentence}\n    {fix}")

    def _repr_markdown_(self) -> str:
        return self._text("{mark} {sentence}\n\n```\n{fix}\n```\n")

    def _text(self, form: str) -> str:
        parts = [
            form.format(mark="•" if problem.harmless else "✘", **vars(problem)) for problem in self
        ]
        if self.is_well:
            parts.append(say(en="✔ Everything is in its place.", ko="✔ 모두 제자리에 있습니다."))
        return "\n".join(parts)


def examine(
    *, lock: Path = LOCK, project: str = PROJECT, data: Path = DATA, port: int | None = None
) -> Report:
    """Look at everything the course stands on.

    Parameters
    ----------
    lock : Path
        The exact versions, as ``uv pip compile`` writes them.
    project : str
        The installed distribution whose requirements (with the extra ``course``) are needed.
    data : Path
        The folder with the data files; its ``README.md`` lists their checksums.
    port : int, optional
        Look whether it is free, too. A notebook does not ask: JupyterLab itself is there.

    Returns
    -------
    Report
        What is wrong, in the reader's language; empty if all is well.
    """
    problems = [
        *_python(),
        *_missing(project),
        *_off_the_lock(lock),
        *_opencv(),
        *_font(data),
        *_data(data),
        *_memory(),
        *_disk(),
        *_permissions(),
        *_shadows(),
        *_port(port),
    ]
    return Report(problems)


def is_free(port: int) -> bool:
    """Return whether a port of this machine is free to listen at."""
    with socket.socket() as probe:
        if os.name == "posix":  # a port whose last connections are closing counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_Problems = Iterator[Problem]


def _python() -> _Problems:
    found = ".".join(map(str, sys.version_info[:2]))
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        yield Problem(
            say(
                en=f"This is Python {found}; the course needs Python 3.11, 3.12 or 3.13.",
                ko=f"파이썬 {found}입니다. 이 과정에는 파이썬 3.11, 3.12, 3.13 가운데 하나가 "
                "필요합니다.",
            ),
            say(
                en="Install Python 3.12, delete the folder .venv and set the course up again.",
                ko="파이썬 3.12를 설치하고 .venv 폴더를 지운 다음 다시 설치하세요.",
            )
            if IS_CHECKOUT
            else say(
                en="Install Python 3.12, and the course again with it.",
                ko="파이썬 3.12를 설치하고, 그 파이썬으로 과정을 다시 설치하세요.",
            ),
        )


def _missing(project: str) -> _Problems:
    try:
        missing = sorted(_names_missing(project))
    except ImportError:  # packaging itself, which reads the requirements
        missing = ["packaging"]
    if missing:
        names = ", ".join(missing)
        yield Problem(
            say(en=f"Not installed: {names}.", ko=f"설치되지 않은 패키지: {names}"),
            _install_project() if missing == [project] else _install_all(),
        )


def _names_missing(project: str) -> set[str]:
    """Return which distributions the course needs, directly or through others, and has not."""
    from packaging.requirements import Requirement

    missing, seen = set(), set()
    waiting = [(project, EXTRA)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            missing.add(name)
            continue
        for requirement in map(Requirement, lines):
            marker = requirement.marker
            if marker is None or marker.evaluate({"extra": extra}):
                waiting += [(requirement.name, inner) for inner in ("", *requirement.extras)]
    return missing


def _off_the_lock(lock: Path) -> _Problems:
    if not lock.is_file():
        yield Problem(
            say(
                en=f"{lock.name} is missing, so the versions can't be checked.",
                ko=f"{lock.name} 파일이 없어서 버전을 확인할 수 없습니다.",
            ),
            how_to_restore(lock.name),
        )
        return
    try:
        off = [
            (name, found, version)
            for name, version in _pins(lock)
            if (found := _version(name)) not in (None, version)
        ]
    except ImportError:
        return  # already said: packaging is missing
    if off:
        names = ", ".join(f"{name} {found} ({version})" for name, found, version in off)
        pins = [f"{name}=={version}" for name, _, version in off]
        yield Problem(
            say(
                en=f"Not the version the course was made with (in brackets): {names}.",
                ko=f"과정을 만들 때의 버전(괄호 안)과 다른 패키지: {names}",
            ),
            _install_all() if IS_CHECKOUT else _pip("install", *pins),
            harmless=not IS_CHECKOUT,  # an installer takes the newest that the course allows
        )


def _pins(lock: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of every line of the lock that is for this machine."""
    from packaging.requirements import Requirement

    for line in re.findall(
        r"^[a-z0-9][^\\\n]*", lock.read_text(encoding="utf-8", errors="replace"), re.MULTILINE
    ):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement.name, str(requirement.specifier).removeprefix("==")


def _opencv() -> _Problems:
    found = {name: version for name in OPENCVS if (version := _version(name))}
    remove = f"{_pip('uninstall', '-y', *found)}\n{_install_all()}"
    if len(found) > 1:
        names = ", ".join(found)
        yield Problem(
            say(
                en=f"{names} overwrite each other's files; only one of them can be installed.",
                ko=f"다음 패키지는 서로의 파일을 덮어쓰므로 하나만 설치해야 합니다: {names}",
            ),
            remove,
        )
    elif any(version.split(".")[0] == "5" for version in found.values()):
        yield Problem(
            say(
                en="OpenCV 5 can't find faces by a cascade any more; the course needs OpenCV 4.",
                ko="OpenCV 5에는 얼굴을 찾는 캐스케이드가 없습니다. 이 과정에는 OpenCV 4가 "
                "필요합니다.",
            ),
            remove,
        )


def _font(data: Path) -> _Problems:
    if not (data / FONT).is_file():
        yield Problem(
            say(
                en=f"There is no Hangul font for the plots: data/{FONT} is missing.",
                ko=f"그림에 쓸 한글 글꼴이 없습니다. data/{FONT} 파일이 있어야 합니다.",
            ),
            how_to_restore(f"data/{FONT}"),
        )


def _data(data: Path) -> _Problems:
    checksums = recorded(data)
    if not checksums:
        yield Problem(
            say(
                en="data/README.md is missing or damaged, so the data can't be checked.",
                ko="data/README.md 파일이 없거나 손상되어 데이터를 확인할 수 없습니다.",
            ),
            how_to_restore("data/README.md"),
        )
    for path, checksum in checksums.items():
        name = path.relative_to(data).as_posix()
        if name == FONT and not path.is_file():
            continue  # already said
        if not path.is_file() or sha256(path) != checksum:
            yield Problem(
                say(
                    en=f"data/{name} is missing or is not the file that the course ships.",
                    ko=f"data/{name} 파일이 없거나 과정에 들어 있던 파일과 다릅니다.",
                ),
                how_to_restore(f"data/{name}"),
            )


def _memory() -> _Problems:
    try:
        from psutil import virtual_memory
    except ImportError:
        return  # already said: psutil is missing
    free = virtual_memory().available
    if free < LEAST_MEMORY:
        yield Problem(
            say(
                en=f"Only {free / 1e9:.1f} GB of memory is free; a lesson needs 1 GB.",
                ko=f"남은 메모리가 {free / 1e9:.1f} GB뿐입니다. 수업 하나에 1 GB가 필요합니다.",
            ),
            say(
                en="Close other programs, and the notebooks you do not need.",
                ko="다른 프로그램과 쓰지 않는 노트북을 닫으세요.",
            ),
        )


def _disk() -> _Problems:
    free = shutil.disk_usage(ROOT).free
    if free < LEAST_DISK:
        yield Problem(
            say(
                en=f"Only {free / 1e9:.1f} GB of the disk is free; the course needs 1 GB.",
                ko=f"디스크에 남은 공간이 {free / 1e9:.1f} GB뿐입니다. 1 GB가 필요합니다.",
            ),
            _pip("cache", "purge"),
        )


def _permissions() -> _Problems:
    """Look whether the learner's copies and progress, and Jupyter's own files, can be written."""
    for path in [*_first_refused(WORK, *WORK.rglob("*")), *_first_refused(Path.home())]:
        yield Problem(
            say(
                en=f"{path} cannot be written: your work would not be saved.",
                ko=f"{path}에 쓸 수 없어서 작업한 내용이 저장되지 않습니다.",
            ),
            _permit(path),
        )


def _first_refused(*paths: Path) -> list[Path]:
    """Return the first that cannot be written, if any; one not yet made lies in its parent."""
    there = [path if path.exists() else path.parent for path in paths]
    return [path for path in there if not os.access(path, os.W_OK)][:1]


def _permit(path: Path) -> str:
    if os.name == "posix" and not os.statvfs(path).f_flag & os.ST_RDONLY:
        name = quote(str(path))
        return f"sudo chown -R $(id -u) {name} && chmod -R u+rwX {name}"
    return say(
        en="Move the course to a folder where you may write.",
        ko="쓸 수 있는 폴더로 과정을 옮기세요.",
    )


def _shadows() -> _Problems:
    for path in shadows(Path.cwd(), *(WORK / lang for lang in LANGUAGES)):
        yield shadow_problem(path)


def shadow_problem(path: Path) -> Problem:
    """Return what to say of a learner's file that bears the name of a package."""
    name = path.parent.name if path.name == "__init__.py" else path.stem
    return Problem(
        say(
            en=f"{path} has the name of a package: `import {name}` may take the wrong one.",
            ko=f"{path}의 이름이 패키지의 이름과 같아서 `import {name}`이(가) 엉뚱한 것을 가져올 "
            "수 있습니다.",
        ),
        say(
            en=f"Give it another name, such as my_{name}.",
            ko=f"my_{name}처럼 다른 이름으로 바꾸세요.",
        ),
        harmless=True,  # in the course's own JupyterLab packages go first
    )


def _port(port: int | None) -> _Problems:
    if port is not None and not is_free(port):
        yield Problem(
            say(
                en=f"Port {port} is taken, perhaps by another JupyterLab; "
                "`annyeong lab` takes the next free one.",
                ko=f"{port}번 포트를 이미 쓰고 있습니다(다른 JupyterLab일 수 있습니다). "
                "`annyeong lab`은 그다음 빈 포트를 씁니다.",
            ),
            "annyeong lab --port 9000",
            harmless=True,
        )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _install_all() -> str:
    if IS_CHECKOUT:
        return _pip("install", "--require-hashes", "-r", "requirements.lock")
    return _pip("install", itself(EXTRA))


def _install_project() -> str:
    return _pip("install", "--no-deps", "--no-build-isolation", "-e", ".")


def _pip(*words: str) -> str:
    return f"{_this_python()} -m pip {' '.join(words)}" if IS_CHECKOUT else pip(*words)


def _this_python() -> str:
    """Return how to call this Python in the course's folder."""
    python = Path(sys.executable)
    python = python.parent.resolve() / python.name
    return str(python.relative_to(ROOT)) if python.is_relative_to(ROOT) else "python"
