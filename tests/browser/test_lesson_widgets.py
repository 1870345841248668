"""The widgets of a notebook in the real JupyterLab: they come back, and everyone can use them."""

import json
import os
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import expect
from webpage import INK, READY, SHOWN, draw, faults, keep_screenshot, places_on, touch

from helpers.course.source import lesson_paths

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by signals"),
]
NOTEBOOK = ".jp-Notebook"
PLAY = {"en": "Run this cell to play again.", "ko": "이 셀을 다시 실행해 보세요."}
EXERCISE = {"en": "Exercise", "ko": "연습 문제"}
DRAWN = {"en": "A sloping line.", "ko": "기울어진 선."}
SEVEN = [(0.28, 0.22), (0.72, 0.22), (0.42, 0.82)]
SETUP = """
import matplotlib.pyplot as plt
import numpy as np
from helpers.course.checks.start_here import check_count
from helpers.course.pad import DrawPad
from helpers.course.photo import PhotoUpload
from helpers.course.quiz import Quiz
from helpers.course.widgets import Explorer
from helpers.paths import PHOTOS

def draw(slope, colour):
    figure, axis = plt.subplots(figsize=(2, 1))
    axis.plot([0, slope], color=colour)
    return figure

choices = [
    {"text": "`6`", "because": "Twice three.", "right": True},
    {"text": "9", "because": "A square.", "right": False},
]
"""
CELLS = [
    SETUP,
    "DrawPad(example=np.zeros((28, 28)))",
    "Explorer(draw, slope=range(2, 9), colour=['red', 'blue'])",
    "Quiz('99/quiz', [{'text': 'Two times `3`?', 'choices': choices}] * 2)",
    "PhotoUpload(PHOTOS / 'single-01.jpg')",
    "count = 784",
    "check_count(count)",
    "draw(2, 'black');",
]
#: For what no word of a language can change.
in_one_language = pytest.mark.parametrize("lab", ["en"], indirect=True)
COMMAND = "name => window.jupyterapp.commands.execute(name)"
KERNEL = "what => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel[what]()"


class Lab:
    """A JupyterLab of a language with the widgets in a notebook, and pages in it."""

    def __init__(self, lang, address, folder, chromium):
        self.lang, self.address, self.folder, self._chromium = lang, address, folder, chromium
        self.notebook = folder / "widgets.ipynb"
        cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
        cells[-3].metadata["tags"] = ["exercise"]
        cells[-1].metadata["alt"] = DRAWN[lang]
        kernel = {"name": "python3", "display_name": "Python 3"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, self.notebook)

    def open(self, name="widgets", **settings):
        settings = {"viewport": {"width": 1400, "height": 1000}} | settings
        page = self._chromium.new_page(**settings)
        page.on("dialog", lambda dialog: dialog.accept())
        parts = urlsplit(self.address)
        page.goto(f"http://{parts.netloc}/lab/tree/{name}.ipynb?{parts.query}&reset")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        page.evaluate(READY)
        return page

    def states(self):
        """Return the states of the widgets that are saved in the notebook."""
        metadata = json.loads(self.notebook.read_text(encoding="utf-8"))["metadata"]
        (saved,) = metadata["widgets"].values()
        return [one for one in saved["state"].values() if one["model_name"] == "AnyModel"]


@pytest.fixture(scope="module", params=["en", "ko"])
def lab(request, annyeong_lab, clone, chromium):
    with annyeong_lab("--lang", request.param) as (_, address):
        yield Lab(request.param, address, clone / "work" / request.param, chromium)


@contextmanager
def played_in(lab):
    """A page whose widgets a learner has played with, and saved."""
    page = lab.open()
    page.evaluate(COMMAND, "notebook:run-all-cells")
    draw(page, SEVEN)
    page.wait_for_selector(".annyeong-reading[data-value='7']", timeout=30_000)
    explorer = page.locator(".annyeong-explorer")
    explorer.locator("input").fill("3")
    explorer.locator("select").select_option("blue")
    expect(explorer.locator("img")).to_have_attribute("alt", "slope = 5, colour = blue")
    choose(page, 0, 0)
    choose(page, 1, 1)
    page.evaluate(COMMAND, "docmanager:save")
    yield page
    page.close()


@pytest.fixture
def played(lab):
    with played_in(lab) as page:
        yield page


@pytest.fixture(scope="module")
def looked_at(lab):
    """The same, opened once for the tests that leave it as it was."""
    with played_in(lab) as page:
        yield page


def choose(page, question, choice):
    page.locator(".annyeong-quiz fieldset").nth(question).locator("input").nth(choice).check()


def expect_as_it_was(page):
    """Expect the drawing, its reading, the choices, the score and the pictures of `played`."""
    expect(page.locator(".annyeong-reading")).to_contain_text("7", timeout=60_000)
    assert page.locator(".annyeong-pad canvas").evaluate(INK) > 500
    explorer = page.locator(".annyeong-explorer")
    expect(explorer.locator("input")).to_have_value("3")
    expect(explorer.locator("select")).to_have_value("1")
    expect(explorer.locator("img")).to_have_attribute("alt", "slope = 5, colour = blue")
    quiz = page.locator(".annyeong-quiz")
    expect(quiz.locator("input:checked")).to_have_count(2)
    expect(quiz.locator(".annyeong-right")).to_contain_text("✔")
    expect(quiz.locator(".annyeong-wrong")).to_contain_text("✘")
    expect(quiz.locator(".annyeong-score")).to_contain_text("1")
    expect(page.locator(".annyeong-photo .annyeong-answer")).to_contain_text("0 (")
    width = page.locator(".annyeong-photo img").evaluate(
        "async one => (await one.decode(), one.naturalWidth)"
    )
    assert width > 500


@in_one_language
def test_a_reload_changes_nothing_and_the_widgets_go_on(lab, played):
    played.reload()
    expect_as_it_was(played)
    expect(played.locator(".annyeong-asleep:not(:empty)")).to_have_count(0)
    played.locator(".annyeong-explorer input").fill("0")
    expect(played.locator(".annyeong-explorer img")).to_have_attribute(
        "alt", "slope = 2, colour = blue"
    )


def test_after_a_restart_widgets_stay_and_say_how_to_go_on(lab, played):
    played.evaluate(KERNEL, "restart")
    notes = played.locator(".annyeong-asleep")
    expect(notes).to_have_text([PLAY[lab.lang]] * 4)
    expect(played.locator(".annyeong-explorer input")).to_be_disabled()
    expect_as_it_was(played)
    keep_screenshot(played, f"asleep-{lab.lang}")
    played.evaluate(COMMAND, "notebook:run-all-cells")
    expect(notes).to_have_text([""] * 4, timeout=60_000)


@in_one_language
def test_after_a_kernel_has_died_nothing_is_lost(lab, played):
    played.evaluate(
        """() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
            .requestExecute({ code: "import os; os._exit(1)" })"""
    )
    expect(played.locator(".annyeong-asleep")).to_have_text([PLAY[lab.lang]] * 4, timeout=30_000)
    played.locator(".jp-Dialog .jp-mod-accept").click()  # JupyterLab says that it has died
    expect_as_it_was(played)
    played.evaluate(COMMAND, "docmanager:save")
    played.reload()
    expect_as_it_was(played)


@in_one_language
def test_the_next_day_everything_is_there_again_and_the_day_after(lab, played):
    played.evaluate(KERNEL, "shutdown")
    played.close()
    for _ in range(2):
        page = lab.open()
        expect_as_it_was(page)
        expect(page.locator(".annyeong-asleep")).to_have_text([PLAY[lab.lang]] * 4)
        page.evaluate(COMMAND, "docmanager:save")
        page.close()
    assert len(lab.states()) == 4
    assert lab.notebook.stat().st_size < 10**6


@in_one_language
def test_a_widget_whose_cell_runs_again_leaves_no_state_behind(lab, played):
    for _ in range(2):
        played.evaluate(COMMAND, "notebook:run-all-cells")
    played.evaluate(COMMAND, "docmanager:save")
    assert len(lab.states()) == 4


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_everyone_can_use_the_widgets(lab, looked_at, theme):
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    looked_at.evaluate(change, f"JupyterLab {theme}")
    body = looked_at.locator("body")
    expect(body).to_have_attribute("data-jp-theme-name", f"JupyterLab {theme}")
    assert faults(looked_at, NOTEBOOK) == []
    keep_screenshot(looked_at, f"widgets-{lab.lang}-{theme}")


@in_one_language
def test_axe_sees_a_fault(lab, looked_at):
    photo = looked_at.locator(".annyeong-photo img")
    alt = photo.get_attribute("alt")
    photo.evaluate("image => image.removeAttribute('alt')")
    assert [fault.split(":")[0] for fault in faults(looked_at, NOTEBOOK)] == ["image-alt"]
    photo.evaluate("(image, alt) => (image.alt = alt)", alt)


def test_exercises_verdicts_and_pictures_are_marked(lab, looked_at):
    exercise = looked_at.locator(".annyeong-exercise .jp-InputArea-editor")
    expect(exercise).to_have_attribute("data-annyeong", EXERCISE[lab.lang])
    expect(looked_at.locator(".annyeong-verdict.annyeong-right p")).to_contain_text("✔")
    picture = looked_at.locator(".jp-RenderedImage img")
    expect(picture).to_have_attribute("alt", DRAWN[lab.lang])


def test_an_explorer_that_has_not_run_says_so_and_where_it_stands(lab):
    page = lab.open(lesson_paths(["02"])[0].stem)
    says = {
        "en": "Run this cell .* stride = 1, padding = valid",
        "ko": "이 셀을 실행하면 .* 스트라이드 = 1, 패딩 = valid",
    }[lab.lang]
    still = page.locator(".jp-OutputArea-output[data-annyeong*=' = valid']")
    expect(still).to_have_attribute("data-annyeong", re.compile(says), timeout=30_000)
    still.scroll_into_view_if_needed()
    keep_screenshot(page, f"still-{lab.lang}")
    page.close()


def test_a_pad_that_has_not_run_says_how_to_draw_and_a_plot_says_nothing(lab):
    page = lab.open(lesson_paths(["00"])[0].stem)
    pad = {"en": "run this cell in JupyterLab to draw", "ko": "이 셀을 실행하면 그릴 수 있습니다"}
    still = page.locator(".jp-OutputArea-output[data-annyeong]")
    expect(still).to_have_count(1, timeout=30_000)
    expect(still).to_have_attribute("data-annyeong", re.compile(pad[lab.lang]))
    page.close()


@pytest.mark.parametrize("number", ["00", "02", "08"])
def test_everyone_can_read_a_lesson(lab, number):
    name = lesson_paths([number])[0].stem
    page = lab.open(name)
    pictures = page.locator(".jp-OutputArea-output img")
    expect(pictures.first).to_have_attribute("alt", re.compile(r"\S"), timeout=30_000)
    assert faults(page, NOTEBOOK) == []
    notebook = nbformat.read(lab.folder / f"{name}.ipynb", as_version=4)
    texts = {cell.metadata.get("alt") for cell in notebook.cells}
    assert set(pictures.evaluate_all("all => all.map(one => one.alt)")) <= texts
    page.close()


@in_one_language
def test_keys_draw_a_one(lab, played):
    canvas = played.locator(".annyeong-pad canvas")
    played.locator(".annyeong-pad button").click()
    expect(played.locator(".annyeong-reading")).to_have_attribute("data-value", "")
    canvas.focus()
    canvas.press("Space")
    for _ in range(18):
        canvas.press("ArrowDown")
    canvas.press("Space")
    expect(played.locator(".annyeong-reading")).to_have_attribute("data-value", "1")
    assert played.locator(".jp-Notebook.jp-mod-commandMode").count() == 1  # no shortcut was hit


@in_one_language
def test_a_finger_taps_and_draws_and_the_page_stands_still(lab):
    page = lab.open(viewport={"width": 1024, "height": 768}, has_touch=True)
    page.evaluate(COMMAND, "notebook:run-all-cells")
    expect(page.locator(".annyeong-asleep:not(:empty)")).to_have_count(0)
    canvas = page.locator(".annyeong-pad canvas")
    clear = page.locator(".annyeong-pad button")
    canvas.scroll_into_view_if_needed()
    page.touchscreen.tap(*places_on(canvas, [(0.5, 0.5)])[0])
    assert canvas.evaluate(INK) > 50  # a dot
    clear.tap()
    assert canvas.evaluate(INK) == 0

    before = canvas.bounding_box()
    touch(page, SEVEN)
    expect(page.locator(".annyeong-reading")).to_have_attribute("data-value", "7")
    assert canvas.bounding_box() == before

    slider = page.locator(".annyeong-explorer input")
    slider.scroll_into_view_if_needed()
    page.touchscreen.tap(*places_on(slider, [(0.5, 0.5)])[0])
    expect(slider).to_have_value("3")
    expect(page.locator(".annyeong-explorer img")).to_have_attribute("alt", re.compile("slope = 5"))
    page.locator(".annyeong-quiz input").first.tap()
    expect(page.locator(".annyeong-quiz .annyeong-right").first).to_contain_text("✔")
    targets = "button, select, input:not([type=radio]), .annyeong-quiz label"
    for target in page.locator(f".annyeong :is({targets})").all():
        assert target.bounding_box()["height"] > 43, target.inner_html()
    page.close()


def test_on_a_small_screen_the_reading_stands_beside_the_pad(lab):
    """1280x720 with 150 % zoom leaves 853x480."""
    page = lab.open(viewport={"width": 853, "height": 480})
    page.evaluate(COMMAND, "notebook:run-all-cells")
    pad = page.locator(".annyeong-pad")
    expect(page.locator(".annyeong-asleep").first).to_be_hidden()
    page.locator(".annyeong-pad canvas").scroll_into_view_if_needed()
    paper, reading = pad.locator("canvas").bounding_box(), pad.locator("ol").bounding_box()
    assert paper["x"] + paper["width"] <= reading["x"]
    assert reading["x"] + reading["width"] <= 853
    assert max(one["height"] for one in (paper, reading)) < 330
    keep_screenshot(page, f"small-{lab.lang}")
    page.close()


def test_short_code_and_korean_brackets_hold_together(lab):
    page = lab.open("02-feature-maps")
    code = page.locator(f"{SHOWN} .jp-RenderedMarkdown code").first
    expect(code).to_have_css("text-wrap-mode", "nowrap")
    texts = "".join(page.locator(f"{SHOWN} .jp-RenderedMarkdown p").all_text_contents())
    assert len(re.findall("[가-힣]\u2060\\(", texts)) == len(re.findall("[가-힣]\u2060?\\(", texts))
    assert ("\u2060" in texts) == (lab.lang == "ko")
    page.close()
