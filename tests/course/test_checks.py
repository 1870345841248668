import os
import subprocess
import sys

import numpy as np
import pytest

from helpers.course import progress
from helpers.course.checks import Check, Outcome, Tried, Unfit, check, numbers, same, shown
from helpers.course.checks.activation_functions import check_escape
from helpers.reader import say


@check(
    "99/double",
    hints=[{"en": "Add.", "ko": "더하십시오."}, {"en": "Use `*`.", "ko": "`*`를 쓰십시오."}],
)
def check_double(double):
    """Judge a function that doubles a number."""
    if double(3) == 9:
        return say(en="That is the square.", ko="그것은 제곱입니다.")
    if double(3) != 6:
        return say(en="Twice 3 is 6.", ko="3의 두 배는 6입니다.")


@check("99/numbers", hints=[{"en": "1 and 2.", "ko": "1과 2."}])
def check_numbers(numbers):
    """Judge anything that is equal to [1, 2]."""
    if list(numbers) != [1, 2]:
        return "other numbers"


@pytest.fixture(autouse=True)
def somewhere(tmp_path, monkeypatch):
    """No learner's copy, an English reader."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")


@pytest.fixture
def ko(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")


def blank(number):
    return ...


def square(number):
    return number**2


def nothing(number):
    number * 2


def breaks(number):
    return number.double


def right(number):
    return number * 2


OUTCOMES = {
    blank: (Outcome.NOT_YET, "✎ Not written yet: put", "✎ 아직 작성하지 않았습니다."),
    square: (Outcome.WRONG, "✘ That is the square. (A hint", "✘ 그것은 제곱입니다. (힌트"),
    nothing: (Outcome.WRONG, "✘ Your function gives noth", "✘ 함수가 아무것도 돌려주지 않는"),
    breaks: (
        Outcome.UNJUDGED,
        "⚠ This can't be judged: your code stops with `AttributeError: 'int' object has no ",
        "⚠ 채점할 수 없습니다. 코드가 `AttributeError: 'int' object has no ",
    ),
    right: (Outcome.RIGHT, "✔ Right!", "✔ 맞습니다!"),
}


@pytest.mark.parametrize("answer", OUTCOMES)
def test_each_case_has_its_answer_in_english(answer):
    outcome, text, _ = OUTCOMES[answer]
    verdict = check_double(answer)
    assert verdict.outcome is outcome
    assert repr(verdict).startswith(text)
    assert repr(verdict) == repr(check_double(answer))
    assert f"\n\n{verdict!r}\n\n</div>" in verdict._repr_markdown_()
    assert ("check_double.hint()" in repr(verdict)) == (answer is not right)


@pytest.mark.parametrize("answer", OUTCOMES)
@pytest.mark.usefixtures("ko")
def test_each_case_has_its_answer_in_korean(answer):
    outcome, _, text = OUTCOMES[answer]
    verdict = check_double(answer)
    assert verdict.outcome is outcome
    assert repr(verdict).startswith(text)


@pytest.mark.parametrize(
    "answer",
    [
        ...,
        [1, ...],
        (1, [2, ...]),
        {1, ...},
        {"one": 1, "two": {"deep": ...}},
        np.array([1, ...]),
        np.array(...),
        [np.array([1, 2]), np.array([[1, ...]])],
    ],
    ids=repr,
)
def test_a_blank_is_seen_wherever_it_is(answer):
    assert check_numbers(answer).outcome is Outcome.NOT_YET
    assert check_double(lambda number: answer).outcome is Outcome.NOT_YET


@pytest.mark.parametrize(
    "answer",
    [
        lambda number: ... + number,
        lambda number: number * ...,
        lambda number: (...).sum(),
        lambda number: sum(...),
        lambda number: [] if number > ... else 1,
        lambda number: range(...),
        lambda number: len(...),
        lambda number: np.zeros(...),
        lambda number: np.zeros((number, ...)),
        lambda number: np.exp(...),
        lambda number: np.array([1, ...], float),
        lambda number: {1: 2}[...],
    ],
)
def test_a_function_that_reckons_with_a_blank_is_not_written_yet(answer):
    assert check_double(answer).outcome is Outcome.NOT_YET


def test_an_ellipsis_that_selects_is_no_blank():
    assert check_double(lambda number: np.array([number, 1])[..., 0] * 2).outcome is Outcome.RIGHT


def test_numpys_advice_on_indices_is_no_blank():
    """Its message names the ellipsis among what may stand in brackets."""
    assert check_double(lambda number: np.arange(9)[number / 1]).outcome is Outcome.UNJUDGED


@pytest.mark.parametrize("answer", [np.array([1, 2]), np.array([1, 2], object), [1, 2], (1, 2)])
def test_arrays_and_sequences_are_judged(answer):
    assert check_numbers(answer).outcome is Outcome.RIGHT
    assert check_numbers(answer[::-1]).outcome is Outcome.WRONG


def test_an_object_that_can_be_called_keeps_what_else_it_can():
    """A Keras model is called, and counted."""

    class Model:
        def __call__(self, number):
            return 2 * number

        def count_params(self):
            return 7

    @check("99/model", hints=[])
    def check_model(model):
        return None if model.count_params() == 7 and model(3) == 6 else "another model"

    assert check_model(Model()).outcome is Outcome.RIGHT


def test_a_function_is_judged_by_its_name_and_signature_too():
    @check("99/named", hints=[])
    def check_named(function):
        return None if function.__name__ == "right" else function.__name__

    assert check_named(right).outcome is Outcome.RIGHT


def test_the_reason_is_one_line_that_breaks_no_markdown():
    def complains(number):
        raise ValueError("`units` must be positive\nand more")

    verdict = check_double(complains)
    assert verdict.outcome is Outcome.UNJUDGED
    assert "stops with `ValueError: 'units' must be positive`." in verdict.text


def test_wrong_arguments_are_named():
    assert "takes 0 positional arguments but 1 was given" in check_double(lambda: 6).text


def test_hints_climb_the_ladder_and_stay_at_its_end():
    ladder = Check(lambda answer: None, "99/ladder", check_double._hints)
    assert [repr(ladder.hint()) for _ in range(4)] == [
        "Hint 1/2: Add.",
        "Hint 2/2: Use `*`.",
        "Hint 2/2: Use `*`.",
        "Hint 2/2: Use `*`.",
    ]


@pytest.mark.usefixtures("ko")
def test_hints_are_in_korean_too():
    ladder = Check(lambda answer: None, "99/ladder", check_double._hints)
    assert ladder.hint()._repr_markdown_() == "힌트 1/2: 더하십시오."


def test_a_check_carries_the_judges_name_and_docstring():
    assert (check_double.__name__, check_double.name) == ("check_double", "99/double")
    assert check_double.__doc__ == "Judge a function that doubles a number."


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_only_a_right_answer_in_a_learners_copy_is_recorded(tmp_path, monkeypatch, lang):
    monkeypatch.setattr(progress, "WORK", tmp_path / "work")
    (tmp_path / "work" / lang).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / lang)
    for answer in (blank, square, nothing, breaks):
        check_double(answer)
    assert progress.passed() == set()
    check_double(right)
    assert progress.passed() == {"99/double"}


def test_a_right_answer_counts_where_nothing_can_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "WORK", tmp_path / "work")
    (tmp_path / "work" / "en").mkdir(parents=True)
    (tmp_path / "work" / "progress").touch()  # a file, where the folder should be
    monkeypatch.chdir(tmp_path / "work" / "en")
    verdict = check_double(right)
    assert verdict.outcome is Outcome.RIGHT
    assert "could not be saved" in verdict.text


def test_what_an_answer_does_to_its_arguments_is_its_own_affair():
    trials = [np.array([1, 2]), [3, 4], {"five": [6]}]

    @check("99/spoiled", hints=[])
    def check_spoiled(answer):
        answer(*trials)
        return None if trials[0].any() and trials[1] and trials[2]["five"] else "spoiled"

    def spoil(array, numbers, table):
        array[:] = 0
        numbers.clear()
        table["five"].pop()
        return 0

    assert check_spoiled(spoil).outcome is Outcome.RIGHT


def test_what_is_given_one_by_one_is_judged_as_a_list():
    @check("99/list", hints=[])
    def check_list(answer):
        return None if answer(3) == [0, 1, 2] else "another list"

    assert check_list(lambda n: (i for i in range(n))).outcome is Outcome.RIGHT
    assert check_list(lambda n: map(int, range(n))).outcome is Outcome.RIGHT


def test_a_blank_left_in_a_template_is_not_written_yet():
    """NumPy's message about it does not name it."""

    def last_state(number):
        h_t = ...
        return np.ones((2, number)) @ np.asarray(h_t)

    assert check_double(last_state).outcome is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("said", "right", "are_same"),
    [
        ((1, 2), [1, 2], True),
        (np.array([[1, 2]]), [[1, 2]], True),
        (np.float32(0.1), 0.1, True),
        ([1, 2], [[1, 2]], False),
        (np.bool_(True), True, True),
        (1, True, False),
        ("7", 7, False),
        (None, None, True),
        (0, None, False),
        ([[1], [2, 3]], [[1], [2, 3]], True),
        ([[1], [2, 4]], [[1], [2, 3]], False),
        ({"a": (1, 2)}, {"a": [1, 2]}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        (["나", "다"], ("나", "다"), True),
    ],
)
def test_the_same_numbers_are_the_same_whatever_holds_them(said, right, are_same):
    assert same(said, right) is are_same


@pytest.mark.parametrize(
    ("right", "said", "texts"),
    [
        (3, "3", ("3", "'3'")),
        (3, 3.0, ("3", "3 (float)")),
        (0.5, 0.5004, ("0.5", "0.5004")),
        (True, "True", ("True", "'True'")),
        ([1, 2], np.array([1, 2.0001]), ("[1, 2]", "[1, 2.0001]")),
        ((1,), [1], ("(1,)", "[1]")),
        (np.float32(0.25), None, ("0.25", "None")),
        (float("nan"), float("inf"), ("nan", "inf")),
    ],
)
def test_two_results_never_look_alike(right, said, texts):
    assert shown(right, said) == texts


@pytest.mark.parametrize(
    "said", ["7", ["1", "2"], [[1, 2], [3]], {"a": 1}, None, {1, 2}, object(), b"1", [None]]
)
def test_what_holds_no_numbers_is_unfit(said):
    with pytest.raises(Unfit):
        numbers(said)


def test_numbers_come_in_lists_tuples_and_arrays():
    for said in ([1, 2], (1, 2), range(1, 3), np.array([1, 2], np.float32), [np.int8(1), True + 1]):
        assert numbers(said).tolist() == [1, 2]


def test_a_judge_that_stumbles_blames_no_code_that_ran_well():
    @check("99/length", hints=[])
    def check_length(answer):
        return None if len(answer(3)) == 3 else "another length"

    verdict = check_length(lambda number: number)
    assert verdict.outcome is Outcome.WRONG
    assert "Your answer is `3` (int), and the exercise asks for" in verdict.text
    assert check_length(lambda number: number[0]).outcome is Outcome.UNJUDGED
    assert check_length(lambda: 3).outcome is Outcome.UNJUDGED

    @check("99/sum", hints=[])
    def check_sum(answer):
        return None if answer + 1 == 3 else "another sum"

    verdict = check_sum({"a": 2})
    assert (verdict.outcome, "{'a': 2}" in verdict.text) == (Outcome.WRONG, True)
    assert "array of the shape (2, 3)" in check_sum(np.ones((2, 3))).text


def test_what_can_be_gone_through_once_only_is_no_answer():
    verdict = check_numbers(iter([1, 2]))
    assert (verdict.outcome, "list(...)" in verdict.text) == (Outcome.WRONG, True)


def test_tried_tells_which_trial_failed():
    tried = Tried(lambda number: abs(number), [(3,), (-4,)])
    assert tried.agrees(abs)
    assert tried.first_wrong(lambda number: number) == ((-4,), -4, 4)


def test_an_answer_is_not_judged_by_the_value_it_had_before_an_error(tmp_path):
    """In IPython, where a cell that does not even parse leaves the old name alone."""
    cells = [
        "from helpers.course.checks import Tried, check\n"
        "@check('99/one', hints=[])\n"
        "def check_one(answer):\n"
        "    return None if answer == 1 else 'not one'",
        "answer = 1",
        "answer = = 2",
        "stale = check_one(answer)",
        "check_one.hint()",
        "hinted = check_one(answer)",
        "answer: int = 1",
        "answer",
        "mended = check_one(answer)",
        "other = = 2",
        "fresh = check_one(answer)",
        "print(*(one.outcome.name for one in (stale, hinted, mended, fresh)))",
    ]
    script = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"for cell in {cells!r}:\n"
        "    shell.run_cell(cell, store_history=True)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == "UNJUDGED UNJUDGED RIGHT RIGHT"


@pytest.mark.parametrize(
    ("rates", "reason"),
    [([1e-5, 1e-3, 0.01, 0.01948], "too short"), ([0.45, 0.48, 0.6, 40], "too long")],
)
def test_a_rate_is_told_which_way_to_go_wherever_its_walk_happens_to_end(rates, reason):
    assert all(reason in check_escape(rate).text for rate in rates)
