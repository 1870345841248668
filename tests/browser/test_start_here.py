"""What a learner meets first: lesson 00 in the real JupyterLab, in a real browser."""

import os

import pytest
from webpage import READY, SHOWN, draw, keep_screenshot

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by signals"),
]
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
CODE_CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON()
    .cells.filter(cell => cell.cell_type === 'code')"""


@pytest.fixture(params=["en", "ko"])
def lesson(request, annyeong_lab, chromium):
    """Lesson 00 as `annyeong lab` opens it, with a kernel that is ready."""
    with annyeong_lab("00", "--lang", request.param) as (_, address):
        page = chromium.new_page(viewport={"width": 1400, "height": 1000})
        page.lang = request.param
        page.goto(f"{address}&reset")  # and not what another test has left open
        page.wait_for_selector(f"{SHOWN} .jp-CodeCell", timeout=60_000)
        page.evaluate(READY)
        yield page
        page.close()


def test_lesson_in_the_readers_language_runs_and_reads_a_drawn_7(lesson):
    menus = lesson.locator(".lm-MenuBar-itemLabel").all_text_contents()
    assert {"en": "File", "ko": "파일"}[lesson.lang] in menus

    lesson.evaluate(RUN_ALL)
    cells = lesson.evaluate(CODE_CELLS)
    assert all(cell["execution_count"] for cell in cells)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]

    draw(lesson, [(0.28, 0.22), (0.72, 0.22), (0.42, 0.82)])
    lesson.wait_for_selector(".annyeong-reading[data-value='7']", timeout=20_000)
    keep_screenshot(lesson, f"draw-pad-{lesson.lang}")
