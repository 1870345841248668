"""The page of the service in a real browser: written on, given photos, used by keys alone."""

import base64
import json
import re
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
import webpage
from playwright.sync_api import expect

from helpers.language.corpus import load_answers
from helpers.paths import PHOTOS
from helpers.service.app import create_app
from helpers.service.page.router import STATIC
from helpers.service.settings import Settings

pytestmark = pytest.mark.slow

WORDS = {lang: json.loads((STATIC / f"{lang}.json").read_text("utf-8")) for lang in ("en", "ko")}
SEVEN = [(0.3, 0.2), (0.6, 0.2), (0.4, 0.8)]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


CONVERSATION = {
    "안녕하세요": "hello",
    "이름이 뭐예요?": "ask_name",
    "오늘 날씨가 좋네요": "weather_nice",
    "도와주셔서 감사합니다": "thanks_for_help",
    "안녕히 계세요": "goodbye",
}


@contextmanager
def serving(app):
    """Serve an app on a free port of this machine; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield "http://127.0.0.1:{1}".format(*listening.getsockname())
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    app = create_app(settings=Settings(folder=tmp_path_factory.mktemp("service")))
    with serving(app) as address:
        while httpx.get(f"{address}/ready", timeout=60, trust_env=False).status_code != 200:
            time.sleep(0.1)
        yield address


@pytest.fixture
def visit(chromium, address):
    """Open the page: a function whose page must, in the end, have found no fault."""
    pages = []

    def open_page(address=address, lang="en", path="/", **settings):
        settings = {"viewport": WIDE, "locale": {"en": "en-GB", "ko": "ko-KR"}[lang]} | settings
        page = chromium.new_context(**settings).new_page()
        pages.append(page)
        page.words, page.faults = WORDS[lang], []
        page.on("console", lambda said: said.type != "log" and page.faults.append(said.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("request", lambda request: _is_at(request.url, address, page.faults))
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for page in pages:
        assert page.faults == []
        page.context.close()


def _is_at(url, address, faults):
    if not url.startswith((address + "/", f"blob:{address}/", "data:")):
        faults.append(f"asked elsewhere: {url}")


@pytest.fixture(params=["en", "ko"])
def page(request, visit):
    return visit(lang=request.param)


def draw(page, points):
    webpage.draw(page, points, "#pad")


def wait_for_reading(page, place, text):
    page.locator(f"{place} output", has_text=re.compile(f"^{re.escape(text)}$")).wait_for()


def keep_screenshot(page, name):
    webpage.keep_screenshot(page, f"page-{name}", full_page=True)


def test_a_drawn_7_is_read_and_every_layer_shows_its_maps(page):
    assert page.locator("#draw output").inner_text() == page.words["nothing_drawn"]
    draw(page, SEVEN)
    wait_for_reading(page, "#draw", "7")
    assert "%" in page.locator("#draw .reading li").inner_text()

    box = page.locator("#draw .boxes div")
    x, y = (box.bounding_box()[side] for side in ("x", "y"))
    (left, top), (right, _), (_, bottom) = webpage.places_on(page.locator("#pad"), SEVEN)
    assert abs(x - left) < 20
    assert abs(y - top) < 20
    assert abs(x + box.bounding_box()["width"] - right) < 20
    assert abs(y + box.bounding_box()["height"] - bottom) < 20

    rows = page.locator(".layers figure")
    assert rows.locator("b").all_inner_texts()[:3] == ["conv_1", "bn_1", "relu_1"]
    assert rows.count() == 12
    assert rows.first.locator("img").count() == 16
    for picture in page.locator(".layers img").all()[:40]:
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 14
    keep_screenshot(page, f"drawn-{page.evaluate('document.documentElement.lang')}")

    page.locator("#clear").click()
    wait_for_reading(page, "#draw", page.words["nothing_drawn"])
    assert page.locator(".layers figure").count() == page.locator(".boxes div").count() == 0


def test_several_digits_and_one_that_runs_over_the_border_are_read(visit):
    page = visit()
    draw(page, [(0.05, 0.1), (0.3, 0.1), (0.15, 0.85)])
    draw(page, [(0.5, 0.01), (0.5, 0.99)])
    draw(page, [(0.7, 0.1), (0.95, 0.1), (0.8, 0.85)])
    wait_for_reading(page, "#draw", "7 1 7")


def test_what_is_no_digit_is_said_to_be_none(visit):
    page = visit()
    draw(page, [(0.48, 0.5), (0.52, 0.5)])
    wait_for_reading(page, "#draw", f"{page.words['none_found']} {page.words['none_found_help']}")
    assert page.locator("#maps .empty").is_visible()


def test_folded_maps_are_not_asked_for(visit):
    page = visit()
    page.locator("#maps summary").click()
    with page.expect_response("**/digits?*") as answer:
        draw(page, SEVEN)
    assert "maps" not in answer.value.json()
    wait_for_reading(page, "#draw", "7")
    page.locator("#maps summary").click()
    page.locator(".layers figure").first.wait_for()


def test_keys_alone_draw_a_7_and_choose_a_task(visit):
    page = visit()
    keys = page.keyboard
    keys.press("Tab")
    assert page.locator(".skip").evaluate("link => link === document.activeElement")
    for _ in range(20):
        if page.evaluate("document.activeElement.id") == "pad":
            break
        keys.press("Tab")
    assert page.locator(".pen").is_visible()
    for key, times in (("ArrowLeft", 6), (" ", 1), ("ArrowRight", 12)):
        for _ in range(times):
            keys.press(key)
    assert page.locator("#pen-says").inner_text() == page.words["pen_down"]
    for step in range(18):
        keys.press("ArrowDown")
        if step % 2:
            keys.press("ArrowLeft")
    keys.press("Space")
    assert page.locator("#pen-says").inner_text() == page.words["pen_up"]
    keys.press("Shift+ArrowDown")  # lifted, it leaves no trace
    wait_for_reading(page, "#draw", "7")

    keys.press("Delete")
    wait_for_reading(page, "#draw", page.words["nothing_drawn"])
    for name in ("clear", "", "", "file", "camera-open"):  # then the maps, then the tasks
        keys.press("Tab")
        assert page.evaluate("document.activeElement.id") == name
        outlined = "element => getComputedStyle(element).outlineStyle"
        focused = page.locator(":is(label:has(:focus), :focus):not(input)")
        assert focused.evaluate(outlined) != "none"
        if page.evaluate("document.activeElement.name") == "task":
            keys.press("ArrowRight")
    assert page.locator("[name=task]:checked").get_attribute("value") == "mosaic"


def test_a_file_is_read_with_boxes_over_its_digits(page):
    page.locator("#file").set_input_files(PHOTOS / "zip-02.jpg")
    wait_for_reading(page, "#photo-reading", "9 2 1 8 2")
    boxes = page.locator("#photo .boxes div")
    assert boxes.locator("b").all_inner_texts() == list("92182")
    assert page.locator("#photo-reading li").count() == 5
    picture = page.locator("#before").bounding_box()
    for box in boxes.all():
        place = box.bounding_box()
        assert picture["x"] < place["x"] < picture["x"] + picture["width"]
        assert picture["y"] < place["y"] < picture["y"] + picture["height"]
    assert not page.locator("#mosaic").is_visible()


def _handed_over(page, event, name, kind):
    """Drop or paste a photo, as a browser would hand it over."""
    data = base64.b64encode((PHOTOS / name).read_bytes()).decode()
    page.locator(".drop").evaluate(
        """async (area, [data, name, event, kind]) => {
            const bytes = await (await fetch(`data:image/jpeg;base64,${data}`)).blob();
            const files = new DataTransfer();
            files.items.add(new File([bytes], name, {type: "image/jpeg"}));
            const settings = {bubbles: true, cancelable: true, [kind]: files};
            const happened = event === "paste" ? new ClipboardEvent(event, settings)
                : new DragEvent(event, settings);
            area.dispatchEvent(happened);
        }""",
        [data, name, event, kind],
    )


@pytest.mark.parametrize(("event", "kind"), [("drop", "dataTransfer"), ("paste", "clipboardData")])
def test_a_photo_that_is_dropped_or_pasted_is_read(visit, event, kind):
    page = visit(bypass_csp=True)  # the test itself makes a file from a data address
    _handed_over(page, event, "zip-02.jpg", kind)
    wait_for_reading(page, "#photo-reading", "9 2 1 8 2")


def test_text_that_is_dropped_is_declined(visit):
    page = visit()
    page.locator(".drop").evaluate(
        """area => area.dispatchEvent(new DragEvent("drop",
            {bubbles: true, cancelable: true, dataTransfer: new DataTransfer()}))"""
    )
    problem = page.locator("#photo .problem")
    problem.get_by_text(page.words["no_file"]).wait_for()


def test_the_camera_gives_a_picture(visit):
    page = visit(permissions=["camera"])
    page.locator("#camera-open").click()
    page.locator("#shoot").wait_for()
    page.locator("video").evaluate(
        "video => video.videoWidth || new Promise(seen => video.onloadeddata = seen)"
    )
    track = page.evaluate_handle("document.querySelector('video').srcObject.getTracks()[0]")
    page.locator("#shoot").click()
    page.locator("#before").wait_for()
    assert page.locator("#before").evaluate("image => image.naturalWidth") > 100
    assert track.evaluate("track => track.readyState") == "ended"
    assert not page.locator("#camera").is_visible()
    assert page.evaluate("document.activeElement.id") == "camera-open"


REFUSE = """name => {
    if (!name) delete Navigator.prototype.mediaDevices; // as where the page came over plain http
    else navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", name); };
}"""


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (None, "no_camera"),
        ("NotAllowedError", "camera_refused"),
        ("NotFoundError", "camera_missing"),
    ],
)
def test_without_a_camera_a_sentence_says_what_to_do(visit, error, sentence):
    page = visit(lang="ko")
    page.evaluate(REFUSE, error)
    page.locator("#camera-open").click()
    page.get_by_text(page.words[sentence]).wait_for()


def test_faces_are_hidden_before_and_after_side_by_side(page):
    page.get_by_text(page.words["task_mosaic"]).click()
    page.locator("#file").set_input_files(PHOTOS / "astronaut.jpg")
    page.locator("#after").wait_for()
    before, after = (page.locator(name).bounding_box() for name in ("#before", "#after"))
    assert before["y"] == after["y"]
    assert before["x"] + before["width"] < after["x"]
    assert re.search("[1-9]|One|하나", page.locator("#photo-says").inner_text())
    with page.expect_download() as download:
        page.locator("#save").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    keep_screenshot(page, f"faces-{page.evaluate('document.documentElement.lang')}")

    page.get_by_text(page.words["task_digits"]).click()
    wait_for_reading(page, "#photo-reading", page.words["none_found"])


def test_samples_come_with_their_labels_and_noise_changes_the_picture(page):
    assert page.locator("#sample-label").inner_text() == "5"
    wait_for_reading(page, "#sample .reading", "5")
    clean = page.locator("#sample-picture").get_attribute("src")
    page.get_by_text(page.words["sample_noise"], exact=True).click()
    expect(page.locator("#sample-picture")).not_to_have_attribute("src", clean)
    assert page.locator("#sample-label").inner_text() == "5"

    for index, label in enumerate("5041"):  # as y_train begins
        page.locator("#sample-index").fill(str(index))
        page.locator("#sample-index").press("Enter")
        page.locator("#sample-label", has_text=label).wait_for()

    for wrong in ("60000", "-1", "1.5", ""):
        page.locator("#sample-index").fill(wrong)
        page.locator("#sample-index").press("Enter")
        page.locator("#sample .problem", has_text=page.words["sample_range"]).wait_for()
    page.locator("#sample-other").click()
    page.locator("#sample .problem:empty").wait_for(state="attached")


def test_a_photo_is_kept_opened_and_deleted(page):
    assert page.locator("#kept .empty").is_visible()
    page.locator("#file").set_input_files(PHOTOS / "single-01.jpg")
    page.locator("#keep").click()
    item = page.locator("#kept li")
    item.wait_for()
    assert item.locator("b").inner_text() == "single-01.jpg"

    page.locator("#file").set_input_files(PHOTOS / "zip-02.jpg")
    wait_for_reading(page, "#photo-reading", "9 2 1 8 2")
    page.get_by_role(
        "button", name=page.words["kept_open_one"].format(name="single-01.jpg")
    ).click()
    page.locator("#photo .boxes div:only-child").wait_for()

    name = page.words["kept_delete_one"].format(name="single-01.jpg")
    page.get_by_role("button", name=name).click()
    item.wait_for(state="detached")
    assert page.locator("#kept .empty").is_visible()
    assert page.evaluate("document.activeElement.id") == "kept-title"
    page.get_by_text(page.words["kept_deleted"].format(name="single-01.jpg")).wait_for()


def said_last(page):
    """Return what the log shows last, without the name that only a screen reader hears."""
    return page.locator("#chat .log li:last-child [lang]")


def say(page, message):
    """Write a message and press Enter; return the reply."""
    count = page.locator("#chat .reply").count()
    page.locator("#chat-message").fill(message)
    page.locator("#chat-message").press("Enter")
    expect(page.locator("#chat .reply")).to_have_count(count + 1)
    return said_last(page).inner_text()


def test_a_conversation_reads_from_hello_to_goodbye(page):
    answers = load_answers()
    replies = [say(page, message) for message in CONVERSATION]
    for reply, intent in zip(replies, CONVERSATION.values(), strict=True):
        assert reply in answers[intent]
    spoken = page.locator("#chat .log li").all_text_contents()
    assert len(spoken) == 2 * len(CONVERSATION)
    assert spoken[0] == f"{page.words['chat_you']}: 안녕하세요"
    assert spoken[-1] == f"{page.words['chat_bot']}: {replies[-1]}"
    log = page.locator("#chat .log")
    assert log.get_attribute("role") == "log"  # a screen reader reads what is added
    assert log.evaluate("log => log.scrollTop + log.clientHeight >= log.scrollHeight - 1")
    assert page.locator("#chat-message").input_value() == ""
    assert page.evaluate("document.activeElement.id") == "chat-message"
    keep_screenshot(page, f"chat-{page.evaluate('document.documentElement.lang')}")

    page.reload()
    assert page.locator("#chat .log li").count() == 0


def test_a_phrase_is_one_click_and_the_same_is_not_answered_alike_twice(visit):
    page = visit()
    replies = []
    for count in (1, 2):
        page.get_by_role("button", name="안녕하세요").click()
        expect(page.locator("#chat .reply")).to_have_count(count)
        replies.append(said_last(page).inner_text())
    assert set(replies) == set(load_answers()["hello"])


def test_what_is_said_is_text_and_what_is_blank_is_not_sent(visit):
    page = visit()
    page.locator("#chat-message").fill("   ")
    page.locator("#chat-message").press("Enter")
    say(page, "<img src=x onerror=alert(1)> 안녕하세요")
    assert page.locator("#chat .said [lang]").all_inner_texts() == [
        "<img src=x onerror=alert(1)> 안녕하세요"
    ]
    assert page.locator("#chat img").count() == 0


def test_a_message_without_an_answer_goes_back_into_the_field(visit):
    page = visit(lang="ko")
    page.route("**/chat", lambda route: route.abort())
    page.locator("#chat-message").fill("안녕하세요")
    page.locator("#chat-message").press("Enter")
    page.locator("#chat .problem", has_text=page.words["no_answer"]).wait_for()
    assert page.locator("#chat-message").input_value() == "안녕하세요"
    assert page.locator("#chat .log li").count() == 0
    page.unroute("**/chat")
    page.get_by_role("button", name=page.words["chat_send"]).click()
    expect(page.locator("#chat .reply")).to_have_count(1)
    assert page.locator("#chat .problem").inner_text() == ""
    assert len(page.faults) == 1
    page.faults.clear()


def test_while_the_chatbot_thinks_it_is_said(visit):
    page = visit()
    page.route("**/chat", lambda route: (time.sleep(1), route.continue_()))
    page.locator("#chat-message").fill("안녕하세요")
    page.locator("#chat-message").press("Enter")
    page.locator("#chat-says", has_text=page.words["chat_waiting"]).wait_for()
    expect(page.locator("#chat .reply")).to_have_count(1)
    assert page.locator("#chat-says").inner_text() == ""


@pytest.mark.parametrize(("lang", "said"), [("en", "JPEG or PNG"), ("ko", "JPEG나 PNG")])
def test_what_the_service_declines_is_said_in_its_own_sentence(visit, tmp_path, lang, said):
    page = visit(lang=lang)
    (tmp_path / "note.png").write_text("no picture")
    page.locator("#file").set_input_files(tmp_path / "note.png")
    problem = page.locator("#photo .problem")
    problem.get_by_text(said).wait_for()
    assert problem.get_attribute("role") == "alert"
    assert not page.locator("#photo-result").is_visible()
    assert [re.search("415|422", fault) is not None for fault in page.faults] == [True]
    page.faults.clear()  # a browser notes every answer over 400

    page.locator("#file").set_input_files(PHOTOS / "zip-02.jpg")
    wait_for_reading(page, "#photo-reading", "9 2 1 8 2")
    assert problem.inner_text() == ""


def test_a_service_that_is_gone_is_said_to_be(visit):
    page = visit(lang="ko")
    page.route("**/digits?*", lambda route: route.abort())
    draw(page, SEVEN)
    page.locator("#draw .problem", has_text=page.words["no_answer"]).wait_for()
    page.unroute("**/digits?*")
    draw(page, [(0.8, 0.2), (0.8, 0.8)])
    wait_for_reading(page, "#draw", "7 1")
    assert page.locator("#draw .problem").inner_text() == ""
    assert page.faults
    page.faults.clear()


def test_a_token_is_asked_for_once_and_kept_for_the_tab(visit, tmp_path):
    with serving(create_app(settings=Settings(folder=tmp_path, token="a secret"))) as address:
        page = visit(address)
        dialog = page.locator("#token")
        dialog.wait_for()
        for token in ("wrong", "a secret"):
            page.get_by_label(page.words["token_label"], exact=True).fill(token)
            page.keyboard.press("Enter")
            if token == "wrong":
                dialog.get_by_text(page.words["token_wrong"]).wait_for()
        page.locator("#sample-label", has_text="5").wait_for()
        page.wait_for_load_state("networkidle")
        assert not dialog.is_visible()
        page.faults.clear()  # the 401s

        page.reload()
        draw(page, SEVEN)
        wait_for_reading(page, "#draw", "7")
        assert not dialog.is_visible()
        page.goto("about:blank")


def test_without_a_token_a_sentence_says_that_nothing_works(visit, tmp_path):
    with serving(create_app(settings=Settings(folder=tmp_path, token="a secret"))) as address:
        page = visit(address, lang="ko")
        page.locator("#token").wait_for()
        page.keyboard.press("Escape")
        page.locator("#sample .problem", has_text=page.words["token_missing"]).wait_for()
        assert all("401" in fault for fault in page.faults)
        page.faults.clear()
        page.goto("about:blank")


def test_the_other_language_is_one_click_away(visit):
    page = visit(lang="en")
    page.get_by_role("link", name="한국어").click()
    page.get_by_role("heading", level=1, name=WORDS["ko"]["title"]).wait_for()
    page.wait_for_load_state("load")  # and with it the scripts
    assert page.locator("html").get_attribute("lang") == "ko"
    draw(page, SEVEN)
    wait_for_reading(page, "#draw", "7")
    assert WORDS["ko"]["sure"].partition(" ")[0] in page.locator("#draw li").inner_text()
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", level=1, name=WORDS["en"]["title"]).wait_for()


def test_a_finger_writes_on_a_phone_and_nothing_is_cut_off(visit):
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    page.locator("#pad").scroll_into_view_if_needed()
    place = webpage.places_on(page.locator("#pad"), [(0.5, 0.5)])[0]
    page.touchscreen.tap(*place)
    assert page.locator("#pad").evaluate(webpage.INK) > 300  # a tap is a dot
    page.locator("#clear").tap()

    before = page.evaluate("scrollY")
    webpage.touch(page, SEVEN, "#pad")
    wait_for_reading(page, "#draw", "7")
    assert page.evaluate("scrollY") == before  # the page stands still under the finger

    page.locator("#file").set_input_files(PHOTOS / "zip-02.jpg")
    wait_for_reading(page, "#photo-reading", "9 2 1 8 2")
    for message in CONVERSATION:
        say(page, message)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, .choice label, .switch, summary")]
            .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.9)
            .map(one => one.outerHTML)"""
    )
    assert small == []
    keep_screenshot(page, "phone")


def test_behind_a_prefix_every_address_stays_beneath_it(visit, tmp_path):
    app = create_app(settings=Settings(folder=tmp_path))

    async def prefixed(scope, receive, send):
        """Do what a gateway does that has the service under /course/."""
        if scope["type"] == "http":
            assert scope["path"].startswith("/course/")
            scope = {**scope, "path": scope["path"].removeprefix("/course")}
        await app(scope, receive, send)

    with serving(prefixed) as address:
        page = visit(address, path="/course/?lang=en")
        page.locator("#sample-label", has_text="5").wait_for()
        draw(page, SEVEN)
        wait_for_reading(page, "#draw", "7")
        page.locator("#file").set_input_files(PHOTOS / "single-01.jpg")
        page.locator("#keep").click()
        page.locator("#kept li button").first.click()
        page.locator("#photo-result").wait_for()
        page.goto("about:blank")


# What a tool such as axe would look at first.
FAULTS = """() => {
    const faults = [];
    const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
    if (new Set(ids).size !== ids.length) faults.push("an id stands twice");
    for (const one of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
        for (const name of ["aria-labelledby", "aria-describedby"])
            for (const id of one.getAttribute(name)?.split(" ") ?? [])
                if (!ids.includes(id)) faults.push(`${name} ${id} is nowhere`);
    for (const link of document.querySelectorAll("a[href^='#']"))
        if (!ids.includes(link.hash.slice(1))) faults.push(`${link.hash} is nowhere`);
    for (const image of document.images)
        if (!image.hasAttribute("alt")) faults.push("no alt: " + image.outerHTML);
    for (const field of document.querySelectorAll("input"))
        if (!field.labels.length) faults.push("no label: " + field.outerHTML);
    for (const button of document.querySelectorAll("button, a"))
        if (!(button.ariaLabel || button.textContent).trim()) faults.push("no name: " + button.id);
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
        if (heading.closest("dialog")) continue;
        const next = Number(heading.tagName[1]);
        if (next > level + 1) faults.push("a level is left out: " + heading.textContent);
        level = next;
    }
    if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
    if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
    return faults;
}"""
LOW_CONTRASTS = """() => {
    const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const over = (colour, ground) => {
        paint.fillStyle = `rgb(${ground})`;
        paint.fillRect(0, 0, 1, 1);
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const ground = one => {
        const beneath = one.parentElement ? ground(one.parentElement) : [255, 255, 255];
        return over(getComputedStyle(one).backgroundColor, beneath);
    };
    const light = colour => colour.map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const low = [];
    for (const one of document.querySelectorAll("body *")) {
        const text = [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (!text || !one.checkVisibility()) continue;
        const below = ground(one);
        const lights = [light(over(getComputedStyle(one).color, below)), light(below)];
        const [less, more] = lights.sort((a, b) => a - b);
        const contrast = (more + 0.05) / (less + 0.05);
        if (contrast < 4.5) low.push(`${contrast.toFixed(2)}: ${one.outerHTML.slice(0, 80)}`);
    }
    return low;
}"""


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_names_headings_and_contrasts_serve_everyone(visit, lang, mode):
    page = visit(lang=lang, color_scheme=mode, reduced_motion="reduce")
    draw(page, SEVEN)
    wait_for_reading(page, "#draw", "7")
    page.locator("#file").set_input_files(PHOTOS / "zip-02.jpg")
    wait_for_reading(page, "#photo-reading", "9 2 1 8 2")
    for message in CONVERSATION:
        say(page, message)
    assert page.evaluate(FAULTS) == []
    assert page.evaluate(LOW_CONTRASTS) == []
    moving = "getComputedStyle(document.querySelector('button')).transitionDuration"
    assert page.evaluate(moving) == "0s"
    keep_screenshot(page, f"{lang}-{mode}")


def test_the_check_of_contrasts_sees_a_low_one(visit):
    page = visit()
    page.evaluate("document.querySelector('h1').style.color = '#999'")
    assert len(page.evaluate(LOW_CONTRASTS)) == 1
