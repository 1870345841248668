import unicodedata

import numpy as np
import pytest

from helpers.language.romanization import build_romanizer, romanize

# The examples of the Revised Romanization (National Institute of Korean Language, 2000), chapters
# 2 and 3, and greetings.
WORDS = {
    "구미": "gumi", "영동": "yeongdong", "백암": "baegam", "옥천": "okcheon", "합덕": "hapdeok",
    "호법": "hobeop", "월곶": "wolgot", "벚꽃": "beotkkot", "한밭": "hanbat", "구리": "guri",
    "설악": "seorak", "칠곡": "chilgok", "임실": "imsil", "울릉": "ulleung",
    "대관령": "daegwallyeong", "백마": "baengma", "종로": "jongno", "왕십리": "wangsimni",
    "별내": "byeollae", "신라": "silla", "해돋이": "haedoji", "같이": "gachi", "좋고": "joko",
    "놓다": "nota", "압구정": "apgujeong", "낙동강": "nakdonggang", "죽변": "jukbyeon",
    "팔당": "paldang", "샛별": "saetbyeol", "울산": "ulsan", "묵호": "mukho", "부산": "busan",
    "안녕하세요": "annyeonghaseyo", "감사합니다": "gamsahamnida", "반가워요": "bangawoyo",
    "괜찮아요": "gwaenchanayo", "없어요": "eopseoyo", "많다": "manta", "싫어요": "sireoyo",
    "않습니다": "ansseumnida", "앉아요": "anjayo", "읽는": "ingneun", "독립": "dongnip",
    "닭": "dak", "영어": "yeongeo", "낳은": "naeun",
}  # fmt: skip


@pytest.mark.parametrize(("korean", "latin"), WORDS.items())
def test_words_are_written_as_they_sound(korean, latin):
    assert romanize(korean) == latin


def test_letters_stored_apart_are_the_same_word():
    assert romanize(unicodedata.normalize("NFD", "안녕")) == "annyeong"


def test_nothing_sounds_like_nothing():
    assert romanize("") == ""


@pytest.mark.parametrize("text", ["안녕!", "hi", "ㅋㅋ"])
def test_what_is_no_hangul_is_told(text, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")
    with pytest.raises(ValueError, match="Hangul syllables only"):
        romanize(text)


@pytest.mark.slow
@pytest.mark.parametrize("attention", [True, False])
def test_padding_changes_no_letter(attention):
    model = build_romanizer(9, 7, units=6, attention=attention)
    letters = np.array([[2, 5, 6]])
    short = model([np.array([[5, 8, 3]]), letters])
    long = model([np.array([[5, 8, 3, 0, 0]]), letters])
    np.testing.assert_allclose(short, long, atol=1e-6)
    assert ("attention" in [layer.name for layer in model.layers]) == attention
