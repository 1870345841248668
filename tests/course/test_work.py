import hashlib
import json

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from helpers.course import source, work
from helpers.data import DataError


def lay_out(lang):
    """Lay out and return the folder."""
    work.lay_out(lang)
    return work.WORK / lang


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two lessons: a function that publishes an edition of a notebook."""
    monkeypatch.setattr(work, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(work, "WORK", tmp_path / "work")
    monkeypatch.setattr(source, "LESSONS", tmp_path / "lessons")

    monkeypatch.setenv("COURSE_LANG", "en")

    def publish(name, text):
        for folder in ("lessons", "notebooks/ko"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "lessons" / f"{name}.md").touch()
        (tmp_path / "notebooks" / "ko" / f"{name}.ipynb").write_text(text)

    publish("00-start", "first")
    publish("01-next", "first")
    return publish


def laid(folder):
    return {path.name: path.read_text() for path in sorted(folder.glob("*.ipynb"))}


def test_jupyterlab_trusts_a_copy_and_so_shows_its_widgets(course, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    cells = [nbformat.v4.new_code_cell("pad", outputs=[nbformat.v4.new_output("display_data")])]
    notebook = nbformat.v4.new_notebook(cells=cells)
    course("00-start", nbformat.writes(notebook))
    (copy, *_) = sorted(lay_out("ko").glob("*.ipynb"))
    notary = NotebookNotary()
    assert notary.check_signature(nbformat.read(copy, as_version=4))
    notebook.cells[0].source = "somebody else's"
    assert not notary.check_signature(notebook)


def test_every_notebook_is_laid_out(course):
    assert laid(lay_out("ko")) == {"00-start.ipynb": "first", "01-next.ipynb": "first"}


def test_changed_copy_is_never_overwritten(course):
    folder = lay_out("ko")
    (folder / "00-start.ipynb").write_text("mine")
    lay_out("ko")
    assert laid(folder) == {"00-start.ipynb": "mine", "01-next.ipynb": "first"}


def test_untouched_copy_follows_the_lesson(course):
    folder = lay_out("ko")
    course("00-start", "second")
    lay_out("ko")
    assert laid(folder)["00-start.ipynb"] == "second"
    assert len(laid(folder)) == 2


def test_newer_lesson_is_laid_beside_a_changed_copy_once(course):
    folder = lay_out("ko")
    (folder / "00-start.ipynb").write_text("mine")
    course("00-start", "second")
    for _ in range(2):
        lay_out("ko")
        assert laid(folder) == {
            "00-start.ipynb": "mine",
            "00-start.new.ipynb": "second",
            "01-next.ipynb": "first",
        }


def test_changed_newer_copy_is_not_overwritten_either(course):
    folder = lay_out("ko")
    for edition, own in (("second", "mine"), ("third", "mine too")):
        newest = sorted(folder.glob("00-start*"), key=lambda path: path.stat().st_mtime_ns)[-1]
        newest.write_text(own)
        course("00-start", edition)
        lay_out("ko")
    assert laid(folder) == {
        "00-start.ipynb": "mine",
        "00-start.new.ipynb": "mine too",
        "00-start.new-2.ipynb": "third",
        "01-next.ipynb": "first",
    }


@pytest.mark.parametrize("record", [None, "", "[1]", '{"00-start.ipynb": '])
def test_lost_or_broken_record_loses_no_work(course, record):
    folder = lay_out("ko")
    (folder / "00-start.ipynb").write_text("mine")
    course("00-start", "second")
    path = folder / ".laid.json"
    path.unlink() if record is None else path.write_text(record)
    lay_out("ko")
    assert laid(folder)["00-start.ipynb"] == "mine"
    assert laid(folder)["00-start.new.ipynb"] == "second"


def test_deleted_copy_comes_back(course):
    folder = lay_out("ko")
    (folder / "00-start.ipynb").unlink()
    lay_out("ko")
    assert laid(folder)["00-start.ipynb"] == "first"


def test_languages_do_not_meet(course):
    assert len(laid(lay_out("ko"))) == 2
    assert not (work.WORK / "en").exists()


def notebook(*sources, **others):
    cells = [{"cell_type": "code", "source": source, **others} for source in sources]
    return json.dumps({"cells": cells, "metadata": others})


OPENED = {"execution_count": 3, "language_info": {"version": "3.11"}}


@pytest.mark.parametrize("written", [["a = 1\n", "a"], "a = 1\na"])
def test_opening_and_running_is_not_editing(course, written):
    course("00-start", notebook("a = 1\na"))
    folder = lay_out("ko")
    (folder / "00-start.ipynb").write_text(notebook(written, **OPENED))
    course("00-start", notebook("a = 2"))
    assert work.in_words(work.lay_out("ko")) == ["New in the course: 00-start.ipynb"]
    assert laid(folder) == {"00-start.ipynb": notebook("a = 2"), "01-next.ipynb": "first"}


def test_a_lesson_that_is_only_drawn_anew_keeps_what_the_learner_has_run(course):
    course("00-start", notebook("a = 1"))
    folder = lay_out("ko")
    ran, newer = notebook("a = 1", **OPENED), notebook("a = 1", outputs=["better"])
    course("00-start", newer)
    assert work.lay_out("ko") == []
    assert laid(folder)["00-start.ipynb"] == newer  # it was never opened
    (folder / "00-start.ipynb").write_text(ran)
    course("00-start", notebook("a = 1", outputs=["best"]))
    assert work.lay_out("ko") == []
    assert laid(folder)["00-start.ipynb"] == ran


def test_a_changed_copy_gets_nothing_beside_it_where_only_outputs_are_newer(course):
    course("00-start", notebook("a = 1"))
    folder = lay_out("ko")
    (folder / "00-start.ipynb").write_text(notebook("a = 7"))
    course("00-start", notebook("a = 1", outputs=["better"]))
    assert work.lay_out("ko") == []
    assert laid(folder) == {"00-start.ipynb": notebook("a = 7"), "01-next.ipynb": "first"}


def test_an_update_says_what_is_new_and_where_the_learners_own_is(course, monkeypatch):
    assert work.lay_out("ko") == []
    folder = work.WORK / "ko"
    (folder / "00-start.ipynb").write_text("mine")
    for name in ("00-start", "01-next", "02-new"):
        course(name, "second")
    news = work.lay_out("ko")
    assert work.in_words(news) == [
        "New in the course: 01-next.ipynb, 02-new.ipynb",
        "00-start.ipynb has a newer edition, 00-start.new.ipynb; your own stays as it is.",
    ]
    assert work.newer_editions("ko") == news[:1]
    assert work.lay_out("ko") == []
    monkeypatch.setenv("COURSE_LANG", "ko")
    assert work.in_words(news)[0] == "새로워진 수업: 01-next.ipynb, 02-new.ipynb"


@pytest.mark.parametrize("own", [None, notebook("a = 7")])
def test_a_record_of_older_days_loses_no_work(course, own):
    """It holds the digest of each file as it was laid, and nothing else."""
    old = notebook("a = 1")
    course("00-start", old)
    folder = lay_out("ko")
    (folder / ".laid.json").write_text(
        json.dumps({"00-start.ipynb": hashlib.sha256(old.encode()).hexdigest()})
    )
    if own:
        (folder / "00-start.ipynb").write_text(own)
    course("00-start", notebook("a = 2"))
    lay_out("ko")
    found = laid(folder)
    assert found["00-start.ipynb"] == (own or notebook("a = 2"))
    assert found.get("00-start.new.ipynb") == (notebook("a = 2") if own else None)


def test_the_way_home_is_the_learners_home_page(course):
    course("00-start", notebook("[All](../../README.ko.md#수업)").encode().decode("unicode_escape"))
    assert "(home.ipynb)" in laid(lay_out("ko"))["00-start.ipynb"]


def test_reset_brings_the_original_back_and_keeps_every_changed_copy(course):
    folder = lay_out("ko")
    for number, own in enumerate(("mine", "mine too"), 1):
        (folder / "00-start.ipynb").write_text(own)
        fresh, kept = work.reset("0", "ko")
        assert fresh.read_text() == "first"
        assert kept.read_text() == own
        assert kept.name == ("00-start.mine.ipynb", "00-start.mine-2.ipynb")[number - 1]
    assert laid(folder)["00-start.mine.ipynb"] == "mine"


@pytest.mark.parametrize("before", ["unchanged", "never laid out"])
def test_reset_of_what_the_learner_has_not_changed_keeps_nothing(course, before):
    if before == "unchanged":
        lay_out("ko")
    fresh, kept = work.reset("00-start", "ko")
    assert fresh.read_text() == "first"
    assert kept is None


def test_reset_of_an_unknown_lesson(course):
    with pytest.raises(ValueError, match=r"no lesson is called '7'; there are: 00-start, 01-next"):
        work.reset("7", "ko")


def test_reset_copy_follows_later_editions(course):
    folder = lay_out("ko")
    (folder / "00-start.ipynb").write_text("mine")
    work.reset("0", "ko")
    course("00-start", "second")
    lay_out("ko")
    assert laid(folder) == {
        "00-start.ipynb": "second",
        "00-start.mine.ipynb": "mine",
        "01-next.ipynb": "first",
    }


def test_reset_command_says_where_the_changed_copy_is(annyeong, clone):
    def run(*words):
        process = annyeong("reset", *words, "--lang", "ko")
        return process.communicate(timeout=60)[0].splitlines(), process.returncode

    assert run("00") == (["work/ko/00-start-here.ipynb is the original again."], 0)
    (clone / "work" / "ko" / "00-start-here.ipynb").write_text("mine")
    (_, kept), code = run("00")
    assert code == 0
    assert kept == "Your changed copy is now work/ko/00-start-here.mine.ipynb."
    assert (clone / "work" / "ko" / "00-start-here.mine.ipynb").read_text() == "mine"
    (sentence,), code = run("77")
    assert code == 1
    assert sentence.startswith("no lesson is called '77'; there are: 00-start-here, ")


def test_a_missing_original_leaves_the_copy_where_it_is(course, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    folder = lay_out("ko")
    (folder / "00-start.ipynb").write_text("mine")
    (work.NOTEBOOKS / "ko" / "00-start.ipynb").unlink()
    with pytest.raises(DataError, match=r"notebooks/ko/00-start\.ipynb is missing\. To restore"):
        work.reset("00", "ko")
    assert laid(folder)["00-start.ipynb"] == "mine"
    with pytest.raises(DataError, match="notebooks/en is missing"):
        lay_out("en")
