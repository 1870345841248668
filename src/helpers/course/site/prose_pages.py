"""The pages that are no lessons: written by hand, or made from what the repository says of itself.

A page by hand is ``pages/<lang>/*.md``. A comment in it, ``<!-- lessons -->``, stands for a piece
that is computed, so that nothing is said twice: a name in `PIECES`.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from helpers.course.glossary import anchor, terms
from helpers.course.home import PARTS
from helpers.course.site.lesson_pages import PAD, listed, page_cell, picture
from helpers.course.source import exercises, lesson_paths, read_lesson
from helpers.paths import LESSONS, NOTEBOOKS, ROOT
from helpers.reader import say

_HERE = Path(__file__).parent
_HELPERS = _HERE.parents[1]
#: The rooms that the reference shows, from the first one that a learner opens.
ROOMS = ("nn", "vision", "language", "diagrams", "ground", "course", "service")
#: What of ``docs/`` is a page, too.
DOCUMENTS = ("elsewhere", "service", "figures")
_PAGES = {f"{name}.md" for name in (*DOCUMENTS, "house", "licences")}
#: Not in the reference: judges of exercises, this package, and what Ray alone can import.
_UNSHOWN = re.compile(r"helpers\.(course\.(checks|site)|service\.deploy\.cluster|cli$|__)")


def prose_pages(lang: str, folder: Path) -> dict[str, str]:
    """Return the pages of a language that are no lessons, by the names of their files.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.
    folder : Path
        Where Sphinx reads; pictures are written below it.
    """
    pages = {
        path.name: _filled(path.read_text(encoding="utf-8"), lang, folder)
        for path in sorted((_HERE / "pages" / lang).glob("*.md"))
    }
    pages |= {f"{name}.md": _document(name, lang) for name in DOCUMENTS}
    pages["glossary.md"] = "\n".join(_glossary(lang))
    if lang == "en":  # the docstrings are English
        pages |= {f"api-{room}.md": _api_page(room) for room in ROOMS}
    return pages


def _filled(text: str, lang: str, folder: Path) -> str:
    def piece(found: re.Match[str]) -> str:
        return PIECES[found[1]](lang, folder)

    return re.sub(r"<!-- (\w+) -->", piece, text)


def section(text: str, heading: str) -> str:
    r"""Return what stands under a heading of the second level, without the heading.

    Examples
    --------
    >>> section("# A\n## B\nb\n### C\nc\n## D\nd", "B")
    'b\n### C\nc'
    """
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if found is None:
        raise ValueError(f"no section is called {heading!r}")
    return found[1].strip()


def _readme(lang: str) -> str:
    return (ROOT / {"en": "README.md", "ko": "README.ko.md"}[lang]).read_text(encoding="utf-8")


def _document(name: str, lang: str) -> str:
    """Return a page of ``docs/``, without the line that leads to the other language."""
    path = ROOT / "docs" / (f"{name}.md" if lang == "en" else f"{name}.{lang}.md")
    title, _, text = path.read_text(encoding="utf-8").split("\n\n", 2)
    return on_site(f"{title}\n\n{text}")


def on_site(text: str) -> str:
    """Return a text of the repository with its links as the site has them.

    Links to pages of the site lead there; other files are named without a link.

    Examples
    --------
    >>> on_site("[a](docs/service.ko.md), [b](notebooks/en/03-pooling.ipynb), [c](LICENSE)")
    '[a](service.md), [b](03-pooling.ipynb), `LICENSE`'
    """
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    sections = {f"#{_slug(heading)}": f"#{anchor(heading)}" for heading in headings}

    def link(found: re.Match[str]) -> str:
        words, target = found.groups()
        page = re.sub(r"^(docs|notebooks/\w\w)/|\.ko(?=\.md$)", "", target)
        page = {"CONTRIBUTING.md": "house.md", "data/README.md": "licences.md"}.get(page, page)
        if target.startswith("#"):
            return f"[{words}](<{sections.get(target, target)}>)"
        known = page.endswith(".ipynb") or page in _PAGES
        return f"[{words}]({page})" if known else f"`{target}`"

    return re.sub(r"\[([^]]+)\]\((?!https?:)([^)]+)\)", link, text)


def _slug(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _start(lang: str, folder: Path) -> str:
    return on_site(section(_readme(lang), say(en="Start", ko="시작하기")))


def _lessons(lang: str, folder: Path) -> str:
    return on_site(section(_readme(lang), say(en="The lessons", ko="수업")))


def _promises(lang: str, folder: Path) -> str:
    """Return what the course promises: the list that ends the beginning of the README."""
    return _readme(lang).split("\n## ")[0].split("\n\n")[-1]


def _data(lang: str, folder: Path) -> str:
    """Return the licences of the data files, as a table."""
    rows = re.findall(r"^\|.*\|$", (ROOT / "data" / "README.md").read_text("utf-8"), re.M)
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
    head = say(en="| file | source | licence |", ko="| 파일 | 출처 | 이용 조건 |")
    return "\n".join([head, "|---|---|---|", *(f"| {c[0]} | {c[3]} | {c[4]} |" for c in cells)])


def _minutes(lang: str, folder: Path) -> str:
    """Return what each lesson takes, as a table."""
    rows = [
        say(
            en="| lesson | minutes | memory (GB) | exercises | quiz questions |",
            ko="| 수업 | 시간(분) | 메모리(GB) | 연습 문제 | 퀴즈 문제 |",
        ),
        "|---|---|---|---|---|",
    ]
    total = 0
    for lesson in map(read_lesson, lesson_paths()):
        text = lesson.path.read_text(encoding="utf-8")
        memory = re.search(r"([\d.]+) GB of memory", text)
        total += lesson.minutes or 0
        rows.append(
            f"| [{listed(lesson, lang)}]({lesson.name}.ipynb) | {lesson.minutes} | "
            f"{memory[1] if memory else ''} | {len(exercises(lesson))} | {len(lesson.quiz)} |"
        )
    return "\n".join([*rows, f"| {say('together', '모두')} | {total} | | | |"])


def _screenshot(lang: str, folder: Path) -> str:
    alt = re.search(r"!\[([^]]+)\]\(docs/page-", _readme(lang))
    png = (ROOT / "docs" / f"page-{lang}.png").read_bytes()
    return picture(png, alt[1] if alt else "", folder)


def _chat(lang: str, folder: Path) -> str:
    """Return what the chatbot answers, as it answers while the site is built."""
    from helpers.language.gloss import glossed

    lines = "".join(f"<li>{glossed(line)}</li>" for line in _conversation())
    return f'<ul class="chat">{lines}</ul>'


@cache
def _conversation() -> list[str]:
    from helpers.language.chatbot import Chatbot

    bot = Chatbot.load()
    said = ["안녕하세요", "도와주셔서 감사합니다", "안녕히 계세요"]
    return [line for message in said for line in (message, bot.reply(message).text)]


def _house(lang: str, folder: Path) -> str:
    """Return CONTRIBUTING.md, below its title, as the site shows it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n", 1)[1]
    text = re.sub(
        r"<!-- drawn .*?<!-- end of the drawing -->", _rooms(lang, folder), text, flags=re.S
    )
    return on_site(text)


def _rooms(lang: str, folder: Path) -> str:
    """Return the picture of the house in CONTRIBUTING.md as a table."""
    arrows = re.findall(r"^ +(\w+) --> (\w+)$", _drawing(), re.M)
    head = say(en="| room | holds | uses |", ko="| 방 | 담은 것 | 쓰는 방 |")
    rows = []
    for room, what in _holds(lang).items():
        uses = ", ".join(used for user, used in arrows if user == room)
        rows.append(f"| `{room}` | {what} | {uses} |")
    return "\n".join([head, "|---|---|---|", *rows])


def _drawing() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def _holds(lang: str) -> dict[str, str]:
    """Return what each room of the house holds."""
    english = re.findall(r'^ +(\w+)\["<b>\w+</b><br>(.+?)"\]', _drawing(), re.M)
    return {room: {"en": what, "ko": _HOLDS_KO[room]}[lang] for room, what in english}


_HOLDS_KO = {
    "cli": "`annyeong` 명령",
    "service": "모든 기능을 HTTP로",
    "course": "수업, 채점, 학습자의 사본",
    "language": "토큰, 임베딩, 챗봇",
    "vision": "숫자, 사진, 얼굴",
    "diagrams": "수업의 수로 그리는 도식",
    "nn": "넘파이만으로 직접 쓴 신경망",
    "ground": "데이터, 모델, 그림, 학습처럼 모두가 함께 쓰는 것",
    "reader": "읽는 사람의 언어",
}


def _references(lang: str, folder: Path) -> str:
    """Return a table that leads to the pages of the reference, which are in English."""
    head = say(en="| room | holds |", ko="| 방 | 담은 것 |")
    holds = _holds(lang)
    if lang == "en":
        holds["ground"] = "what all rooms use: data, models, pictures, training"
    rows = [
        f'| <a href="../en/api-{room}.html" lang="en">{room}</a> | {holds[room]} |'
        for room in ROOMS
    ]
    return "\n".join([head, "|---|---|", *rows])


def _toc(lang: str, folder: Path) -> str:
    """Return what the sidebar lists: the lessons, in their parts."""
    text = ""
    for lesson in map(read_lesson, lesson_paths()):
        if part := PARTS.get(lesson.name[:2]):
            text += f'```\n\n```{{toctree}}\n:hidden:\n:caption: "{part[lang]}"\n\n'
        text += f"{listed(lesson, lang)} <{lesson.name}>\n"
    return text.removeprefix("```\n\n") + "```"


def _pad(lang: str, folder: Path) -> str:
    """Return the pad to draw on, around the picture that lesson 00 has of it."""
    path = NOTEBOOKS / lang / f"{lesson_paths(['00'])[0].stem}.ipynb"
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if PAD in "".join(cell["source"]):
            return page_cell(cell, folder)["outputs"][0]["data"]["text/html"]
    raise ValueError(f"{path.name} has no pad")


#: The pieces of the pages that are computed, each from the language and the folder.
PIECES: dict[str, Callable[[str, Path], str]] = {
    "chat": _chat,
    "data": _data,
    "house": _house,
    "lessons": _lessons,
    "minutes": _minutes,
    "pad": _pad,
    "promises": _promises,
    "references": _references,
    "rooms": _rooms,
    "screenshot": _screenshot,
    "start": _start,
    "toc": _toc,
}


def _glossary(lang: str) -> Iterator[str]:
    """Yield the lines of the glossary: the terms in the order of the alphabet."""
    yield say(
        en="# Glossary\n\nEach term, its Korean name, what it means, and where it is taught.\n",
        ko="# 용어\n\n용어와 영어 이름, 뜻, 그리고 그 용어를 배우는 수업입니다.\n",
    )
    names = {path.stem: listed(read_lesson(path), lang) for path in lesson_paths()}
    other = {"en": "ko", "ko": "en"}[lang]
    pairs = zip(terms(LESSONS, lang), terms(LESSONS, other), strict=True)
    for term, same in sorted(pairs, key=lambda pair: pair[0].forms[0].casefold()):
        name, also = term.forms[0], same.forms[0]
        yield name if also == name else f'{name} <span class="also" lang="{other}">{also}</span>'
        yield f": {term.means} [{names[term.lesson]}]({term.target})\n"


def _api_page(room: str) -> str:
    """Return the reference of a room: all its modules, from their docstrings."""
    parts = [f"# Reference: {room}"]
    for module in _modules(room):
        # A package says what it is for; what it hands on is shown with its own module.
        members = "" if (_HELPERS.parent / module.replace(".", "/")).is_dir() else "\n   :members:"
        parts += [f"## {module}", f"```{{eval-rst}}\n.. automodule:: {module}{members}\n```"]
    return "\n\n".join(parts)


def _modules(room: str) -> list[str]:
    """Return the modules of a room that the reference shows, in order."""
    paths = _HELPERS.glob("*.py") if room == "ground" else (_HELPERS / room).rglob("*.py")
    modules = (
        ".".join(["helpers", *path.relative_to(_HELPERS).with_suffix("").parts]) for path in paths
    )
    return sorted(name.removesuffix(".__init__") for name in modules if not _UNSHOWN.search(name))
