import subprocess
import sys

import numpy as np
import pytest

from helpers.language.seq2seq import (
    beam,
    build_gru,
    encode_answers,
    encode_questions,
    greedy,
)
from helpers.language.tokens import BEGIN, END, PAD, train_subwords

VOCAB_SIZE = 12
A, B = 4, 5


@pytest.fixture(scope="module")
def tokenizer():
    return train_subwords(["안녕하세요", "안녕", "식사하세요"], 17)


def chain(**after):
    """Return a `predict` whose next token depends on the latest alone."""
    table = np.zeros((VOCAB_SIZE, VOCAB_SIZE))
    for token, probabilities in after.items():
        for next_token, probability in probabilities.items():
            table[{"begin": BEGIN, "a": A, "b": B}[token], next_token] = probability
    return lambda questions, answers: table[answers]


#: The surer beginning, A, leads to the less probable answer: 0.6 * 0.4 < 0.4 * 0.9.
misleading = chain(begin={A: 0.6, B: 0.4}, a={END: 0.4, A: 0.3, B: 0.3}, b={END: 0.9, A: 0.1})


def random_predict(seed, vocab_size=VOCAB_SIZE):
    """Return a `predict` whose next token depends on the question and all of the answer."""
    weights = np.random.default_rng(seed).normal(0, 3, (100, vocab_size))

    def predict(questions, answers):
        seen = np.cumsum(answers * np.arange(1, answers.shape[1] + 1), axis=1)
        scores = weights[(seen + questions.sum(axis=1, keepdims=True)) % 100]
        exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return exponentials / exponentials.sum(axis=-1, keepdims=True)

    return predict


# To numbers


def test_a_question_ends_and_an_answer_begins_and_ends(tokenizer):
    ids = tokenizer.encode("안녕하세요")
    assert encode_questions(tokenizer, ["안녕하세요"]).tolist() == [[*ids, END]]
    assert encode_answers(tokenizer, ["안녕하세요"]).tolist() == [[BEGIN, *ids, END]]


def test_shorter_texts_are_filled_up(tokenizer):
    ids = tokenizer.encode("안녕")
    questions = encode_questions(tokenizer, ["안녕", "안녕하세요"], length=5)
    answers = encode_answers(tokenizer, ["안녕", "안녕하세요"], length=4)
    assert questions.shape == (2, 5)
    assert answers.shape == (2, 5)
    assert questions.dtype == answers.dtype == np.int32
    assert questions[0].tolist() == [*ids, END, *[PAD] * (4 - len(ids))]
    assert answers[0].tolist() == [BEGIN, *ids, END, *[PAD] * (3 - len(ids))]


def test_a_question_too_long_is_read_up_to_the_length(tokenizer):
    long = "안녕하세요 " * 20
    assert encode_questions(tokenizer, [long], length=4).tolist() == [
        [*tokenizer.encode(long)[:3], END]
    ]


def test_an_answer_too_long_is_refused(tokenizer):
    with pytest.raises(ValueError, match=r"too small by 1|1만큼 모자랍니다"):
        encode_answers(tokenizer, ["안녕하세요"], length=2)


def test_no_texts_make_no_rows(tokenizer):
    assert encode_questions(tokenizer, [], length=7).shape == (0, 7)


# Greedy and beam


def test_greedy_takes_the_surest_token_at_each_step():
    assert greedy(misleading, np.array([[A, END]]), max_length=5) == [[A]]


def test_greedy_answers_each_question_for_itself():
    def echo(questions, answers):
        return np.eye(VOCAB_SIZE)[questions[:, : answers.shape[1]]]

    questions = np.array([[A, B, END, PAD], [B, END, PAD, PAD], [END, PAD, PAD, PAD]])
    assert greedy(echo, questions, max_length=4) == [[A, B], [B], []]


def test_an_answer_without_end_stops_at_the_longest():
    endless = chain(begin={A: 1}, a={B: 1}, b={A: 1})
    assert greedy(endless, np.array([[END]]), max_length=5) == [[A, B, A, B, A]]
    assert beam(endless, np.array([END]), max_length=5, width=1) == [([A, B, A, B, A], 0)]


def test_beam_finds_an_answer_that_greedy_misses():
    # Step 1: A 0.6, B 0.4. Step 2: B END 0.36, A END 0.24, then AA and AB 0.18, BA 0.04.
    answers = beam(misleading, np.array([A, END]), max_length=5, width=2)
    assert [ids for ids, _ in answers] == [[B], [A]]
    np.testing.assert_allclose([score for _, score in answers], np.log([0.36, 0.24]))


def test_what_has_ended_waits_for_what_goes_on():
    # Step 1: A 0.7, END 0.3. Step 2: AB 0.49, END still 0.3, A END 0.21. Step 3: AB END 0.49.
    predict = chain(begin={END: 0.3, A: 0.7}, a={END: 0.3, B: 0.7}, b={END: 1})
    answers = beam(predict, np.array([END]), max_length=9, width=2)
    assert [ids for ids, _ in answers] == [[A, B], []]
    np.testing.assert_allclose([score for _, score in answers], np.log([0.49, 0.3]))


@pytest.mark.parametrize("seed", range(20))
def test_a_beam_of_width_1_is_greedy(seed):
    predict = random_predict(seed)
    questions = np.random.default_rng(seed).integers(4, VOCAB_SIZE, (6, 5))
    greedily = greedy(predict, questions, max_length=8)
    assert greedily == [beam(predict, question, 8, width=1)[0][0] for question in questions]


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_as_wide_as_all_answers_finds_the_best(seed):
    vocab_size, max_length = 6, 3
    predict, question = random_predict(seed, vocab_size), np.array([A, END])

    def endings(answer, score):
        """Return all answers that go on from `answer`, with their log probabilities."""
        if answer[-1] == END or len(answer) == max_length + 1:
            return [(answer[1:], score)]
        padded = answer + [PAD] * (max_length - len(answer))
        steps = np.log(predict(question[None], np.array([padded]))[0, len(answer) - 1])
        return [
            found
            for token in range(vocab_size)
            for found in endings([*answer, token], score + steps[token])
        ]

    best, score = max(endings([BEGIN], 0.0), key=lambda found: found[1])
    ids, found = beam(predict, question, max_length, width=vocab_size**max_length)[0]
    assert ids == [token for token in best if token != END]
    assert found == pytest.approx(score)


def test_a_beam_wider_than_there_are_answers_gives_those_there_are():
    answers = beam(chain(begin={A: 1}, a={END: 1}), np.array([END]), max_length=4, width=3)
    assert answers == [([A], 0.0)]


def test_the_searches_call_with_arrays_of_one_shape():
    shapes = set()

    def predict(questions, answers):
        shapes.add((questions.shape, answers.shape, answers.dtype.name))
        return misleading(questions, answers)

    beam(predict, np.array([A, B, END], np.int32), max_length=6, width=4)
    assert shapes == {((4, 3), (4, 6), "int32")}


def test_searching_needs_no_tensorflow():
    code = "import helpers.language.seq2seq, sys; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# The model


@pytest.fixture(scope="module", params=[None, "additive", "dot"])
def model(request):
    import keras

    keras.utils.set_random_seed(0)
    return build_gru(VOCAB_SIZE, units=8, attention=request.param)


def random_pair(seed, num=3, question_length=6, answer_length=5):
    rng = np.random.default_rng(seed)
    questions = rng.integers(4, VOCAB_SIZE, (num, question_length)).astype(np.int32)
    questions[:, -1] = END
    answers = rng.integers(4, VOCAB_SIZE, (num, answer_length)).astype(np.int32)
    answers[:, 0] = BEGIN
    return questions, answers


def test_a_model_gives_a_probability_to_each_token_at_each_step(model):
    probabilities = np.asarray(model(random_pair(0)))
    assert probabilities.shape == (3, 5, VOCAB_SIZE)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, atol=1e-5)


def test_padding_does_not_influence_a_model(model):
    questions, answers = random_pair(1)
    padded = np.pad(questions, [(0, 0), (0, 4)], constant_values=PAD)
    np.testing.assert_allclose(model([padded, answers]), model([questions, answers]), atol=1e-6)


def test_a_model_does_not_see_the_tokens_to_come(model):
    questions, answers = random_pair(2)
    before = np.asarray(model([questions, answers]))
    answers[:, 3:] = PAD
    after = np.asarray(model([questions, answers]))
    np.testing.assert_allclose(after[:, :3], before[:, :3], atol=1e-6)
    assert not np.allclose(after[:, 3:], before[:, 3:], atol=1e-6)


def test_a_model_reads_the_question_and_its_order(model):
    questions, answers = random_pair(3)
    turned = np.hstack([questions[:, -2::-1], questions[:, -1:]])
    assert not np.allclose(model([turned, answers]), model([questions, answers]), atol=1e-6)


def test_an_exported_model_says_the_same_at_any_length(model, tmp_path):
    import onnxruntime

    model.export(tmp_path / "model.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    names = [node.name for node in session.get_inputs()]
    for lengths in ({}, {"num": 1, "question_length": 9, "answer_length": 2}):
        pair = random_pair(4, **lengths)
        (probabilities,) = session.run(None, dict(zip(names, pair, strict=True)))
        np.testing.assert_allclose(probabilities, model(pair), atol=1e-5)


def test_an_attention_that_is_unknown_is_refused():
    with pytest.raises(ValueError, match="additive"):
        build_gru(VOCAB_SIZE, attention="hard")
