"""What a learner meets first: lesson 00 in the real JupyterLab, in a real browser."""

import os
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by signals"),
]
# A run that is started before the kernel has answered is dropped in silence.
READY = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
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
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell", timeout=60_000)
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
    keep_screenshot(lesson, "draw-pad")


def draw(page, points):
    """Draw a line through points, given as shares of the pad's width and height."""
    canvas = page.locator(".annyeong-pad canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=10)
    page.mouse.up()


def keep_screenshot(page, name):
    """Save what is seen, if the variable SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{page.lang}.png")
