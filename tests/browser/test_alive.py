"""The course's widgets on a page from a folder: no kernel, no other host, no error."""

import base64
import json

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from webpage import draw, faults, keep_screenshot, served

from helpers.course.alive import MODEL, explorer_html, lay_out, pad_html, quiz_html
from helpers.course.pad import DrawPad
from helpers.course.tiles import pack, unpack
from helpers.data import load_mnist
from helpers.paths import MODELS
from helpers.plots import plt, to_png
from helpers.reader import speaking
from helpers.vision.digits import layer_maps, save, shipped_reader
from helpers.vision.photos import to_mnist

pytestmark = pytest.mark.slow
SEVEN = [(0.28, 0.22), (0.72, 0.22), (0.42, 0.82)]
CHOICES = [
    {"text": "`6`", "because": "Twice three.", "right": True},
    {"text": "9", "because": "A square.", "right": False},
]
PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Alive</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="annyeong/widgets.css">
<script type="module" src="annyeong/alive.js"></script><body>{body}"""
NETWORK = """async ([images, drawings]) => {
    const { openNetwork, toMnist } = await import("./annyeong/network.js");
    const read = openNetwork(await (await fetch("./annyeong/digits.onnx")).arrayBuffer());
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const [plain, large] = [bytes(images), bytes(drawings)];
    const side = Math.sqrt(large.length / (plain.length / 784));
    const found = [];
    for (let n = 0; n < plain.length / 784; n++) {
        const image = Float32Array.from(plain.subarray(784 * n, 784 * (n + 1)), (one) => one / 255);
        const drawing = large.subarray(side * side * n, side * side * (n + 1));
        const drawn = toMnist(drawing, side);
        found.push([read(image).probabilities, [...drawn], read(drawn).probabilities]);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the widgets' files, and the address at which it is served."""
    folder = tmp_path_factory.mktemp("site")
    lay_out(folder / "annyeong")
    with served(folder) as address:
        yield folder, address


@pytest.fixture
def visit(site, chromium):
    """Open a page with a body; in the end no error was said and no other host was asked."""
    folder, address = site
    pages, faults = [], []

    def visit(body, lang="en", **settings):
        (folder / "index.html").write_text(PAGE.format(lang=lang, body=body), encoding="utf-8")
        page = chromium.new_page(**settings)
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: said.type == "error" and faults.append(said.text))
        page.on(
            "request",
            lambda one: one.url.startswith((address, "data:", "blob:")) or faults.append(one.url),
        )
        page.goto(f"{address}/index.html")
        return page

    visit.faults = faults
    yield visit
    for page in pages:
        page.close()
    assert faults == []


def card(text):
    figure = plt.figure(figsize=(2, 1))
    figure.text(0.1, 0.4, text)
    return to_png(figure)


@pytest.fixture(scope="module")
def explorer(site):
    """The element of an explorer of 3 x 2 positions, whose pictures say where they are."""
    folder, _ = site
    pngs = [card(f"{slope} {color}") for slope in (2, 3, 4) for color in ("red", "blue")]
    (folder / "frames.bin").write_bytes(pack(pngs))
    (folder / "still.png").write_bytes(pngs[3])
    slider = {"name": "slope", "label": "slope", "values": ["2", "3", "4"], "slider": True}
    choice = {"name": "color", "label": "color", "values": ["red", "blue"], "slider": False}
    state = {"controls": [slider, choice], "chosen": {"slope": 1, "color": 1}}
    still = '<img src="still.png" alt="A card.">'
    return explorer_html(state, "frames.bin", still), unpack(pack(pngs))


PIXELS = """async (image) => {
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    return [...pen.getImageData(0, 0, canvas.width, canvas.height).data];
}"""


def shown(page):
    width, height = 160, 80
    pixels = page.locator(".annyeong-explorer img").evaluate(PIXELS)
    return np.array(pixels, np.uint8).reshape(height, width, 4)[..., :3]


def test_an_explorer_moves_by_mouse_and_keys_without_a_kernel(visit, explorer):
    element, pictures = explorer
    page = visit(element)
    image = page.locator(".annyeong-explorer img")
    expect(image).to_have_attribute("alt", "A card.")
    slider = page.get_by_label("slope")
    expect(slider).to_have_value("1")
    slider.press("ArrowRight")
    expect(image).to_have_attribute("alt", "slope = 4, color = blue")
    assert (shown(page) == pictures[5]).all()
    page.get_by_label("color").select_option("red")
    expect(image).to_have_attribute("alt", "slope = 4, color = red")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    expect(image).to_have_attribute("alt", "slope = 2, color = red")
    assert (shown(page) == pictures[0]).all()


def test_frames_are_asked_for_when_the_explorer_is_touched(visit, explorer):
    page = visit("<p style='height: 300px'>Above</p>" + explorer[0])
    page.wait_for_selector(".annyeong-explorer input")
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    page.mouse.move(5, 5)
    assert not asked
    with page.expect_request("**/frames.bin"):
        page.locator(".annyeong-explorer").hover()


def test_frames_that_do_not_arrive_are_missed_in_one_sentence(visit, explorer):
    page = visit(explorer[0].replace("frames.bin", "nothing.bin"))
    page.get_by_label("slope").press("ArrowLeft")
    expect(page.locator(".annyeong-asleep")).to_contain_text("Load the page again.")
    expect(page.get_by_label("slope")).to_be_disabled()
    assert any("404" in fault for fault in visit.faults)
    visit.faults.clear()


def test_the_network_in_the_page_reads_1000_digits_as_pythons_does(visit):
    _, (x_test, _) = load_mnist()
    images = x_test[:1000]
    drawings = np.stack([drawn_large(n, image) for n, image in enumerate(images)])
    page = visit("")
    encoded = [base64.b64encode(one.tobytes()).decode() for one in (images, drawings)]
    plain, drawn, read = zip(*page.evaluate(NETWORK, encoded), strict=True)

    expected = shipped_reader()(images)
    assert (np.argmax(plain, axis=1) == expected.argmax(axis=1)).all()
    assert np.abs(np.array(plain) - expected).max() < 1e-3

    made = np.stack([as_the_pad_makes_it(one) for one in drawings])
    assert np.abs(np.array(drawn).reshape(-1, 28, 28) - made).max() < 1e-4
    expected = shipped_reader()(made)
    assert (np.argmax(read, axis=1) == expected.argmax(axis=1)).all()
    assert np.abs(np.array(read) - expected).max() < 1e-3


def drawn_large(number, image):
    """Return a digit as a drawing of the pad, of one of many sizes, somewhere on it."""
    side = 20 + 7 * number % 120
    large = np.zeros((DrawPad.SIZE, DrawPad.SIZE), np.uint8)
    row, column = np.random.default_rng(number).integers(0, DrawPad.SIZE - side + 1, 2)
    large[row : row + side, column : column + side] = cv2.resize(image, (side, side))
    return large


def as_the_pad_makes_it(drawing):
    rows, columns = np.flatnonzero(drawing.any(axis=1)), np.flatnonzero(drawing.any(axis=0))
    return to_mnist(drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] / 255)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_pad_reads_a_drawn_7_and_shows_its_layers(visit, lang):
    with speaking(lang):
        page = visit(pad_html(f"annyeong/{MODEL}"), lang)
    draw(page, SEVEN)
    expect(page.locator(".annyeong-reading")).to_have_attribute("data-value", "7")
    page.locator(".annyeong-maps summary").click()
    rows = page.locator(".annyeong-layers figure")
    names = ["relu_1", "relu_2", "pool_2", "relu_3", "pool_3", "dense_1"]
    expect(rows.locator("b")).to_have_text(names)
    shapes = [layer_maps(np.zeros((28, 28)))[name].shape for name in names]
    for row, shape in zip(rows.all(), shapes, strict=True):
        assert " × ".join(map(str, shape)) in row.inner_text()
        assert row.locator("img").count() == (shape[2] if len(shape) == 3 else 1)
    assert (
        rows.first.locator("img").first.evaluate("one => one.decode().then(() => one.naturalWidth)")
        == 14
    )
    keep_screenshot(page, f"alive-pad-{lang}", full_page=True)
    page.locator(".annyeong-bars button").click()
    expect(page.locator(".annyeong-reading")).to_have_attribute("data-value", "")
    expect(rows).to_have_count(0)


def test_keys_draw_a_one_without_a_kernel(visit):
    page = visit(pad_html(f"annyeong/{MODEL}"))
    canvas = page.locator("canvas")
    canvas.press("Space")
    for _ in range(18):
        canvas.press("ArrowDown")
    canvas.press("Space")
    expect(page.locator(".annyeong-reading")).to_have_attribute("data-value", "1")


def test_a_network_of_ones_own_is_looked_into(visit, tmp_path):
    """The maps' file has many outputs, the hands' eleven answers: both are refused."""
    page = visit(pad_html(f"annyeong/{MODEL}"))
    draw(page, SEVEN)
    says = page.locator(".annyeong-own output")
    own = tmp_path / "my-digits.onnx"
    own.write_bytes(with_other_answer(7, 3))
    page.locator(".annyeong-own input").set_input_files(own)
    expect(says).to_have_text("my-digits.onnx reads your digits now.")
    expect(page.locator(".annyeong-reading")).to_have_attribute("data-value", "3")

    for name in ("digits-maps.onnx", "hands.onnx", "digits.json"):
        page.locator(".annyeong-own input").set_input_files(MODELS / name)
        expect(says).to_contain_text(f"{name} holds no network from 28 × 28 pixels")
    own.write_bytes(own.read_bytes().replace(b"GlobalMaxPool", b"GlobalMinPool"))
    page.locator(".annyeong-own input").set_input_files(own)
    expect(says).to_contain_text("uses the operation GlobalMinPool")
    expect(page.locator(".annyeong-reading")).to_have_attribute("data-value", "3")


def with_other_answer(digit, other):
    """Return the shipped network with two of its answers swapped."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load(MODELS / MODEL)
    for weights in model.graph.initializer:
        if "dense_1" in weights.name:
            values = numpy_helper.to_array(weights).copy()
            values[..., [digit, other]] = values[..., [other, digit]]
            weights.CopyFrom(numpy_helper.from_array(values, weights.name))
    return model.SerializeToString()


FOREIGN = """async ([networks, images]) => {
    const { openNetwork } = await import("./annyeong/network.js");
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    return networks.map((network) => {
        const read = openNetwork(bytes(network));
        return images.map((image) => read(Float32Array.from(image)).probabilities);
    });
}"""


def test_other_networks_that_a_learner_may_build_are_computed(visit, tmp_path):
    import keras
    from keras import layers

    digits = load_mnist()[1][0][:5] / np.float32(255)
    parts = {
        "plain": [layers.Flatten(), layers.Dense(32, activation="relu")],
        "flat": [
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.3),
        ],
        "smooth": [
            layers.Rescaling(2.0),
            layers.Conv2D(8, 5, activation="sigmoid", padding="same"),
            layers.AveragePooling2D(2, padding="same"),
            layers.Conv2D(8, 3, activation="tanh"),
            layers.GlobalAveragePooling2D(),
        ],
    }
    files, expected = [], []
    for name, own in parts.items():
        answer = layers.Dense(10, activation="softmax")
        model = keras.Sequential([keras.Input((28, 28, 1)), *own, answer])
        expected.append(model(digits[..., None]))
        save(model, tmp_path / f"{name}.onnx")
        files.append(base64.b64encode((tmp_path / f"{name}.onnx").read_bytes()).decode())
    found = visit("").evaluate(FOREIGN, [files, digits.reshape(5, -1).tolist()])
    assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["true", "false"])
def test_everyone_can_use_them(visit, explorer, width, theme):
    questions = [{"text": "Two times `3`?", "choices": CHOICES}]
    body = explorer[0] + pad_html(f"annyeong/{MODEL}") + quiz_html("99/quiz", questions)
    ground = {"true": "#fff", "false": "#111"}[theme]
    body = f"<main style='background: {ground}'><h1 hidden>Alive</h1>{body}</main>"
    page = visit(body, viewport={"width": width, "height": 900})
    page.evaluate("theme => (document.body.dataset.jpThemeLight = theme)", theme)
    draw(page, SEVEN)
    page.locator(".annyeong-maps summary").click()
    expect(page.locator(".annyeong-layers figure")).to_have_count(6)
    assert faults(page, "main") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    keep_screenshot(page, f"alive-{width}-{theme}", full_page=True)


def test_a_quiz_answers_and_is_kept(visit):
    questions = [{"text": "Two times `3`?", "choices": CHOICES}] * 2
    element = quiz_html("99/quiz", questions, "<ol><li>Two times 3?</li></ol>")
    page = visit(element)
    page.locator("fieldset").nth(0).locator("input").nth(0).check()
    page.locator("fieldset").nth(1).locator("input").nth(1).check()
    expect(page.locator(".annyeong-right")).to_contain_text("Twice three.")
    expect(page.locator(".annyeong-wrong")).to_contain_text("A square.")
    page.reload()
    expect(page.locator("input:checked")).to_have_count(2)
    expect(page.locator(".annyeong-score")).to_have_text("1 of 2 right")
    assert page.locator(".annyeong-quiz > ol").count() == 0
    assert json.loads(page.evaluate("localStorage.getItem('annyeong/99/quiz')")) == [0, 1]
