import base64
import json
import tomllib
from html import unescape

import nbformat
import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from helpers.course import export
from helpers.paths import NOTEBOOKS, ROOT

CONFIG = ROOT / "src/helpers/course/jupyter_config.json"
PICTURE = base64.b64encode(b"a picture").decode()
VIEW = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}


def page_of(*outputs, alt="More <b> & 'less'"):
    """Return the page that nbconvert makes, as it is configured where the course is installed."""
    cell = nbformat.v4.new_code_cell("draw()", outputs=list(outputs), metadata={"alt": alt})
    exporter = HTMLExporter(config=Config(json.loads(CONFIG.read_text(encoding="utf-8"))))
    return exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))[0]


def shown(**data):
    return nbformat.v4.new_output("display_data", data={"text/plain": "Figure"} | data)


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
def test_a_picture_has_its_alternative_text_on_the_page(kind):
    page = page_of(shown(**{kind: PICTURE}))
    assert f'src="data:{kind};base64,{PICTURE}"' in page
    assert "alt=\"More <b> & 'less'\"" in unescape(page)
    assert "No description" not in page


def test_a_widget_is_shown_as_what_stands_in_its_place():
    page = page_of(shown(**VIEW, **{"image/png": PICTURE}))
    assert PICTURE in page
    assert "model_id" not in page


def test_every_picture_of_a_lesson_has_one():
    notebook = nbformat.read(NOTEBOOKS / "ko/05-dense-networks.ipynb", as_version=4)
    for cell in notebook.cells:
        export.ReadablePage().preprocess_cell(cell, {}, 0)
        kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", {})}
        assert not kinds & {"image/png", "image/jpeg"}


def test_the_package_brings_the_configuration_where_jupyter_looks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared[CONFIG.relative_to(ROOT).as_posix()] == "etc/jupyter/jupyter_config.json"
