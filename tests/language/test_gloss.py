import re
import unicodedata
from itertools import chain

import pytest

from helpers.language import gloss
from helpers.language.corpus import load_answers
from helpers.language.gloss import glossed
from helpers.reader import speaking

ANSWERS = list(chain.from_iterable(load_answers().values()))


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_of_the_chatbot_has_its_english(answer):
    with speaking("en"):
        assert glossed(answer).startswith(f"{answer} (")
    with speaking("ko"):
        assert glossed(answer) == answer


def test_what_is_not_in_the_file_stays_as_it_is():
    with speaking("en"):
        assert glossed("뷁") == "뷁"


def test_the_file_is_tidy():
    content = gloss.GLOSS.read_bytes().decode("utf-8")
    assert content == unicodedata.normalize("NFC", content)
    assert "\r" not in content
    rows = [line.split("\t") for line in content.removesuffix("\n").split("\n")]
    assert rows[0] == ["korean", "english"]
    assert {len(row) for row in rows} == {2}
    assert all(field == " ".join(field.split()) != "" for row in rows for field in row)
    korean, english = zip(*rows[1:], strict=True)
    assert len(set(korean)) == len(korean)
    assert all(re.search("[가-힣]", text) for text in korean)
    assert all(re.search("[A-Za-z]", text) for text in english)
