"""A training that is watched, interrupted and taken up again, in the real JupyterLab."""

import os
import re

import nbformat
import pytest
from nbformat import v4
from webpage import READY, SHOWN, keep_screenshot

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by signals"),
]
RUN = "command => void window.jupyterapp.commands.execute(command)"
TRAINING = """
from pathlib import Path
from helpers.data import load_mnist
from helpers.vision.digits import build_cnn, train

(x, y), (x_test, y_test) = load_mnist()
model = build_cnn(4, seed=0)
history = train(model, x[:4000], y[:4000], num_epochs=9, batch_size=16,
                validation=(x_test[:100], y_test[:100]), checkpoint="training.keras")
print("whole", len(history["loss"]))
"""


@pytest.fixture
def page(annyeong_lab, clone, chromium):
    """A Korean notebook with one cell that trains; tests/test_watch.py holds English words too."""
    folder = clone / "work/ko"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "training.keras").unlink(missing_ok=True)
    cell = v4.new_code_cell(TRAINING.strip())
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = v4.new_notebook(cells=[cell], metadata=metadata)  # else it asks for a kernel
    nbformat.write(notebook, folder / "watch.ipynb")
    with annyeong_lab("--lang", "ko") as (_, address):
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        # With `reset`, nothing is open that another test has left.
        page.goto(re.sub(r"[^/]+\.ipynb", "watch.ipynb", address) + "&reset")
        page.wait_for_selector(f"{SHOWN} .jp-CodeCell", timeout=60_000)
        page.evaluate(READY)
        yield page
        page.close()


def test_a_training_is_watched_interrupted_and_taken_up_again(page):
    shown = page.locator(".annyeong-training")
    rows = shown.locator("tbody tr")
    page.evaluate(RUN, "notebook:run-all-cells")
    rows.nth(1).wait_for(timeout=120_000)
    shown.locator("polyline").wait_for()
    keep_screenshot(page, "training")
    page.evaluate(RUN, "notebook:interrupt-kernel")
    said = page.locator(".jp-OutputArea-output", has_text="멈췄습니다")
    said.last.wait_for(timeout=60_000)
    page.wait_for_selector(".annyeong-training[data-running=false]")
    sentence = said.last.inner_text()
    assert "Traceback" not in page.content()
    assert re.search(r"\d에포크 다음부터", sentence)
    keep_screenshot(page, "training-interrupted")

    done = int(re.findall(r"\d", sentence)[-1])
    page.evaluate(RUN, "notebook:run-all-cells")
    page.locator(".jp-OutputArea-output", has_text="whole 9").wait_for(timeout=180_000)
    assert done >= 2
    assert rows.count() == 9
    labels = shown.locator("thead").inner_text()
    assert "검증 손실" in labels
    keep_screenshot(page, "training-whole")
    page.evaluate(
        "() => window.jupyterapp.commands.execute('apputils:change-theme',"
        " {theme: 'JupyterLab Dark'})"
    )
    page.wait_for_timeout(1000)
    keep_screenshot(page, "training-dark")
