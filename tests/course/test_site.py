"""The pieces of the site; tests/browser/test_site_pages.py builds it and walks through it."""

import base64
import io
import json
import re
from html import unescape

import numpy as np
import pytest
import yaml
from PIL import Image

from helpers import __version__
from helpers.course import site
from helpers.course.site import lesson_pages, prose_pages
from helpers.course.site.korean_search import SearchKorean
from helpers.course.source import lesson_paths, read_lesson, unbroken
from helpers.paths import LESSONS, NOTEBOOKS, ROOT
from helpers.reader import LANGUAGES, speaking

PAGES = ROOT / "src/helpers/course/site/pages"
LESSON = read_lesson(lesson_paths(["02"])[0])
NOISE = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)


def png(pixels=NOISE):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, tmp_path_factory):
    """Lesson 02 as Sphinx is to read it, and the folder in which its pictures are."""
    lang, folder = request.param, tmp_path_factory.mktemp("site")
    notebook = json.loads((NOTEBOOKS / lang / f"{LESSON.name}.ipynb").read_text("utf-8"))
    with speaking(lang):
        yield lesson_pages.as_page(notebook, LESSON, lang, folder), notebook, lang, folder


def sources(page):
    return ["".join(cell["source"]) for cell in page["cells"]]


def test_a_page_leaves_out_what_needs_a_kernel_and_the_notebooks_own_way_on(page):
    page, notebook, *_ = page
    text = "\n".join(sources(page))
    assert "check_convolve(convolve)" in "\n".join(sources(notebook))
    assert "check_convolve(convolve)" not in text.replace("import check_convolve", "")
    assert "README" not in text
    assert "<details>" in text  # the solutions


def test_the_first_cell_is_the_title_and_the_second_says_what_the_page_can_do(page):
    title, about = sources(page[0])[:2]
    assert title.startswith("# ")
    assert "(start.md)" in about


def test_the_quiz_of_a_page_holds_the_lessons_questions_and_reads_without_a_script(page):
    page, _, lang, _ = page
    found = next(text for text in sources(page) if "annyeong-quiz" in text)
    data = json.loads(unescape(re.search(r'data-state="([^"]*)"', found)[1]))
    assert data["name"] == "02/quiz"
    asked = [unbroken(question["question"][lang]) for question in LESSON.quiz]
    assert [question["text"] for question in data["questions"]] == asked
    assert "<details>" in found.split('">', 1)[1]
    assert "\n" not in found  # or Markdown would end the element there


def test_each_picture_of_a_page_has_its_text_and_its_pixels(page):
    page, notebook, _, folder = page
    images = re.findall(r'<img src="([^"]+)" alt="([^"]*)"', json.dumps(page).replace('\\"', '"'))
    assert len(images) == json.dumps(notebook).count('"image/png":') - len(
        re.findall('"image/png": {"alt"', json.dumps(notebook))
    )
    assert all(alt for _, alt in images)
    assert all((folder / source).is_file() for source, _ in images)


def written(pixels, folder):
    element = lesson_pages.picture(png(pixels), 'a "picture"', folder)
    assert 'alt="a &quot;picture&quot;" width="30" height="20"' in element
    source = re.search(r'src="([^"]+)"', element)[1]
    return np.asarray(Image.open(folder / source)).astype(int)


def test_a_drawing_loses_nothing_and_a_photo_little(tmp_path):
    drawing = np.full((20, 30, 3), 247, np.uint8)
    drawing[5:9, :, 0] = 20
    assert np.array_equal(written(drawing, tmp_path), drawing)
    photo = np.linspace(0, 200, 600).reshape(20, 30, 1) + NOISE[:, :, :1] / [10, 10, 10]
    photo = photo.astype(np.uint8)
    assert 0 < np.abs(written(photo, tmp_path) - photo).mean() < 4


def test_an_explorer_is_given_its_controls_and_the_file_of_its_frames(tmp_path):
    controls = [{"name": "row", "label": '"row"', "values": ["0", "1"], "slider": True}]
    state = {"frames": "frames/02/en-1.bin", "controls": controls, "chosen": {"row": 1}}
    data = {"image/png": base64.b64encode(png()).decode(), lesson_pages.EXPLORER: state}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell = {"source": "explore()", "metadata": {"alt": "a map"}, "outputs": [output]}
    element = lesson_pages.page_cell(cell, tmp_path)["outputs"][0]["data"]["text/html"]
    assert 'data-explorer="_static/annyeong/frames/02/en-1.bin"' in element
    kept = json.loads(unescape(re.search(r'data-state="([^"]*)"', element)[1]))
    assert (kept["controls"], kept["chosen"]) == (controls, {"row": 1})
    assert '<img src="_static/pictures/' in element


def test_the_pages_by_hand_are_the_same_in_both_languages_and_so_are_their_pieces():
    names = {lang: sorted(path.name for path in (PAGES / lang).glob("*.md")) for lang in LANGUAGES}
    assert names["en"] == names["ko"]
    for name in names["en"]:
        texts = [(PAGES / lang / name).read_text("utf-8") for lang in LANGUAGES]
        pieces = [re.findall(r"<!-- (\w+) -->", text) for text in texts]
        assert {*pieces[0], *pieces[1]} <= prose_pages.PIECES.keys()
        if name != "house.md":  # there English has a text of its own
            assert pieces[0] == pieces[1], name


def test_the_glossary_has_every_term_with_its_lesson():
    terms = yaml.safe_load((LESSONS / "glossary.yml").read_text("utf-8"))
    for lang in LANGUAGES:
        with speaking(lang):
            lines = list(prose_pages._glossary(lang))
        for number, entries in terms.items():
            for entry in entries:
                place = next(
                    i for i, line in enumerate(lines) if line.split(" <")[0] == entry[lang]
                )
                assert f"]({lesson_paths([number])[0].stem}.ipynb#" in "".join(lines)
                assert lines[place + 1].startswith(f": {entry['means'][lang].strip()} [")


def test_the_reference_shows_every_module_but_the_judges_and_the_command():
    shown = {module for room in prose_pages.ROOMS for module in prose_pages._modules(room)}
    assert {"helpers.nn.convolution", "helpers.paths", "helpers.course.quiz"} <= shown
    assert not [module for module in shown if "checks." in module]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("합성곱을 배웁니다.", {"합성곱", "배우"}),
        ("신경망은 과적합을 막습니다.", {"신경망", "과적합"}),
        ("ReLU는 활성화 함수입니다.", {"ReLU", "활성화", "함수"}),
        ("Only English here", {"Only", "English", "here"}),
    ],
)
def test_the_index_holds_morphemes(text, words):
    split = set(SearchKorean({}).split(text))
    assert words <= split
    assert not {"합성곱을", "신경망은", "을", "은", "는"} & split


def test_what_the_site_is_built_with_is_named_if_it_is_missing(monkeypatch):
    monkeypatch.setattr(site, "find_spec", lambda name: None if name == "mathjax" else name)
    with speaking("en"), pytest.raises(ValueError, match=r"\(mathjax\); run `pip install"):
        site.build_site()


def test_mathjax_is_whole(tmp_path):
    site._lay_out_scripts(tmp_path)
    for name in site.MATHJAX:
        assert (tmp_path / "_static/mathjax" / name).exists()
    assert '"3.2.2"' in (tmp_path / "_static/mathjax/startup.js").read_text("utf-8")


def test_the_citation_tells_the_version_that_the_package_has():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == __version__
    dated = f"## [{citation['version']}] - {citation['date-released']}"
    assert dated in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_workflow_publishes_what_make_builds():
    workflow = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text("utf-8"))
    steps = workflow["jobs"]["site"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make site"]
    path = next(step["with"]["path"] for step in steps if "pages-artifact" in step.get("uses", ""))
    assert ROOT / path == site.SITE
