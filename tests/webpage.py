"""What the tests in a browser do with a page: the course's own, or that of JupyterLab.

`browser/axe.min.js` is axe-core 4.14.1 by Deque Systems, under the Mozilla Public License 2.0,
unchanged.
"""

import os
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

#: The notebook that is seen: another may be open behind it.
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# A run that is started before the kernel has answered is dropped in silence.
READY = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
#: How many of the pixels of a canvas have ink.
INK = """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    .filter((value, i) => i % 4 === 3 && value > 127).length"""


AXE = Path(__file__).with_name("browser") / "axe.min.js"
_FAULTS = """async ([part, rules]) => {
    const { violations } = await axe.run(part, { resultTypes: ["violations"], ...rules });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """Serve the files of a folder; give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def places_on(paper, points):
    """Return where on the page points are that are given as shares of the paper's sides."""
    box = paper.bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw(page, points, paper=".annyeong-pad canvas"):
    """Draw a line with the mouse through points, given as shares of the paper's sides."""
    page.locator(paper).scroll_into_view_if_needed()
    places = places_on(page.locator(paper), points)
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=10)
    page.mouse.up()


def touch(page, points, paper=".annyeong-pad canvas"):
    """Draw a line with a finger through points, given as shares of the paper's sides."""
    page.locator(paper).scroll_into_view_if_needed()
    places = places_on(page.locator(paper), points)
    finger = page.context.new_cdp_session(page)

    def send(kind, *place):
        points = [dict(zip("xy", one, strict=True)) for one in place]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    send("Start", places[0])
    for (x, y), (to_x, to_y) in pairwise(places):
        for part in range(1, 11):
            send("Move", (x + (to_x - x) * part / 10, y + (to_y - y) * part / 10))
    send("End")


def faults(page, part="html", *, only=None):
    """Return what axe-core finds to be a serious or critical fault; `only` names its one rule."""
    if not page.evaluate("window.axe !== undefined"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(_FAULTS, [part, {"runOnly": [only]} if only else {}])


def keep_screenshot(page, name, **options):
    """Save what is seen, if the variable SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", **options)
