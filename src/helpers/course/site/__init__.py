"""The course as a web site, in both languages, from the built notebooks; nothing is executed.

`build_site` lays out what Sphinx reads, a folder a language, and has Sphinx write ``build/site``:
``en/``, ``ko/`` with the same pages under the same names, and a page that leads to one of them.
No page asks any other host for anything.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

from helpers.course import alive, frames
from helpers.course.source import lesson_paths, read_lesson
from helpers.paths import NOTEBOOKS, ROOT
from helpers.reader import LANGUAGES, say, speaking

SITE = ROOT / "build" / "site"
#: What Sphinx reads, and what it remembers.
SOURCES = ROOT / "build" / "site-sources"
#: What `helpers.course.alive` writes, and the frames of the explorers, below a language's folder.
WIDGETS = Path("_static/annyeong")
_HERE = Path(__file__).parent
#: The parts of MathJax that `helpers.course.site.conf` names.
MATHJAX = (
    "startup.js",
    "core.js",
    "loader.js",
    "input/tex-base.js",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2",
    "a11y/assistive-mml.js",
)


def build_site(destination: Path = SITE, sources: Path = SOURCES) -> Path:
    """Build the site from the notebooks and return the folder.

    Parameters
    ----------
    destination : Path
        Replaced as a whole.
    sources : Path
        Where to lay out what Sphinx reads.

    Raises
    ------
    ValueError
        If a notebook has not been built, or Sphinx finds a fault, such as a link that leads
        nowhere; the message says which.
    """
    _check_installed()
    shutil.rmtree(sources, ignore_errors=True)
    for lang in LANGUAGES:
        with speaking(lang):
            lay_out(lang, sources / lang)
    with ThreadPoolExecutor() as both:
        pages = list(both.map(lambda lang: _run_sphinx(lang, sources), LANGUAGES))
    shutil.rmtree(destination, ignore_errors=True)
    destination.mkdir(parents=True)
    for lang, folder in zip(LANGUAGES, pages, strict=True):
        shutil.move(folder, destination / lang)
    shutil.copy(_HERE / "choose.html", destination / "index.html")
    (destination / ".nojekyll").touch()  # GitHub would leave out folders that begin with _
    return destination


def _check_installed() -> None:
    missing = [name for name in ("furo", "mathjax", "myst_nb", "sphinx") if not find_spec(name)]
    if missing:
        names = ", ".join(missing)
        raise ValueError(
            say(
                en=f"The site is built with packages that are missing here ({names}); run "
                "`pip install --require-hashes -r requirements.lock`, once, with the network.",
                ko=f"사이트를 만드는 패키지가 없습니다({names}). 인터넷이 되는 곳에서 "
                "`pip install --require-hashes -r requirements.lock`을 한 번 실행하세요.",
            )
        )


def lay_out(lang: str, folder: Path) -> None:
    """Write what Sphinx reads for a language: lessons, other pages, pictures and scripts."""
    from helpers.course.site.lesson_pages import as_page
    from helpers.course.site.prose_pages import prose_pages

    folder.mkdir(parents=True)
    for lesson in map(read_lesson, lesson_paths()):
        page = as_page(_built(lang, lesson.name), lesson, lang, folder)
        (folder / f"{lesson.name}.ipynb").write_text(json.dumps(page), encoding="utf-8")
    for name, text in prose_pages(lang, folder).items():
        (folder / name).write_text(text, encoding="utf-8")
    _lay_out_scripts(folder)


def _built(lang: str, lesson: str) -> dict:
    path = NOTEBOOKS / lang / f"{lesson}.ipynb"
    if not path.is_file():
        raise ValueError(
            say(
                en=f"notebooks/{lang}/{lesson}.ipynb is missing: run `annyeong build {lesson}`.",
                ko=f"notebooks/{lang}/{lesson}.ipynb 파일이 없습니다. `annyeong build {lesson}`을 "
                "실행하세요.",
            )
        )
    return json.loads(path.read_text(encoding="utf-8"))


def _lay_out_scripts(folder: Path) -> None:
    """Copy the code of the widgets, the frames of the explorers and MathJax."""
    alive.lay_out(folder / WIDGETS)
    if frames.FOLDER.is_dir():
        shutil.copytree(frames.FOLDER, folder / WIDGETS / frames.FOLDER.name)
    with as_file(files("mathjax") / "static" / "mathjax" / "es5") as mathjax:
        for name in MATHJAX:
            copy = shutil.copytree if (mathjax / name).is_dir() else shutil.copy
            target = folder / "_static" / "mathjax" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            copy(mathjax / name, target)


def _run_sphinx(lang: str, sources: Path) -> Path:
    """Have Sphinx write the pages, in a process of its own: its language holds for a process."""
    written = sources / f".{lang}"  # MyST-NB leaves the outputs there, beside the pages
    pages = written / "html"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", str(_HERE)]
    command += ["-D", f"language={lang}", "-d", str(written / "doctrees")]
    environment = {**os.environ, "COURSE_LANG": lang, "PYTHONUTF8": "1"}
    run = subprocess.run(
        [*command, str(sources / lang), str(pages)],
        cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    if run.returncode:
        raise ValueError(run.stderr.strip())
    return pages
