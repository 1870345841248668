"""What Sphinx is told: one configuration for both languages; `helpers.course.site` says which."""

import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from helpers import __version__
from helpers.course.site import WIDGETS
from helpers.course.site.anchors import SameAnchors
from helpers.course.site.docstrings import as_restructured
from helpers.course.site.korean_search import SearchKorean
from helpers.reader import say

_HERE = Path(__file__).parent
# nbformat's checks of addresses, which no notebook has, would compile grammars for 3 seconds.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

project = say(en="Annyeong, Deep Learning", ko="안녕, 딥러닝")
html_title = project
version = release = __version__
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
html_show_copyright = False
templates_path = [str(_HERE / "templates")]
html_theme = "furo"
html_static_path = [str(_HERE / "static")]
html_css_files = [f"{WIDGETS.name}/widgets.css", "site.css"]
html_js_files = ["site.js", (f"{WIDGETS.name}/alive.js", {"type": "module"})]
html_copy_source = False
html_use_index = False
html_domain_indices = False
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}
html_context = {
    "other": say(en="ko", ko="en"),
    "say_other": say(en="한국어", ko="English"),
    "say_contents": say(en="On this page", ko="이 페이지의 내용"),
    "say_licence": say(
        en="Code: MIT. Text and pictures: CC BY 4.0.", ko="코드 MIT, 글과 그림 CC BY 4.0"
    ),
}

nb_execution_mode = "off"
nb_merge_streams = True
suppress_warnings = ["ref.python"]  # two classes of one name; the type is no link then
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 4
# As JupyterLab names headings, so that the links of the notebooks work here.
myst_heading_slug_func = "helpers.course.glossary.anchor"

# The fewest files of MathJax that the lessons need.
mathjax_path = "mathjax/startup.js"
mathjax3_config = {
    "loader": {"load": ["input/tex-base", "output/chtml", "a11y/assistive-mml"]},
}

default_role = "code"
highlight_language = "none"  # a block without a language is a terminal
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say more: shapes, ranges
napoleon_google_docstring = False
napoleon_use_ivar = True


def _unsearched(app: Sphinx, page: nodes.document) -> None:
    """Leave what cells print out of the search: most of it is numbers."""
    for part in page.findall(nodes.container):
        if "cell_output" in part["classes"]:
            part["classes"].append("no-search")


def setup(app: Sphinx) -> None:
    """Add the search in Korean, the anchors, and the folder of what was laid out."""
    app.add_search_language(SearchKorean)
    app.add_transform(SameAnchors)
    app.config.html_static_path.append(str(app.srcdir / "_static"))
    app.connect("doctree-read", _unsearched)
    app.connect("autodoc-process-docstring", lambda *hook: as_restructured(hook[-1]))
