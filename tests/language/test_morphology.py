import subprocess
import sys
import unicodedata

import pytest

from helpers.language.morphology import kiwi, morphemes, nouns, space


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("아버지가 방에 들어가셨습니다", ["아버지", "방"]),
        ("저는 사과 두 개를 샀어요", ["저", "사과", "개"]),  # a pronoun, a counter
        ("안녕히 가세요", []),
        ("", []),
    ],
)
def test_nouns_stay_and_particles_go(text, expected):
    assert nouns(text) == expected


def test_morphemes_are_forms_with_their_tags():
    assert morphemes("아버지가 방에 들어가셨습니다") == [
        ("아버지", "NNG"), ("가", "JKS"), ("방", "NNG"), ("에", "JKB"),
        ("들어가", "VV"), ("시", "EP"), ("었", "EP"), ("습니다", "EF"),
    ]  # fmt: skip


def test_spaces_come_back_and_those_there_stay():
    assert space("아버지가방에들어가셨습니다") == "아버지가 방에 들어가셨습니다"
    assert space("아버지 가방에 들어가신다") == "아버지 가방에 들어가신다"


@pytest.mark.parametrize("function", [nouns, morphemes, space])
def test_syllables_typed_in_parts_are_read_as_one(function):
    text = "아버지가방에들어가셨습니다"
    assert function(unicodedata.normalize("NFD", text)) == function(text)


def test_kiwi_is_loaded_once_and_not_before_it_is_used():
    assert kiwi() is kiwi()
    code = (
        "import sys, helpers.language.morphology, helpers.language.tokens;"
        "print({'kiwipiepy', 'sentencepiece', 'tensorflow'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.stdout == "set()\n", loaded.stderr
