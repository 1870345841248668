"""From lesson to lesson in the real JupyterLab: the home page, the next lesson, a review."""

import os
import time
from contextlib import contextmanager

import pytest
from webpage import SHOWN, keep_screenshot

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by signals"),
]
IS_AT = "start => window.jupyterapp.shell.currentWidget?.context?.path.startsWith(start)"
TERM = {"en": "stride", "ko": "스트라이드"}
SECTION = {"en": "5. Choose stride and padding", "ko": "5. 스트라이드와 패딩 정하기"}
TABS = "() => [...window.jupyterapp.shell.widgets('main')].map(tab => tab.title.label)"
TYPE = """async (line) => {
    const { commands, shell } = window.jupyterapp;
    const terminal = await commands.execute('terminal:create-new');
    const { session } = terminal.content;
    const heard = new Promise(done => {
        let text = '';
        session.messageReceived.connect((_, { type, content }) => {
            if (type === 'stdout') text += content[0];
            if (/annyeong \\d+\\.\\d+/.test(text)) done(text);
        });
        setTimeout(() => done(text), 30000);
    });
    session.send({ type: 'stdin', content: [line + '\\r'] });
    const text = await heard;
    terminal.close();
    return text;
}"""


@pytest.fixture(scope="module", params=["en", "ko"])
def lab(request, annyeong_lab, clone):
    """The JupyterLab of a learner who passed the quiz of lesson 00 yesterday."""
    progress = clone / "work/progress"
    progress.mkdir(parents=True, exist_ok=True)
    (progress / "00-quiz").touch()
    os.utime(progress / "00-quiz", (time.time() - 90_000,) * 2)
    with annyeong_lab("00", "--lang", request.param) as (_, address):
        yield request.param, address, progress


@pytest.fixture
def learner(lab, chromium, clone):
    """The learner's browser and folder."""
    lang, address, progress = lab
    before = set(progress.rglob("*"))
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    page.lang = lang
    page.goto(address.replace("00-start-here", "home") + "&reset")
    page.wait_for_selector(f"{SHOWN} .jp-CodeCell", timeout=60_000)
    yield page, clone / "work"
    page.close()
    for path in set(progress.rglob("*.json")) - before:
        path.unlink()


def test_from_home_to_the_next_lesson_and_back_in_one_tab_then_a_review(learner):
    page, work = learner
    says = {
        "en": ("Go on where you stopped:", "All lessons"),
        "ko": ("이어서 하기:", "전체 수업"),
    }[page.lang]
    page.wait_for_function(IS_AT, arg="home", timeout=20_000)
    page.wait_for_selector(f"{SHOWN} >> text={says[0]}")
    page.wait_for_selector(".annyeong-quiz", timeout=60_000)  # the kernel has drawn it anew
    keep_screenshot(page, f"home-{page.lang}")

    with in_the_same_tab(page, "02-"):
        page.click(f"{SHOWN} a[href*='02-feature-maps']")
    with in_the_same_tab(page, "01-"):
        page.click(f"{SHOWN} .jp-MarkdownCell >> nth=0 >> a[href*='01-what-is-a-model']")
    with in_the_same_tab(page, "home"):
        page.click(f"{SHOWN} a:text-is('{says[1]}') >> nth=0")

    def answer():
        """Choose an answer, again if the kernel has meanwhile drawn the question anew."""
        page.locator(f"{SHOWN} .annyeong-quiz input").first.check(timeout=60_000)
        return len(list((work / "progress/review").glob("00-*.json"))) == 1

    until(answer, page)
    page.wait_for_selector(f"{SHOWN} .annyeong-verdict")
    keep_screenshot(page, f"review-{page.lang}")

    assert "annyeong 0." in page.evaluate(TYPE, "annyeong --version")


def test_a_term_leads_to_the_section_that_teaches_it(learner):
    page, _ = learner
    with in_the_same_tab(page, "03-"):
        page.click(f"{SHOWN} a[href*='03-pooling']")
    link = page.locator(f"{SHOWN} a[title]").filter(has_text=TERM[page.lang]).first
    href = link.get_attribute("href")
    assert "02-feature-maps.ipynb" in href
    keep_screenshot(page, f"term-{page.lang}")
    link.click()
    page.wait_for_function(IS_AT, arg="02-", timeout=30_000)
    assert "03-pooling.ipynb" in page.evaluate(TABS)  # where one was reading stays open
    section = page.locator(f"{SHOWN} h2").filter(has_text=SECTION[page.lang])
    until(lambda: is_in_view(section), page)
    keep_screenshot(page, f"section-{page.lang}")


def is_in_view(section):
    box = section.bounding_box() if section.count() else None
    return box is not None and 0 <= box["y"] < 720


@contextmanager
def in_the_same_tab(page, start):
    before = page.evaluate(TABS)
    yield
    page.wait_for_function(IS_AT, arg=start, timeout=30_000)
    until(lambda: len(page.evaluate(TABS)) == len(before), page)


def until(is_so, page=None):
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100) if page else time.sleep(0.1)
