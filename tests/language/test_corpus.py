import unicodedata
from collections import Counter
from itertools import chain

import pytest

from helpers.data import DataError
from helpers.language import corpus
from helpers.language.corpus import load_answers, load_greetings, load_off_topic

TRAIN, VALIDATION, HELD_OUT = map(load_greetings, ("train", "validation", "held_out"))
OFF_TOPIC = [load_off_topic(split) for split in ("train", "validation", "held_out")]
#: In each intent the first of the train wordings were written together with the held-out ones.
NUM_FIRST = 12


def letters(text):
    return "".join(filter(str.isalnum, text))


def pieces(text):
    """The runs of three Hangul letters in a text."""
    taken_apart = unicodedata.normalize("NFD", letters(text))
    return {taken_apart[i : i + 3] for i in range(len(taken_apart) - 2)}


def likeness(a, b):
    """Dice's coefficient: 1 for the same pieces, 0 for none in common."""
    return 2 * len(a & b) / max(len(a) + len(b), 1)


@pytest.mark.parametrize("path", [corpus.GREETINGS, corpus.OFF_TOPIC], ids=lambda path: path.name)
def test_the_files_are_tidy(path):
    content = path.read_bytes().decode("utf-8")
    assert content == unicodedata.normalize("NFC", content)
    assert "\r" not in content
    rows = [line.split("\t") for line in content.removesuffix("\n").split("\n")]
    assert rows[0] == ["intent" if path == corpus.GREETINGS else "topic", "split", "text"]
    assert {len(row) for row in rows} == {3}
    assert all(field == " ".join(field.split()) != "" for row in rows for field in row)


def test_each_intent_has_wordings_of_all_splits_and_two_answers():
    train, validation, held_out = (Counter(split[1]) for split in (TRAIN, VALIDATION, HELD_OUT))
    answers = load_answers()
    assert len(answers) == 77
    assert set(train) == set(validation) == set(held_out) == set(answers)
    assert min(train.values()) >= 85
    assert all(len(texts) == len(set(texts)) == 2 for texts in answers.values())


def test_of_the_first_wordings_a_quarter_is_held_out():
    held_out = Counter(HELD_OUT[1])
    assert {count / (count + NUM_FIRST) for count in held_out.values()} == {0.25}


def test_nothing_stands_twice():
    texts = [letters(text) for text in chain(TRAIN[0], VALIDATION[0], HELD_OUT[0], *OFF_TOPIC)]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize("measured", [VALIDATION, HELD_OUT], ids=["validation", "held_out"])
def test_no_later_train_wording_is_near_one_to_measure_with_of_its_intent(measured):
    others = {}
    for text, intent in zip(*measured, strict=True):
        others.setdefault(intent, []).append(pieces(text))
    seen = Counter()
    for text, intent in zip(*TRAIN, strict=True):
        seen[intent] += 1
        if seen[intent] > NUM_FIRST:
            assert max(likeness(pieces(text), other) for other in others[intent]) <= 0.7, text


def test_the_likeness_of_wordings_by_hand():
    # 밥 is ㅂㅏㅂ, 방 is ㅂㅏㅇ: one run each, not the same; 밥도 has three, one of them 밥's.
    assert pieces("밥") == {"\u1107\u1161\u11b8"}
    assert likeness(pieces("밥"), pieces("방")) == 0
    assert likeness(pieces("밥"), pieces("밥도!")) == 2 / (1 + 3)


def test_off_topic_questions_are_counted():
    assert [len(texts) for texts in OFF_TOPIC] == [298, 60, 100]


@pytest.mark.parametrize("load", [load_greetings, load_off_topic])
def test_an_unknown_split_is_one_sentence(load, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    with pytest.raises(ValueError, match=r"^split must be one of train, .*, not 'test'\.$"):
        load("test")


def test_an_altered_corpus_is_not_read(monkeypatch, tmp_path):
    altered = tmp_path / "greetings.tsv"
    altered.write_bytes(corpus.GREETINGS.read_bytes() + b"\n")
    monkeypatch.setattr("helpers.data.DATA", tmp_path)
    monkeypatch.setattr(corpus, "GREETINGS", altered)
    with pytest.raises(DataError, match=r"greetings\.tsv"):
        load_greetings("train")
