import random
import unicodedata

from helpers.language.corpus import load_earnest, load_greetings
from helpers.language.messages import clean, strip_tone

TEXTS = load_earnest("held_out")[0]


def test_half_a_character_counts_as_a_space():
    assert clean("안녕\ud83d하세요") == "안녕 하세요"


MARKS = [
    "ㅋㅋㅋ",
    " ㅎㅎ",
    "ㅠㅠ",
    " ㅜㅜㅜ",
    "!!!",
    "...",
    "~~",
    " 😀",
    "❤️",
    " 👍🏽",
    "^^",
    " ㅋㅋㅠㅠ!!",
]


def test_a_tone_never_changes_the_meaning():
    generator = random.Random(9)
    for text in TEXTS + load_greetings("held_out")[0]:
        plain, mark = strip_tone(clean(text)), generator.choice(MARKS)
        assert strip_tone(clean(text + mark)) == plain, text + mark
        assert strip_tone(clean(f"😀 {text}")) == plain
        assert strip_tone(clean(unicodedata.normalize("NFD", text))) == plain


def half_width(text):
    """Hangul as on old terminals, letter by letter."""
    narrow = {
        unicodedata.normalize("NFKD", chr(code)): chr(code) for code in range(0xFFDC, 0xFFA0, -1)
    }
    letters = []
    for letter in unicodedata.normalize("NFD", text):
        name = unicodedata.name(letter, "").replace("JONGSEONG", "CHOSEONG")
        try:
            first = unicodedata.lookup(name)
        except KeyError:  # a double consonant that only ends a syllable
            first = letter
        letters.append(narrow.get(letter) or narrow.get(first) or letter)
    return "".join(letters)


def test_half_width_hangul_is_hangul():
    assert half_width("안녕") == "ﾷￂﾤﾤￊﾷ"
    for text in TEXTS:
        assert clean(half_width(text)) == clean(text)


def test_tears_alone_are_sad_and_laughter_alone_is_nothing_new():
    assert strip_tone("ㅠㅠ") == strip_tone("ㅜㅜ...") == "슬퍼요"
    assert strip_tone("ㅋㅋㅋ") == "ㅋㅋㅋ"
