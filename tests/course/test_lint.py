import pytest

from helpers.course.lint import find_faults
from helpers.course.source import read_lesson

ENGLISH = '<!-- #region lang="en" -->\n## 2. Halve with `//`\n<!-- #endregion -->\n'
KOREAN = '<!-- #region lang="ko" -->\n## 2. `//`로 나누기\n<!-- #endregion -->\n'
EXERCISE = '```python tags=["exercise"]\nhalf = ...\n```\n'
CHECK = '```python tags=["check"]\nprint("half:", half)\n```\n'
RAW = '<!-- #raw tags=["quiz"] -->\n'
QUESTION = '- question: {en: "Five?", ko: "다섯?"}\n'
CHOICES = """  choices:
    - {en: "Yes", ko: "예", right: true, because: {en: "So.", ko: "그렇습니다."}}
    - {en: "No", ko: "아니요", because: {en: "Not so.", ko: "아닙니다."}}
"""
TOP = "---\njupyter:"  # what concerns the whole lesson is reported at its first line
FIFTH = '- question: {en: "Five'

# What to change in the tiny lesson; how the faulty line begins; the message.
FAULTS = {
    "no Korean": ({KOREAN: ""}, "## 2. Halve", "English prose without its Korean"),
    "no English": ({ENGLISH: ""}, "## 2. `//`로", "Korean prose without its English"),
    "Korean first": ({KOREAN: "", ENGLISH: KOREAN + ENGLISH}, "## 2. `//`로", "Korean prose w"),
    "empty Korean": ({"## 2. `//`로 나누기\n": ""}, "## 2. Halve", "English prose without its K"),
    "empty English": ({"## 2. Halve with `//`\n": ""}, "## 2. `//`로", "Korean prose without its"),
    "no lang": ({EXERCISE: f"Stray.\n\n{EXERCISE}"}, "Stray.", "prose outside a region with lang"),
    "code with lang": ({"python alt_en": 'python lang="ko" alt_en'}, "Image(", "code in one lang"),
    "other level": ({"## 2. `//`로": "### 2. `//`로"}, "### 2. `//`로", "headings differ"),
    "heading fewer": ({"## 1. 두 배": "1. 두 배"}, "# 두 배와", "headings differ"),
    "level skipped": ({"## 1. *D": "### 1. *D"}, "### 1. *D", "has level 3 after level 1"),
    "two titles": ({"## 2. Halve": "# 2. Halve"}, "# 2. Halve", "has level 1 after level 2"),
    "no title": ({"# Double and": "Double and"}, TOP, "no title: the en prose"),
    "26 lines": ({"half = 2\n": "half = 2\n" + "#\n" * 25}, "half = 2", "a cell of 26 lines"),
    "wide line": ({"half = 2\n": f"half = 2\n# {'m' * 89}\n"}, "# mmm", "a line of 91 char"),
    "magic": ({"half = 2\n": "half = 2\n%time half\n"}, "%time", "not Python"),
    "shell": ({"half = 2\n": "half = 2\n!ls\n"}, "!ls", "not Python"),
    "bad syntax": ({"half = 2\n": "half = 2\nif half\n"}, "if half", "not Python"),
    "claim that makes": ({"assert check": "made = check"}, "made =", "a claim holds asserts"),
    "no blank": ({"half = ...": "half = 6"}, "half = 6", "an exercise without a blank"),
    "no check": ({f"{CHECK}\n{CHECK}": ""}, "half = ...", "an exercise without a check"),
    "no solution": ({'["solution"]': '["note"]'}, "half = ...", "an exercise without a solution"),
    "one mistake": ({'["mistake"]': '["note"]'}, "half = ...", "with fewer than 3 mistakes"),
    "one alternative": ({'["alternative"]': '["note"]'}, "half = ...", "with fewer than 2 right"),
    "one exercise": ({'["exercise"]': '["note"]'}, TOP, "fewer than 2 exercises"),
    "no quiz": ({'["quiz"]': '["note"]'}, TOP, "0 quizzes; a lesson has one"),
    "two quizzes": ({RAW: f"{RAW}[]\n<!-- #endraw -->\n\n{RAW}"}, TOP, "2 quizzes"),
    "no list": ({RAW: f"{RAW}questions:\n"}, "questions:", "the quiz is not a list"),
    "empty quiz": ({RAW: f"{RAW}null\n<!-- #endraw -->\n\n<!-- #raw -->\n"}, "null", "not a list"),
    "four questions": ({QUESTION + CHOICES: ""}, '- question: {en: "What', "a quiz of 4 questions"),
    "no YAML": ({QUESTION: '- question: "Five?"}\n'}, '- question: "Five', "the quiz is not YAML"),
    "no mapping": ({QUESTION: "- Five?\n", CHOICES: ""}, "- Five", "question 5: it needs a q"),
    "no choices": ({CHOICES: ""}, FIFTH, "question 5: it needs a question and choices"),
    "bare choices": ({CHOICES: "  choices: [One, Two]\n"}, FIFTH, "question 5: it needs a q"),
    "one choice": ({'    - {en: "No", ko: "아니요", b': "#"}, FIFTH, "question 5: it needs at"),
    "two right": ({'"아니요"': '"아니요", right: true'}, FIFTH, "question 5: it needs at least"),
    "none right": ({", right: true": ""}, FIFTH, "question 5: it needs at least"),
    "question in English": ({', ko: "다섯?"': ""}, FIFTH, "question 5: a question, a ch"),
    "choice in English": ({', ko: "아니요"': ""}, FIFTH, "question 5: a question, a ch"),
    "reason in English": ({', ko: "아닙니다."': ""}, FIFTH, "question 5: a question, a ch"),
    "blank reason": ({"아닙니다.": " "}, FIFTH, "question 5: a question, a ch"),
    "number for a text": ({'ko: "아니요"': "ko: 0.5"}, FIFTH, "question 5: a question, a ch"),
    "no alt": ({"![One point]": "![ ]"}, "![ ]", "a picture without alternative text"),
    "img no alt": ({' alt="점 하나"': ""}, "<img", "a picture without alternative text"),
    "img empty alt": ({"점 하나\">": '">'}, "<img", "a picture without alternative text"),
    "alt_en alone": ({' alt_ko="점 하나."': ""}, "Image(", "alternative text in one language only"),
    "alt_ko empty": ({"점 하나.": ""}, "Image(", "alternative text in one language only"),
    "no such file": ({"[그림](../../data/": "[그림](data/"}, "[아래]", "'data/point.png' leads no"),
    "no such picture": ({'src="../../data/': 'src="'}, "<img", "'point.png' leads nowhere"),
    "absolute path": ({'src="../../data/point.png"': 'src="/usr"'}, "<img", "'/usr' leads nowhere"),
    "no such lesson": ({"(99-tiny": "(98-gone"}, "or go", "'98-gone.ipynb#1.-Double' leads"),
    "no such heading": ({"(#2.-Ha": "(#3.-Ha"}, "Read on", "'#3.-Halve-with-//' leads nowhere"),
    "heading not there": ({"ipynb#1": "ipynb#3"}, "or go", "'99-tiny.ipynb#3.-Double' leads"),
    "heading in English": ({"(#2.-//로-나누기": "(#1.-Double"}, "[아래]", "'#1.-Double' leads"),
}  # fmt: skip


@pytest.fixture
def lesson(course):
    return course / "lessons/99-tiny.md"


def change(lesson, changes):
    """Replace each text by another where it stands last."""
    text = lesson.read_text(encoding="utf-8")
    for old, new in changes.items():
        before, found, after = text.rpartition(old)
        assert found, old
        text = before + new + after
    lesson.write_text(text, encoding="utf-8")


def faults(lesson):
    return [(fault.line, fault.message) for fault in find_faults(read_lesson(lesson))]


def test_a_good_lesson_has_no_fault(lesson):
    assert faults(lesson) == []


@pytest.mark.parametrize(("changes", "line", "message"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found_at_its_line(lesson, changes, line, message):
    change(lesson, changes)
    before, _, _ = lesson.read_text(encoding="utf-8").rpartition(f"\n{line}")
    expected = before.count("\n") + 2 if before else 1
    assert [fault for fault in faults(lesson) if fault[0] == expected and message in fault[1]]


def test_all_faults_are_named_at_once_in_the_order_of_their_lines(lesson):
    change(
        lesson,
        {
            "![One point]": "![]",
            "half = 4": "!ls",
            "half = ...": "half = 5",
            "(99-tiny": "(98-gone",
            ', ko: "다섯?"': "",
        },
    )
    assert [message[:20] for _, message in faults(lesson)] == [
        "the link '98-gone.ip",
        "a picture without al",
        "an exercise without ",
        "not Python, or a she",
        "quiz question 5: a q",
    ]


def test_a_fault_names_file_and_line(lesson):
    change(lesson, {"half = ...": "half = 5"})
    (fault,) = find_faults(read_lesson(lesson))
    assert str(fault) == "lessons/99-tiny.md:138: an exercise without a blank (...)"


def test_a_block_of_another_language_is_no_code(lesson):
    change(lesson, {EXERCISE: f"```bash\nls\n```\n\n{EXERCISE}"})
    assert "not Python" in faults(lesson)[0][1]


def test_an_unclosed_fence_hides_nothing_but_code(lesson):
    change(lesson, {"\n## 1. *Double*": "\n```text\n# no heading\n## 1. *Double*"})
    assert any("headings differ" in message for _, message in faults(lesson))
