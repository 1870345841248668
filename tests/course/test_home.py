import json
import os
import re

import pytest

from helpers.course import home, progress, source, work
from helpers.course.progress import record, standings
from helpers.course.source import lesson_paths


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """The learner's folder, with the Korean copy open."""
    for module in (progress, work, home):
        monkeypatch.setattr(module, "WORK", tmp_path / "work")
    monkeypatch.setattr(work, "trust", lambda path: None)
    (tmp_path / "work/ko").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work/ko")
    return tmp_path / "work"


def pass_all(lesson, since=0):
    for number in range(9):
        record(f"{lesson}/{number}")
        os.utime(progress.folder() / f"{lesson}-{number}", (since, since))
    record(f"{lesson}/quiz")
    os.utime(progress.folder() / f"{lesson}-quiz", (since, since))


def links(page):
    return re.findall(r"href='(.+?)\.ipynb'", page)


def test_all_lessons_are_there_in_the_readers_language_in_three_parts(learner):
    page = home.lessons(standings())
    assert links(page) == [path.stem for path in lesson_paths()]
    assert "필터가 보는 것을 들여다보기: 특징 맵" in page
    parts = [page.index(part["ko"]) for part in home.PARTS.values()]
    assert parts == sorted(parts)
    assert parts[1] < page.index("09-tokens")


def test_what_was_passed_shows_in_the_lessons_row_and_in_the_whole(learner):
    record("02/quiz")
    record("02/output-size")
    one = next(one for one in standings() if one.lesson.name[:2] == "02")
    (row,) = re.findall(r"<tr><td[^>]*>02</td>.*?</tr>", home.lessons([one]))
    assert f"value='2' max='{one.total}'" in row
    assert f"1 / {one.exercises}" in row
    assert "✔&nbsp;통과" in row
    total = sum(one.total for one in standings())
    assert f"{total}개 가운데 2개" in home.summary(standings())


def test_waiting_questions_are_told_at_the_top(learner):
    assert "복습할 문제가 3개" in home.summary(standings(), 3)
    assert "복습할" not in home.summary(standings())


def test_one_goes_on_where_something_was_passed_last(learner):
    assert links(home.summary(standings())) == ["00-start-here"]
    pass_all("05", since=1000)
    record("03/quiz")
    os.utime(progress.folder() / "03-quiz", (500, 500))
    assert links(home.summary(standings()))[0][:2] == "06"
    os.utime(progress.folder() / "03-quiz", (2000, 2000))
    assert links(home.summary(standings()))[0][:2] == "03"
    pass_all("17", since=3000)
    assert links(home.summary(standings()))[0][:2] == "00"
    for path in lesson_paths():
        pass_all(path.stem[:2])
    assert "모두 통과했습니다" in home.summary(standings())


def laid_out(lang="ko", news=()):
    return json.loads(home.lay_home(lang, list(news)).read_text(encoding="utf-8"))


def test_the_page_can_be_read_before_a_kernel_runs(learner):
    record("00/quiz")
    _, cell = laid_out()["cells"]
    pages = [output["data"]["text/html"] for output in cell["outputs"]]
    assert pages[:2] == [home.summary(standings()), home.lessons(standings())]
    assert "Shift + Enter" in pages[2]
    assert cell["metadata"]["jupyter"]["source_hidden"]


def test_the_code_of_the_page_shows_the_same(learner, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    _, cell = laid_out()["cells"]
    exec(cell["source"], {})
    pages = [output["data"]["text/html"] for output in cell["outputs"]]
    assert [page.data for page in shown[:2]] == pages[:2]
    assert "아직 복습할 문제가 없습니다" in repr(shown[2])


def test_an_update_is_told_on_the_page_and_a_newer_edition_as_long_as_it_lies_there(learner):
    for name in ("03-pooling", "03-pooling.new"):
        (learner / f"ko/{name}.ipynb").touch()
    kept = work.newer_editions("ko")
    news = [work.News(learner / "ko/02-feature-maps.ipynb", None), *kept]
    told = laid_out(news=news)["cells"][0]["source"].splitlines()[2::2]
    assert told == [
        "새로워진 수업: [02-feature-maps.ipynb](02-feature-maps.ipynb)",
        "[03-pooling.ipynb](03-pooling.ipynb)의 새 수업은 "
        "[03-pooling.new.ipynb](03-pooling.new.ipynb)에 있습니다. 고친 사본은 그대로 있습니다.",
    ]
    assert laid_out()["cells"][0]["source"].splitlines()[2::2] == told[1:]


def test_the_page_is_laid_out_anew_and_what_was_written_on_it_is_kept(learner):
    path = home.lay_home("ko", [])
    before = json.loads(path.read_text(encoding="utf-8"))
    before["cells"][1]["outputs"] = []  # as after a run
    path.write_text(json.dumps(before), encoding="utf-8")
    assert laid_out()["cells"][1]["outputs"]
    assert {found.name for found in path.parent.glob("*.ipynb")} == {"home.ipynb"}
    before["cells"][0]["source"] = "# My plan"
    path.write_text(json.dumps(before), encoding="utf-8")
    laid_out()
    assert "My plan" in path.with_name("home.mine.ipynb").read_text(encoding="utf-8")


def test_a_title_is_text_and_no_markup(learner, tmp_path, monkeypatch):
    monkeypatch.setattr(source, "LESSONS", tmp_path)
    prose = '<!-- #region lang="{}" -->\n# <b>Bold</b>\n<!-- #endregion -->\n'
    (tmp_path / "00-bold.md").write_text(prose.format("en") + prose.format("ko"), encoding="utf-8")
    assert "<b>Bold" not in home.lessons(standings())
    assert "<b>Bold" not in home.summary(standings())
