"""The anchors of the headings: those of the English page, in both languages.

Sphinx numbers what it cannot spell, ``#id5``. With one anchor for a section in both languages, an
address can be read, stays when the Korean heading changes, and leads to the same place after the
switch to the other language.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform

_CODE = re.compile(r"^(```+|~~~+).*?^\1", re.M | re.S)
_HEADING = re.compile(r"^#+ (.+)$", re.M)


class SameAnchors(SphinxTransform):
    """Gives each section the anchor of the section at its place on the English page.

    A page that is not written alike in both languages keeps its own words.
    """

    default_priority = 263  # after all that give a section its id, before MyST adds JupyterLab's

    def apply(self) -> None:
        """Change the page; Sphinx calls it."""
        sections = list(self.document.findall(nodes.section))
        own = Path(self.env.doc2path(self.env.docname))
        headings = headings_of(own.parents[1] / "en" / own.name)
        if len(headings) != len(sections):
            headings = [section[0].astext() for section in sections]
        for section, anchor in zip(sections, anchors(headings), strict=True):
            old, *others = section["ids"]
            section["ids"] = [anchor, *others]
            self.document.ids[anchor] = section
            self._rename(old, anchor)

    def _rename(self, old: str, new: str) -> None:
        slugs = self.document.myst_slugs  # where MyST looks up what a link leads to
        for slug, (line, anchor, text) in slugs.items():
            if anchor == old:
                slugs[slug] = (line, new, text)


def headings_of(path: Path) -> list[str]:
    """Return the headings of a page from its source, a notebook or Markdown."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
    return _HEADING.findall(_CODE.sub("", text))


def anchors(headings: list[str]) -> list[str]:
    """Return the anchors of the headings of a page: their words, without the number.

    Examples
    --------
    >>> anchors(["Notes", "2. Halve with `//`", "합성곱 (CNN)", "3. Notes"])
    ['notes', 'halve-with', '합성곱-cnn', 'notes-2']
    """
    found: list[str] = []
    for heading in headings:
        words = "-".join(re.findall(r"\w+", re.sub(r"^\d+\.? ", "", heading.lower())))
        times = sum(re.fullmatch(rf"{words}(-\d+)?", one) is not None for one in found)
        found.append(f"{words}-{times + 1}" if times else words)
    return found
