import numpy as np
import pytest

from helpers.language import retrieval
from helpers.language.corpus import load_answers, load_greetings, load_off_topic
from helpers.language.retrieval import REFUSAL, RIDGE, THRESHOLD, Retrieval, fit_layer, represent


@pytest.fixture(scope="module")
def engine():
    return Retrieval()


def test_a_layer_of_one_weight_by_hand():
    # The least of (w - 1)² + (2w - 3)² + λw² is at w = (1 + 6) / (1 + 4 + λ).
    vectors, targets = np.array([[1], [2]], np.float32), np.array([[1], [3]], np.float32)
    np.testing.assert_allclose(fit_layer(vectors, targets), [[7 / (5 + RIDGE)]], rtol=1e-6)


def test_a_layer_is_where_the_gradient_is_zero():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(30, 8)).astype(np.float32)
    targets = random.normal(size=(30, 3)).astype(np.float32)
    weights = fit_layer(vectors, targets)
    gradient = vectors.T @ (vectors @ weights - targets) + RIDGE * weights
    np.testing.assert_allclose(gradient, 0, atol=1e-4)


def test_a_cosine_is_the_mean_of_the_two():
    from helpers.language.embeddings import embed, embed_spelling

    texts = ["안녕하세요", "안녕히 가세요"]
    one, other = represent(texts)
    by_meaning, by_spelling = (a @ b for a, b in (embed(texts), embed_spelling(texts)))
    assert one @ other == pytest.approx((by_meaning + by_spelling) / 2, abs=1e-5)


# The benchmark prints these figures: 0.776 and 0.744 of the wordings, 0.90 of the questions. No
# room is needed for other machines' training: one formula, and a network that is given.
def test_held_out_wordings_find_their_intents(engine):
    texts, intents = load_greetings("held_out")
    rows, scores = engine.match(texts)
    right = np.array([engine.intents[row] for row in rows]) == intents
    assert right.mean() >= 0.75
    assert (right & (scores >= THRESHOLD)).mean() >= 0.72


def test_questions_off_the_topic_are_refused(engine):
    replies = [engine(text) for text in load_off_topic("held_out")]
    assert sum(intent is None for _, _, intent in replies) >= 85


def test_each_wording_it_has_learned_finds_its_intent(engine):
    rows, scores = engine.match(engine.index.texts)
    right = np.array([engine.intents[row] for row in rows]) == engine.intents
    assert right.mean() >= 0.99
    assert (scores >= THRESHOLD).mean() >= 0.99


def test_the_threshold_is_where_the_validation_questions_say(engine):
    _, scores = engine.match(load_off_topic("validation"))
    assert (scores < THRESHOLD).mean() == pytest.approx(0.85, abs=0.03)


def test_both_judges_are_needed(engine):
    texts, intents = load_greetings("held_out")
    rows, _ = engine.match(texts)
    alone = engine.index.nearest(texts)[1][:, 0]
    both, one = (np.mean([engine.intents[r] for r in found] == np.array(intents))
                 for found in (rows, alone))  # fmt: skip
    assert both > one + 0.05


def test_the_answer_is_one_of_the_intents_and_always_the_same(engine):
    text, score, intent = engine("주말에 뭐 하셨어요?")
    assert intent == "ask_weekend"
    assert text in load_answers()[intent]
    assert THRESHOLD <= score <= 1
    assert engine("주말에 뭐 하셨어요?") == (text, score, intent)


def test_a_refusal_has_no_intent(engine):
    text, score, intent = engine("이진 탐색 트리는 어떻게 구현하나요?")
    assert (text, intent) == (REFUSAL, None)
    assert 0 <= score < THRESHOLD


def test_the_threshold_decides(engine, monkeypatch):
    monkeypatch.setattr(retrieval, "THRESHOLD", 2)
    assert engine("안녕하세요")[2] is None
