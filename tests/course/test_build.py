import os
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4

from helpers.checksums import recorded
from helpers.course import build, navigation
from helpers.course.build import LessonError
from helpers.course.checks import Outcome
from helpers.course.source import lesson_paths, read_lesson
from helpers.paths import DATA, NOTEBOOKS
from helpers.reader import LANGUAGES

QUIZ = 'from helpers.course.quiz import quiz\n\nquiz("99-tiny")'
both = pytest.mark.parametrize("lang", LANGUAGES)


def converted(course, lang="en"):
    return build.convert(read_lesson(course / "lessons/99-tiny.md"), lang).cells


def notebook(course, lang="en"):
    return course / "notebooks" / lang / "99-tiny.ipynb"


def cells_of(course, lang="en"):
    return nbformat.read(notebook(course, lang), as_version=4).cells


def outputs_of(course, beginning, lang="en"):
    """Return the outputs of the cell that begins so."""
    return next(c for c in cells_of(course, lang) if c.source.startswith(beginning)).outputs


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def change_lesson(course, old, new):
    change(course / "lessons/99-tiny.md", old, new)


def files_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def no_kernel(monkeypatch):
    def execute(*_, **__):
        raise AssertionError("a notebook is executed")

    monkeypatch.setattr(build, "execute", execute)


# From the lesson to a notebook


@pytest.mark.parametrize(
    ("lang", "titles"),
    [
        ("en", ["# Double and halve", "## 2. Halve with `//`"]),
        ("ko", ["# 두 배와 절반", "## 2. `//`로 나누기"]),
    ],
)
def test_prose_is_in_one_language(course, lang, titles):
    prose = [c for c in converted(course, lang) if c.cell_type == "markdown" and not c.metadata]
    assert [cell.source.split("\n")[0] for cell in prose] == titles


@both
def test_what_is_for_the_tests_is_left_out_and_everything_else_stays_in_order(course, lang):
    code = [c.source for c in converted(course, lang) if c.cell_type == "code"]
    lesson = read_lesson(course / "lessons/99-tiny.md")
    kept = [
        c
        for c in lesson.cells
        if c.kind == "code" and c.tags not in (("mistake",), ("alternative",))
    ]
    assert code == [c.source for c in kept if "solution" not in c.tags] + [QUIZ]


@pytest.mark.parametrize(("lang", "title"), [("en", "Solution"), ("ko", "풀이")])
def test_a_solution_is_folded_under_its_exercise(course, lang, title):
    cells = converted(course, lang)
    check = next(n for n, cell in enumerate(cells) if cell.source == "check_double(double)")
    assert cells[check + 1].cell_type == "markdown"
    assert cells[check + 1].source == (
        f"<details><summary><b>{title}</b></summary>\n\n"
        "```python\ndef double(number):\n    return 2 * number\n```\n\n</details>"
    )


@both
def test_a_line_at_the_top_and_at_the_end_leads_to_the_other_lessons(course, lang):
    path = course / "lessons/99-tiny.md"
    for number in ("98-before", "99-u-after"):
        (course / "lessons" / f"{number}.md").write_text(
            path.read_text(encoding="utf-8")
            .replace("# Double and halve", f"# Do it: {number}")
            .replace("# 두 배와 절반", f"# 하기: {number}"),
            encoding="utf-8",
        )
    cells = converted(course, lang)
    readme, anchor = navigation.ALL_LESSONS[lang].split("#")
    label = {"en": "All lessons", "ko": "전체 수업"}[lang]
    assert (
        cells[0].source
        == cells[-1].source
        == (
            f"[← 98 98-before](98-before.ipynb) · [{label}]({readme}#{anchor})"
            " · [99 99-u-after →](99-u-after.ipynb)"
        )
    )
    assert cells[0].metadata.tags == ["navigation"]
    text = (NOTEBOOKS / lang / readme).resolve().read_text(encoding="utf-8")
    headings = [
        line[3:].lower().replace(" ", "-") for line in text.splitlines() if line[:3] == "## "
    ]
    assert anchor in headings


def test_a_percent_sign_stays_with_its_number(course):
    change_lesson(course, "Read on [below]", "Up to 90 % of x % 3. Read on [below]")
    texts = "".join(cell.source for cell in converted(course))
    assert "Up to 90\N{NO-BREAK SPACE}% of x % 3." in texts


def test_claims_and_what_only_draws_are_folded(course):
    folded = [c for c in converted(course) if c.metadata.get("jupyter") == {"source_hidden": True}]
    assert [c.metadata.tags for c in folded] == [["claim", "raises-exception"], ["fold"]]


def test_ids_are_unique_and_the_same_at_every_conversion(course):
    ids = [cell.id for cell in converted(course)]
    assert len(set(ids)) == len(ids)
    assert ids == [cell.id for cell in converted(course)]


def test_a_new_cell_changes_no_other_id(course):
    before = [cell.id for cell in converted(course)]
    change_lesson(course, "```python alt_en", "```python\nnew = 1\n```\n\n```python alt_en")
    after = [cell.id for cell in converted(course)]
    assert len(after) == len(before) + 1
    assert [identity for identity in after if identity in before] == before


# What a build leaves in a notebook


@both
def test_every_code_cell_ran_and_the_notebook_is_valid(built_once, lang):
    content = nbformat.read(notebook(built_once, lang), as_version=4)
    nbformat.validate(content)
    counts = [cell.execution_count for cell in content.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert set(content.metadata) == {"kernelspec", "language_info", "annyeong"}
    assert content.metadata.annyeong.lesson == "99-tiny"
    assert content.metadata.annyeong.lang == lang
    assert content.metadata.kernelspec.name == "python3"
    assert content.metadata.language_info == {"name": "python"}


@both
def test_stderr_and_progress_bars_are_dropped_and_stdout_is_one(built_once, lang):
    (output,) = outputs_of(built_once, 'print("""out', lang)
    assert output.name == "stdout"
    assert output.text == "out\n% is no magic here\n" + "step\n" * 3


@both
def test_no_live_widget_is_left_but_what_stands_in_its_place(built_once, lang):
    (output,) = outputs_of(built_once, QUIZ, lang)
    assert set(output.data) == {"text/plain", "text/html"}
    assert "widget" not in notebook(built_once, lang).read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "alt"), [("en", "One point."), ("ko", "점 하나.")])
def test_a_picture_carries_its_alternative_text(built_once, lang, alt):
    (output,) = outputs_of(built_once, "Image(", lang)
    assert output.metadata["image/png"] == {"alt": alt}


@pytest.mark.parametrize(("lang", "answer"), [("en", "Not written yet"), ("ko", "아직 작")])
def test_the_helpers_speak_the_language_of_the_folder(built_once, lang, answer):
    (output,) = outputs_of(built_once, "check_double", lang)
    assert output.data["text/plain"].startswith(f"{Outcome.NOT_YET.value} {answer}")


def test_a_build_records_no_progress(built_once):
    assert not (built_once / "work").exists()


def test_what_is_logged_past_python_does_not_reach_the_terminal(tmp_path, capfd):
    noise = 'import subprocess\nsubprocess.run("echo noise >&2", shell=True)\nprint("heard")'
    notebook = v4.new_notebook(cells=[v4.new_code_cell(noise)])
    (cell,) = build.execute(notebook, tmp_path / "noisy.ipynb").cells
    assert [output.text for output in cell.outputs] == ["heard\n"]
    assert capfd.readouterr() == ("", "")


def test_what_is_shown_stays_between_what_is_printed(tmp_path):
    source = 'for name in "ab":\n    print(name)\n    print("shows")\n    display({"x": 1})'
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source)])
    (cell,) = build.execute(notebook, tmp_path / "mixed.ipynb").cells
    said = [output.get("text", "shown") for output in cell.outputs]
    assert said == ["a\nshows\n", "shown", "b\nshows\n", "shown"]


def test_a_kernel_that_dies_leaves_its_last_words(tmp_path):
    last = 'import os\nos.system("echo last words >&2")\nos._exit(1)'
    notebook = v4.new_notebook(cells=[v4.new_code_cell(last)])
    with pytest.raises(LessonError, match="last words"):
        build.execute(notebook, tmp_path / "dying.ipynb")


# When a notebook is built


def test_fresh_notebooks_are_not_built_again(built, no_kernel):
    before = {path: path.stat().st_mtime_ns for path in (built / "notebooks").rglob("*")}
    assert build.build() == []
    assert before == {path: path.stat().st_mtime_ns for path in (built / "notebooks").rglob("*")}


def test_a_forced_build_gives_the_same_bytes(built):
    before = files_in(built / "notebooks")
    assert build.build(["99"], force=True) == [notebook(built, lang) for lang in LANGUAGES]
    assert files_in(built / "notebooks") == before


def test_only_the_spoiled_notebook_is_built_again_to_the_same_bytes(built):
    before = files_in(built / "notebooks")
    notebook(built, "ko").write_text("<<<<<<< HEAD", encoding="utf-8")
    assert build.build() == [notebook(built, "ko")]
    assert files_in(built / "notebooks") == before


def test_a_lesson_with_faults_keeps_all_from_being_built(built, no_kernel):
    before = files_in(built / "notebooks")
    change_lesson(built, "half = ...", "half = 6")
    change_lesson(built, "![One point]", "![]")
    with pytest.raises(LessonError, match=r"99-tiny.md:\d+: a pic(.|\n)*99-tiny.md:\d+: an exer"):
        build.build(force=True)
    assert files_in(built / "notebooks") == before


def test_a_failing_cell_names_itself_and_leaves_the_old_notebook(built):
    before = files_in(built / "notebooks")
    change_lesson(built, 'Image("../../data/point.png")', "print(1 / 0)")
    with pytest.raises(LessonError) as error:
        build.build()
    message = str(error.value)
    assert message.startswith("notebooks/en/99-tiny.ipynb: a cell fails\n")
    assert "print(1 / 0)" in message
    assert "ZeroDivisionError" in message
    assert files_in(built / "notebooks") == before


def test_a_claim_that_fails_is_named_with_its_line(built):
    change_lesson(built, '.mark == "✔"', '.mark == "✘", "look at twice"')
    with pytest.raises(LessonError, match=r"99-tiny.md:(\d+): a claim does not hold") as caught:
        build.build()
    assert "look at twice" in str(caught.value)


def test_a_picture_without_alternative_text_is_named_with_its_line(built):
    before = files_in(built / "notebooks")
    change_lesson(built, ' alt_en="One point." alt_ko="점 하나."', "")
    change_lesson(built, "import Image", "import SVG")
    change_lesson(built, 'Image("../../data/point.png")', "SVG('<svg/>')")
    with pytest.raises(LessonError, match=r"^lessons/99-tiny.md:67: a picture without alt_en"):
        build.build()
    assert files_in(built / "notebooks") == before


def test_a_notebook_needs_three_cells_that_are_compared(built):
    change_lesson(built, "python alt_en", 'python tags=["nbval-skip"] alt_en')
    for _ in range(2):
        change_lesson(built, '["check"]\nprint', '["check", "nbval-ignore-output"]\nprint')
    with pytest.raises(LessonError, match="fewer than three cells whose outputs are compared"):
        build.build()


def test_a_helper_changed_while_a_notebook_runs_leaves_it_stale(built, monkeypatch):
    def execute(_, path, record):
        with (built / "src/helpers/reader.py").open("a", encoding="utf-8") as file:
            file.write("\n")
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(build, "execute", execute)
    build.build(force=True)
    with pytest.raises(LessonError, match="stale"):
        build.check()


# The frames of explorers


@pytest.fixture
def framed(built, monkeypatch):
    """The tiny course whose explorer, if it had one, has left two files, one of them of old."""
    folder = built / "notebooks/frames/99-tiny"
    folder.mkdir(parents=True)
    (folder / "en-2.bin").write_bytes(b"old")

    def execute(_, path, record):
        record.parent.mkdir()
        record.with_name(f"{record.name}-1.bin").write_bytes(b"frames")
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(build, "execute", execute)
    build.build(force=True)
    return folder


def test_a_build_leaves_the_frames_of_its_run_alone(framed):
    assert sorted(path.name for path in framed.iterdir()) == ["en-1.bin", "ko-1.bin"]
    build.check()


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "ko-1.bin").unlink(),
        lambda folder: (folder / "ko-1.bin").write_bytes(b"others"),
        lambda folder: (folder / "ko-2.bin").write_bytes(b"more"),
    ],
    ids=["missing", "changed", "more"],
)
def test_frames_of_another_build_are_found(framed, change):
    change(framed)
    with pytest.raises(LessonError, match=r"^notebooks/ko/99-tiny.ipynb: its frames in "):
        build.check()


def test_frames_of_no_lesson_are_found(framed):
    framed.rename(framed.with_name("98-gone"))
    (framed.with_name("99-tiny")).mkdir()
    with pytest.raises(LessonError, match="notebooks/frames/98-gone: no lesson of this name"):
        build.check()


def test_a_run_that_fails_leaves_the_frames_as_they_were(framed, monkeypatch):
    before = files_in(framed)

    def execute(_, path, record):
        record.parent.mkdir()
        record.with_name(f"{record.name}-1.bin").write_bytes(b"new")
        raise LessonError("a cell fails")

    monkeypatch.setattr(build, "execute", execute)
    with pytest.raises(LessonError, match="a cell fails"):
        build.build(force=True)
    assert files_in(framed) == before


# What `check` finds without executing anything


def test_a_fresh_build_passes_the_check(built, no_kernel):
    build.check()


def test_the_check_imports_neither_nbformat_nor_jupytext():
    """It may take two seconds, and they alone would."""
    program = "import sys; from helpers.cli import main; main(['build', '--check']); "
    program += "print(*{'nbformat', 'jupytext', 'nbclient', 'numpy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout == "\n"


@both
def test_a_missing_notebook_is_found(built, lang):
    notebook(built, lang).unlink()
    with pytest.raises(LessonError) as error:
        build.check()
    assert str(error.value) == (
        f"notebooks/{lang}/99-tiny.ipynb: not built; run: annyeong build 99-tiny"
    )


def test_another_title_of_the_next_lesson_makes_the_notebooks_stale(built):
    lesson = read_lesson(built / "lessons/99-tiny.md")
    before = build.source_digest(lesson)
    (built / "lessons/99-z.md").write_text(lesson.path.read_text(encoding="utf-8"))
    assert build.source_digest(lesson) != before


def test_a_changed_lesson_makes_both_notebooks_stale(built):
    change_lesson(built, "# Double", "# Triple")
    with pytest.raises(LessonError, match=r"en/99-tiny.ipynb: stale(.|\n)*ko/99-tiny.ipynb: stale"):
        build.check()


@pytest.mark.parametrize(
    "helper",
    [
        "helpers/reader.py",  # imported by the lesson
        "helpers/paths.py",  # imported by a helper of the lesson
        "helpers/course/quiz.js",  # read by such a helper
        "helpers/course/build.py",
    ],
)
def test_a_changed_helper_makes_notebooks_stale(built, helper):
    with (built / "src" / helper).open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(LessonError, match="stale, the lesson, a helper or its data has changed"):
        build.check()


@pytest.mark.parametrize(("name", "is_used"), [("greetings.tsv", True), ("digits.keras", False)])
def test_a_changed_data_file_makes_the_notebooks_stale_that_use_it(monkeypatch, name, is_used):
    (path,) = lesson_paths(["09-tokens"])
    lesson, checksums = read_lesson(path), recorded(DATA)
    before = build.source_digest(lesson)
    monkeypatch.setattr(build, "recorded", lambda folder: checksums | {folder / name: "other"})
    assert (build.source_digest(lesson) != before) == is_used


def test_a_helper_that_the_lesson_does_not_use_changes_nothing(built):
    (built / "src/helpers/plots.py").write_text("", encoding="utf-8")
    build.check()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Double and halve", "Double and quarter"),
        ("half: Ellipsis", "half: 5"),
        ('"execution_count": 1,', '"execution_count": 2,'),
        ('"display_name": "Python 3"', '"display_name": "Python"'),
        ('"cells": [', '<<<<<<< HEAD\n "cells": ['),
        ('"nbformat": 4', '"nbformat": "four"'),
    ],
    ids=["prose", "output", "count", "kernel", "conflict", "format"],
)
def test_a_notebook_edited_by_hand_is_found(built, old, new):
    change(notebook(built), old, new)
    with pytest.raises(LessonError) as error:
        build.check()
    assert str(error.value) == (
        "notebooks/en/99-tiny.ipynb: edited by hand; "
        "change lessons/99-tiny.md and run: annyeong build 99-tiny"
    )


def test_a_notebook_without_a_lesson_is_found_when_all_are_checked(built):
    notebook(built).with_name("98-old.ipynb").touch()
    build.check(["99"])
    with pytest.raises(LessonError, match=r"^notebooks/en/98-old.ipynb: no lesson of this name"):
        build.check()


def test_the_check_names_everything_at_once(built):
    change_lesson(built, "half = ...", "half = ")
    notebook(built, "ko").with_name("98-old.ipynb").touch()
    with pytest.raises(LessonError) as error:
        build.check()
    assert [line.split(": ")[1][:10] for line in str(error.value).splitlines()] == [
        "an exercis",
        "not Python",
        "no lesson ",
    ]


# For an instructor to hand out


@both
def test_handouts_lack_the_solutions_and_nothing_else(built, lang):
    before = files_in(built / "notebooks")
    assert build.hand_out() == [built / "handouts" / lg / "99-tiny.ipynb" for lg in LANGUAGES]
    handout = nbformat.read(built / "handouts" / lang / "99-tiny.ipynb", as_version=4)
    cells = cells_of(built, lang)
    assert handout.cells == [cell for cell in cells if "<details>" not in cell.source]
    assert len(handout.cells) == len(cells) - 2
    assert files_in(built / "notebooks") == before


def test_nothing_stale_is_handed_out(built):
    notebook(built, "ko").unlink()
    with pytest.raises(LessonError, match="not built; run: annyeong build 99-tiny"):
        build.hand_out()
    assert not (built / "handouts").exists()


# nbval, in strict mode


def nbval(folder):
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", folder]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@both
def test_a_built_notebook_passes_nbval(built, lang):
    run = nbval(notebook(built, lang).parent)
    assert run.returncode == 0, run.stdout


def test_nbval_sees_an_output_that_differs_and_a_claim_that_fails(built):
    change(notebook(built), "half: Ellipsis", "half: 5")
    change(notebook(built), 'mark == \\"✔\\"', 'mark == \\"✘\\"')
    run = nbval(notebook(built).parent)
    assert run.returncode == 1
    assert "2 failed" in run.stdout
