"""How often the chatbot takes a message for what it is, beside simpler ways, in the same run.

    python benchmarks/chatbot.py

For each way and each of two splits, validation and held out: the share of wordings that go to the
right intent, with no refusal and at a threshold, and the share of the questions off the topic
that are refused there. Each way has a threshold of its own, under which 90 % of the validation
questions lie. Then the same of the chatbot's engines as they are shipped, each with its threshold.

    python benchmarks/chatbot.py start

How long a start takes, in starts of Python with NumPy, one after the other in the same run: the
first answer of `annyeong chat`, all parts of `annyeong serve` ready.
"""

import math
import statistics
import subprocess
import sys
import time
from collections import Counter

import numpy as np

from helpers.language.chatbot import ENGINES, Chatbot
from helpers.language.corpus import load_greetings, load_off_topic
from helpers.language.embeddings import SentenceIndex, embed
from helpers.language.morphology import morphemes
from helpers.language.retrieval import THRESHOLD, Retrieval, training_wordings
from helpers.service.deploy.process import running

TEXTS, INTENTS = map(np.array, training_wordings())
NUM_STARTS = 7


def main():
    if sys.argv[1:] == ["start"]:
        report_starts()
        return
    print(f"{len(TEXTS)} wordings of {len(set(INTENTS))} intents to learn from")
    start = time.perf_counter()
    retrieval = Retrieval()
    report("retrieval", retrieval.match, time.perf_counter() - start)
    validation = retrieval.match(load_off_topic("validation"))[1]
    print(f"  THRESHOLD is {THRESHOLD}; 90 % lie under {np.quantile(validation, 0.9):.3f}")
    for name, represent in (
        ("USE alone", embed),
        ("TF-IDF of 1 to 3 characters", TfIdf(pieces)),
        ("TF-IDF of kiwi's morphemes", TfIdf(forms)),
    ):
        start = time.perf_counter()
        index = SentenceIndex(list(TEXTS), represent)
        report(name, lambda texts, index=index: nearest(index, texts), time.perf_counter() - start)
    for engine in ENGINES:
        report_engine(engine)


def report_starts():
    """Print how long starts take, the median of each, and as a multiple of the first."""
    starts = {
        "python -c 'import numpy'": lambda: run("-c", "import numpy"),
        "annyeong chat, to its first answer": lambda: run("-m", "helpers.cli", "chat"),
        "annyeong serve, to ready": lambda: serve(),
        "annyeong serve --microservices, to ready": lambda: serve("--microservices"),
    }
    seconds = {name: [] for name in starts}
    for _ in range(NUM_STARTS):
        for name, start in starts.items():
            before = time.perf_counter()
            seconds[name].append(start() - before)
    unit = statistics.median(next(iter(seconds.values())))
    for name, many in seconds.items():
        median = statistics.median(many)
        print(f"{name}: {median:.2f} s, {median / unit:.1f} starts of Python with NumPy")


def run(*words):
    """Run Python, which is told one message; return when it has ended."""
    said = subprocess.run(
        [sys.executable, "-X", "utf8", *words], input="안녕하세요\n\n".encode(), capture_output=True
    )
    said.check_returncode()
    return time.perf_counter()


def serve(*words):
    """Start the service; return when all its parts are ready."""
    with running(*words):
        return time.perf_counter()


def report_engine(engine):
    """Print what the chatbot makes of whole splits, and how long a reply takes."""
    start = time.perf_counter()
    chatbot = Chatbot.load(engine)
    print(f"engine {engine}: loaded in {time.perf_counter() - start:.1f} s")
    for split in ("validation", "held_out"):
        texts, intents = load_greetings(split)
        start = time.perf_counter()
        found = np.array([str(chatbot.reply(text).intent) for text in texts])
        seconds = (time.perf_counter() - start) / len(texts)
        refused = [chatbot.reply(text).intent is None for text in load_off_topic(split)]
        print(
            f"  {split}: {np.mean(found == intents):.3f} right,",
            f"refuses {np.mean(refused):.2f} off the topic; {1000 * seconds:.0f} ms a reply",
            flush=True,
        )


def report(name, match, seconds):
    """Print the figures of a way: `match` gives the rows and scores of texts."""
    threshold = np.quantile(match(load_off_topic("validation"))[1], 0.9)
    print(f"{name}: loaded in {seconds:.1f} s, threshold {threshold:.2f}")
    for split in ("validation", "held_out"):
        texts, intents = load_greetings(split)
        rows, scores = match(texts)
        right = INTENTS[rows] == intents
        refused = match(load_off_topic(split))[1] < threshold
        print(
            f"  {split}: {right.mean():.3f} right,",
            f"{(right & (scores >= threshold)).mean():.3f} at the threshold,",
            f"which refuses {refused.mean():.2f}",
            flush=True,
        )


def nearest(index, texts):
    scores, rows = index.nearest(texts)
    return rows[:, 0], scores[:, 0]


def pieces(text):
    return [text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1)]


def forms(text):
    return [form for form, tag in morphemes(text) if not tag.startswith("S")] or [text]


class TfIdf:
    """The classic weights: a term counts the more, the fewer wordings it is in."""

    def __init__(self, cut):
        self.cut = cut
        documents = Counter(term for text in TEXTS for term in set(cut(text)))
        self.columns = {term: column for column, term in enumerate(documents)}
        self.weights = {
            term: math.log((1 + len(TEXTS)) / (1 + count)) + 1 for term, count in documents.items()
        }

    def __call__(self, texts):
        # The last column is for terms that no wording has: they only lengthen a vector.
        vectors = np.zeros((len(texts), len(self.columns) + 1), np.float32)
        unseen = math.log(1 + len(TEXTS)) + 1
        for row, text in zip(vectors, texts, strict=True):
            for term, count in Counter(self.cut(text)).items():
                weight = (1 + math.log(count)) * self.weights.get(term, unseen)
                column = self.columns.get(term, -1)
                row[column] = math.hypot(row[column], weight)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


if __name__ == "__main__":
    main()
