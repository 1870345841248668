"""What is done to a notebook that is exported as a page of HTML.

``jupyter_config.json``, which is installed with the package, has nbconvert use it: in a terminal
and behind JupyterLab's *Save and Export Notebook As*.
"""

from html import escape
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

_PICTURES = ("image/png", "image/jpeg")
_WIDGET = "application/vnd.jupyter.widget-view+json"


class ReadablePage(Preprocessor):
    """Give each picture its alternative text, and show a widget as what stands in its place.

    nbconvert's own template knows no alternative text for pictures, and a live widget would have
    to be fetched from the network.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return a cell whose outputs can be read by everyone; nbconvert calls it."""
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if set(data) > {_WIDGET, "text/plain"}:
                del data[_WIDGET]
            for kind in _PICTURES:
                if kind in data and "alt" in cell.metadata:
                    alt, picture = escape(cell.metadata.alt), data.pop(kind).replace("\n", "")
                    data["text/html"] = f'<img alt="{alt}" src="data:{kind};base64,{picture}">'
        return cell, resources
