import re

import numpy as np
import pytest

from helpers.language.corpus import load_greetings
from helpers.language.tokens import train_subwords
from helpers.nn.bpe import count_pairs, decode, encode, merge, train


def test_training_by_hand():
    # 세요 stands in two texts, and so does ▁안; then 하 + 세요, then 녕 behind ▁안.
    merges = train(["안녕하세요", "안녕", "식사하세요"], 4)
    assert merges == [("▁", "안"), ("세", "요"), ("▁안", "녕"), ("하", "세요")]
    assert encode("안녕 식사 하세요", merges) == ["▁안녕", "▁", "식", "사", "▁", "하세요"]


def test_training_stops_where_every_word_is_one_piece():
    assert train(["가나", "가나"], 9) == [("▁", "가"), ("▁가", "나")]
    assert train([], 9) == []


def test_words_count_as_often_as_they_stand_in_the_corpus():
    pairs = count_pairs({("▁", "a", "b"): 3, ("▁", "b", "a", "b"): 2})
    assert pairs == {("▁", "a"): 3, ("a", "b"): 5, ("▁", "b"): 2, ("b", "a"): 2}


def test_overlapping_pairs_are_merged_from_the_left():
    assert merge(("a", "a", "a", "b"), ("a", "a")) == ("aa", "a", "b")


# SentencePiece keeps letters of two scripts apart, so no text here mixes them.


def theirs(texts, num_merges):
    """What SentencePiece learns: the four special tokens, the merges, the characters."""
    characters = {"▁", *"".join(texts)} - {" "}
    model = train_subwords(texts, 4 + num_merges + len(characters))
    return model, list(model.tokens[4 : len(model.tokens) - len(characters)])


@pytest.mark.parametrize("seed", range(10))
def test_merges_equal_those_of_sentencepiece(seed):
    rng = np.random.default_rng(seed)
    letters = list(["가나다라마바사아자", "abcdefghi"][seed % 2])[: rng.integers(4, 10)]
    words = ["".join(rng.choice(letters, rng.integers(1, 7))) for _ in range(30)]
    texts = [" ".join(words[place : place + 3]) for place in range(0, 30, 3)]
    merges = train(texts, 25)
    model, pieces = theirs(texts, 25)
    # Where no pair is left, SentencePiece fills up with pairs that it has merged away.
    assert ["".join(pair) for pair in merges] == pieces[: len(merges)]
    assert [encode(text, merges) for text in texts] == [list(model.cut(text)) for text in texts]


def test_merges_and_cuts_equal_those_of_sentencepiece_on_greetings():
    texts, _ = load_greetings("train")
    texts = [" ".join(re.findall("[가-힣]+", text)) for text in texts[::8]]
    merges = train(texts, 60)
    model, pieces = theirs(texts, 60)
    assert ["".join(pair) for pair in merges] == pieces
    for text in texts[:200]:
        assert encode(text, merges) == list(model.cut(text))
        assert decode(encode(text, merges)) == text
