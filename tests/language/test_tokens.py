import unicodedata

import numpy as np
import pytest

from helpers.language.morphology import morphemes, nouns, space
from helpers.language.tokens import (
    BEGIN,
    END,
    PAD,
    SPECIAL,
    UNKNOWN,
    Subwords,
    Vocabulary,
    one_hot,
    train_subwords,
)

GREETINGS = ["안녕하세요", "안녕", "식사하세요", "안녕히 주무세요", "안녕히 가세요"]


@pytest.fixture(scope="module")
def tokenizer():
    return train_subwords(GREETINGS, 40)


# Vocabulary


def test_a_vocabulary_begins_with_the_special_tokens_then_the_frequent_ones():
    vocabulary = Vocabulary(["나", "는", "밥", "는", "나", "는"])
    assert vocabulary.tokens == ("<pad>", "<unk>", "<s>", "</s>", "는", "나", "밥")
    assert len(vocabulary) == 7
    assert [SPECIAL[id] for id in (PAD, UNKNOWN, BEGIN, END)] == list(vocabulary.tokens[:4])


def test_a_vocabulary_encodes_and_decodes():
    vocabulary = Vocabulary(["나", "는", "밥", "는"])
    assert vocabulary.encode(["밥", "은", "나"]) == [6, UNKNOWN, 5]
    assert vocabulary.decode([6, UNKNOWN, 5]) == ["밥", "<unk>", "나"]
    assert vocabulary.decode([BEGIN, 4, END, PAD, PAD]) == ["는"]
    assert vocabulary.encode([]) == vocabulary.decode([]) == []


def test_there_and_back_is_the_same_for_known_tokens():
    tokens = [form for text in GREETINGS for form, _ in morphemes(text)]
    vocabulary = Vocabulary(tokens)
    assert vocabulary.decode(vocabulary.encode(tokens)) == tokens
    assert Vocabulary(vocabulary.tokens[len(SPECIAL) :]).tokens == vocabulary.tokens


def test_a_special_token_in_a_text_is_no_special_token():
    assert Vocabulary(["나"]).encode(list(SPECIAL)) == [UNKNOWN] * 4
    assert Vocabulary(["나", "</s>"]).encode(["</s>"]) == [5]
    assert Vocabulary(["나", "</s>"]).decode([5]) == ["</s>"]


# Subwords


def test_what_stands_together_often_is_one_piece():
    tokenizer = train_subwords(["안녕하세요", "안녕", "식사하세요"], 17)
    assert tokenizer.cut("안녕하세요") == ["▁안녕", "하세요"]
    assert tokenizer.tokens[:6] == (*SPECIAL, "▁안", "세요")


def test_subwords_go_there_and_back(tokenizer):
    for text in GREETINGS:
        ids = tokenizer.encode(text)
        assert tokenizer.decode(ids) == text
        assert [tokenizer.tokens[id] for id in ids] == tokenizer.cut(text)
    assert tokenizer.decode([BEGIN, *tokenizer.encode("안녕"), END, PAD]) == "안녕"
    assert tokenizer.encode(" ") == []


def test_text_is_brought_into_one_spelling(tokenizer):
    assert tokenizer.cut(unicodedata.normalize("NFD", "안녕")) == tokenizer.cut("안녕")
    assert tokenizer.decode(tokenizer.encode("  안녕히\t\n 가세요 ")) == "안녕히 가세요"


def test_laughter_stays_as_it_was_typed():
    tokenizer = train_subwords(["안녕ㅋㅋ", "ㅎㅎ"], 20)
    assert tokenizer.decode(tokenizer.encode("안녕 ㅋㅋㅎㅎ")) == "안녕 ㅋㅋㅎㅎ"


def test_what_was_never_seen_is_unknown(tokenizer):
    ids = tokenizer.encode("안녕 뷁")
    assert ids[-1] == UNKNOWN
    assert tokenizer.decode(ids) == "안녕 ⁇"
    assert not {PAD, BEGIN, END} & set(tokenizer.encode("<pad> <s> </s>"))


def test_a_tokenizer_comes_back_from_its_bytes(tokenizer):
    again = Subwords(tokenizer.model)
    assert again.tokens == tokenizer.tokens
    assert again.encode("안녕히 가세요") == tokenizer.encode("안녕히 가세요")


def test_the_same_corpus_gives_the_same_subwords(tokenizer):
    assert train_subwords(GREETINGS, 40).tokens == tokenizer.tokens


def test_a_corpus_gives_as_many_tokens_as_asked_or_as_it_has():
    characters = {"▁", *"".join(GREETINGS).replace(" ", "")}
    least = len(SPECIAL) + len(characters)
    assert len(train_subwords(GREETINGS, least)) == least
    assert len(train_subwords(GREETINGS, least + 3)) == least + 3
    assert least < len(train_subwords(GREETINGS, 10_000)) < 100
    with pytest.raises(ValueError, match=f"{least} or more") as error:
        train_subwords(GREETINGS, least - 1)
    assert f"It is {least - 1}." in str(error.value)


def test_a_long_sentence_is_learned_like_short_ones():
    long = "안녕하세요. 오늘은 날씨가 참 좋습니다. " * 80  # 4,800 bytes; SentencePiece drops 4,193
    assert train_subwords([long], 60).cut("날씨가") == ["▁날씨가"]
    assert train_subwords(["안녕", "나비" * 3000], 10).cut("나비나비") != ["▁", "나", "비"] * 2


@pytest.mark.parametrize("special", [*SPECIAL, "\0", "▅"])
def test_a_sentence_with_a_special_piece_is_learned_too(special):
    tokenizer = train_subwords([f"나비{special} 하늘"] * 3, 40)
    assert tokenizer.cut("나비 하늘") == ["▁나비", "▁하늘"]
    ids = tokenizer.encode(f"{special} 하늘")
    assert not {PAD, BEGIN, END} & set(ids)
    if special in SPECIAL:  # text like any other
        assert tokenizer.decode(ids) == f"{special} 하늘"
    assert tokenizer.tokens[:4] == SPECIAL


@pytest.mark.parametrize("sentences", [[], ["", " "], "안녕하세요", None, 7])
def test_subwords_need_sentences(sentences):
    with pytest.raises(ValueError, match="sentences must be a list"):
        train_subwords(sentences, 100)


# One-hot


def test_one_hot_by_hand():
    rows = one_hot([1, 0, 1], 3)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, [[0, 1, 0], [1, 0, 0], [0, 1, 0]])
    assert one_hot([], 3).shape == (0, 3)


@pytest.mark.parametrize("seed", range(6))
def test_one_hot_equals_tensorflow(seed):
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 50))
    ids = rng.integers(0, size, rng.integers(1, 30))
    rows, theirs = one_hot(ids, size), tf.one_hot(ids, size).numpy()
    assert rows.dtype == theirs.dtype
    np.testing.assert_array_equal(rows, theirs)


# Bad input


@pytest.mark.parametrize("text", [None, 7, ["안녕"], b"hi", "\ud800"])
@pytest.mark.parametrize("use", ["nouns", "space", "cut", "encode", "train"])
def test_no_text_is_refused(use, text, tokenizer):
    functions = {
        "nouns": nouns,
        "space": space,
        "cut": tokenizer.cut,
        "encode": tokenizer.encode,
        "train": lambda text: train_subwords(["안녕", text], 20),
    }
    with pytest.raises(ValueError, match="text must be a string") as error:
        functions[use](text)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize("ids", [[4], [-1], [1.5], [[1]], 1, ["안녕"], [True]])
@pytest.mark.parametrize("use", ["one_hot", "vocabulary", "subwords"])
def test_no_ids_are_refused(use, ids, tokenizer):
    if use == "subwords" and ids == [4]:
        ids = [len(tokenizer)]
    functions = {
        "one_hot": lambda ids: one_hot(ids, 4),
        "vocabulary": Vocabulary([]).decode,
        "subwords": tokenizer.decode,
    }
    with pytest.raises(ValueError, match="ids must be a list of whole numbers") as error:
        functions[use](ids)
    assert repr(ids) in str(error.value)


def test_errors_speak_korean_to_korean_readers(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")
    with pytest.raises(ValueError, match="문자열을 주세요"):
        nouns(None)
