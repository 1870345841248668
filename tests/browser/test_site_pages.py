"""The whole site, built once and walked through in Chromium; SITE names one that is there."""

import gzip
import os
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from webpage import draw, faults, keep_screenshot, served

from helpers.course import frames
from helpers.course.site import build_site
from helpers.course.source import lesson_paths
from helpers.paths import NOTEBOOKS
from helpers.reader import LANGUAGES

pytestmark = pytest.mark.slow
MOST_BYTES = 1_500_000  # as sent: every host of pages sends text compressed
TEXT = {".html", ".css", ".js", ".json", ".svg"}
#: Pages of every kind, for what takes long.
KINDS = ("index", "02-feature-maps", "11-recurrent-networks", "glossary", "teach", "search")
#: A picture that was on its way when the explorer was moved.
ABORTED = "net::ERR_ABORTED"
PHONE = {"width": 390, "height": 844}


@cache  # most pages load the same files
def weight_of(file):
    """Return how many bytes of a file travel."""
    data = file.read_bytes()
    return len(gzip.compress(data) if file.suffix in TEXT else data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if path := os.environ.get("SITE"):
        return Path(path)
    built = tmp_path_factory.mktemp("site")
    return build_site(built / "site", built / "sources")


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as address:
        yield address


class Links(HTMLParser):
    """The ids of a page, those of its sections, where it leads, and its pictures."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.targets, self.images, self.sections = {""}, [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids |= {values["id"]} if "id" in values else set()
        if tag == "section":
            self.sections.append(values.get("id", ""))
        target = values.get("href") or values.get("src")
        if target and tag != "use":
            self.targets.append((tag, target))
        if tag == "img":
            self.images.append(values)


@pytest.fixture(scope="module")
def pages(folder):
    return {path: Links(path) for path in sorted(folder.rglob("*.html"))}


def test_both_languages_have_the_same_pages(folder):
    names = [{path.name for path in (folder / lang).glob("*.html")} for lang in LANGUAGES]
    english = {name for name in names[0] if name.startswith("api-")}
    assert names[0] - english == names[1]
    assert {f"{path.stem}.html" for path in lesson_paths()} <= names[1]
    assert len(english) == 7


def test_every_link_leads_somewhere(pages):
    lost = []
    for page, links in pages.items():
        for _, target in links.targets:
            parts = urlsplit(target)
            if parts.scheme:
                continue
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not there.is_file() or (
                there in pages and unquote(parts.fragment) not in pages[there].ids
            ):
                lost.append(f"{page.name}: {target}")
    assert lost == []


def test_nothing_of_a_page_comes_from_elsewhere(pages):
    for page, links in pages.items():
        loaded = [target for tag, target in links.targets if tag not in ("a", "link")]
        loaded += [target for tag, target in links.targets if tag == "link"]
        assert [target for target in loaded if urlsplit(target).netloc] == [], page


def test_every_picture_has_an_alternative_text(pages):
    for page, links in pages.items():
        assert [image["src"] for image in links.images if not image.get("alt")] == [], page


def test_a_section_of_a_lesson_has_the_same_anchor_in_both_languages(folder, pages):
    for path in lesson_paths():
        english, korean = (
            pages[folder / lang / f"{path.stem}.html"].sections for lang in LANGUAGES
        )
        assert english == korean, path.stem
        assert not [anchor for anchor in english if re.fullmatch(r"id\d+|", anchor)], path.stem


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_page_is_light_fits_a_phone_and_moves_without_a_fault_or_another_host(
    lang, folder, pages, address, chromium
):
    page = chromium.new_page(viewport=PHONE)
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda one: one.failure != ABORTED and wrong.append(one.url))
    page.on("response", lambda response: response.status >= 400 and wrong.append(response.url))
    moved = 0
    for path in sorted((folder / lang).glob("*.html")):
        asked.clear()
        page.goto(f"{address}/{lang}/{path.name}")
        page.evaluate("window.MathJax?.startup?.promise")  # until the formulas are drawn
        files = {folder / unquote(urlsplit(url).path).lstrip("/") for url in asked}
        files |= {folder / lang / image["src"] for image in pages[path].images}
        weight = sum(weight_of(file) for file in files if file.is_file())
        assert weight < MOST_BYTES, (path.name, weight)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path.name
        for explorer in page.locator(".annyeong-explorer[data-explorer]").all():
            move_each_control(page, explorer)
            moved += 1
        assert wrong == [], path.name
        assert all(url.startswith((address, "data:", "blob:")) for url in asked), path.name
    page.close()
    assert moved == sum(path.read_text("utf-8").count(frames.MIME) for path in notebooks(lang))


def move_each_control(page, explorer):
    """Move each control of an explorer by a key; another picture comes each time."""
    image = explorer.locator("img").element_handle()
    for control in explorer.locator("input, select:has(option + option)").all():
        before = image.get_attribute("alt")
        control.press("Home" if control.evaluate("one => one.value > 0") else "End")
        page.wait_for_function(
            "([one, before]) => one.alt !== before && one.complete && one.naturalWidth > 99",
            arg=[image, before],
        )


def notebooks(lang):
    return (NOTEBOOKS / lang).glob("*.ipynb")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_serious(lang, address, chromium):
    page = chromium.new_page()
    found = []
    for name in KINDS:
        page.emulate_media(color_scheme="light")
        page.goto(f"{address}/{lang}/{name}.html" + "?q=Fukushima" * (name == "search"))
        page.evaluate("window.MathJax?.startup?.promise")
        keep_screenshot(page, f"site-{lang}-light-{name}")
        found += [f"{name}: {fault}" for fault in faults(page)]
        page.emulate_media(color_scheme="dark")
        page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
        keep_screenshot(page, f"site-{lang}-dark-{name}")
        found += [f"{name}, dark: {fault}" for fault in faults(page, only="color-contrast")]
    page.close()
    assert found == []


@pytest.mark.parametrize(
    ("lang", "query", "lesson"),
    [
        ("ko", "합성곱", "02-feature-maps"),
        ("ko", "합성곱을", "02-feature-maps"),
        ("ko", "합성곱에서는", "02-feature-maps"),
        ("ko", "pooling", "03-pooling"),
        ("ko", "과적합이란", "07-overfitting"),
        ("ko", "기울기 소실", "04-activation-functions"),
        ("ko", "softmax 함수를", "04-activation-functions"),
        ("en", "convolution", "02-feature-maps"),
        ("en", "vanishing gradients", "04-activation-functions"),
    ],
)
def test_search_finds_the_lesson(lang, query, lesson, address, chromium):
    page = chromium.new_page()
    page.goto(f"{address}/{lang}/index.html")
    page.fill(".sidebar-search", query)
    page.keyboard.press("Enter")
    found = "#search-results li" + ":first-child" * query.startswith(("합성곱", "pooling"))
    page.wait_for_selector(f"{found} a[href*='{lesson}.html']", timeout=15_000)
    page.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_quiz_gives_reasons_and_its_score_is_there_the_next_day(lang, address, chromium):
    page = chromium.new_page(viewport=PHONE)
    page.goto(f"{address}/{lang}/02-feature-maps.html")
    first = page.locator(".annyeong-quiz fieldset").first
    first.locator("input").nth(1).check()  # wrong, and a reason
    assert first.locator(".annyeong-verdict.annyeong-wrong").inner_text()
    first.locator("input").nth(1).press("ArrowUp")  # by the keyboard; right
    assert first.locator(".annyeong-verdict.annyeong-right").inner_text()
    score = page.locator(".annyeong-score").inner_text()
    assert score == {"en": "1 of 7 right", "ko": "7문제 가운데 1문제 정답"}[lang]
    page.reload()
    assert page.locator(".annyeong-score").inner_text() == score
    assert page.locator(".annyeong-quiz fieldset input").first.is_checked()
    page.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_digit_is_drawn_and_read_on_the_front_page(lang, address, chromium):
    page = chromium.new_page(viewport=PHONE)
    page.goto(f"{address}/{lang}/index.html")
    draw(page, [(0.55, 0.15), (0.52, 0.85)])
    page.wait_for_selector(".annyeong-reading[data-value='1']", timeout=15_000)
    page.close()


def test_the_switch_leads_to_the_same_section_in_the_other_language(address, chromium):
    page = chromium.new_page()
    page.goto(f"{address}/en/02-feature-maps.html")
    page.locator("h2", has_text="5. Choose stride").evaluate(
        "one => one.scrollIntoView({ behavior: 'instant' })"
    )
    page.locator(".sidebar-drawer a.annyeong-language").click()
    page.wait_for_url("**/ko/02-feature-maps.html#choose-stride-and-padding")
    page.wait_for_function(  # it scrolls there smoothly
        "one => -5 < one.getBoundingClientRect().top && one.getBoundingClientRect().top < 200",
        arg=page.locator("h2", has_text="5. 스트라이드").element_handle(),
    )
    page.close()


def test_formulas_are_drawn_and_the_widgets_follow_the_theme(address, chromium):
    page = chromium.new_page(color_scheme="dark")
    page.goto(f"{address}/en/04-activation-functions.html")
    page.wait_for_selector("mjx-container")
    assert page.locator("merror, mjx-merror").count() == 0
    assert page.locator("body").get_attribute("data-jp-theme-light") == "false"
    page.locator(".theme-toggle").first.evaluate("one => one.click()")
    page.wait_for_selector("body[data-jp-theme-light='true']", state="attached")
    page.close()


@pytest.mark.parametrize(("locale", "lang"), [("ko-KR", "ko"), ("en-US", "en"), ("fr-FR", "en")])
def test_the_front_door_leads_to_the_readers_language(locale, lang, address, chromium):
    page = chromium.new_page(locale=locale)
    page.goto(address)
    page.wait_for_url(f"**/{lang}/index.html")
    page.close()
