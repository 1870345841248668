import warnings
from itertools import combinations

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from numpy.lib.stride_tricks import sliding_window_view

from helpers.diagrams import (
    activations,
    attention,
    backpropagation,
    card,
    descent,
    embeddings,
    encoder_decoder,
    pooling,
    recurrence,
    service,
    tokens,
    transformer,
)
from helpers.diagrams import convolution as diagrams
from helpers.diagrams import network as networks
from helpers.language.family import load_family
from helpers.plots import CARD, to_png
from helpers.reader import say

PALETTE = ("INPUT", "WEIGHTS", "ACTIVATIONS", "GRADIENTS", "RIGHT", "WRONG")
IMAGE = np.random.default_rng(0).uniform(size=(6, 5))
KERNEL = np.array([[-1, 0], [0.5, 1], [2, -3]])
MAP = (sliding_window_view(IMAGE, KERNEL.shape) * KERNEL).sum(axis=(2, 3))
RANDOM = np.random.default_rng(1)
QUERY, KEYS, VALUES = (RANDOM.normal(size=shape) for shape in [4, (5, 4), (5, 3)])
LOOKS = RANDOM.dirichlet(np.ones(5), 18)
HANDS = np.stack([np.sin(np.arange(24) * np.pi / 12), np.cos(np.arange(24) * np.pi / 12)], -1)
STEPS = (["<s>", *"bcdefghij"], list("abcdefghij"), list("bcdefghijk"), [0.5] * 10)
TABLE = {"<s>": {"a": 0.6, "b": 0.4}, "a": {"c": 0.5, "d": 0.5}, "b": {"</s>": 0.9, "c": 0.1},
         "c": {"</s>": 1.0}, "d": {"</s>": 1.0}}  # fmt: skip
WORDS = ["나는", "오늘", "기분이", "좋다"]
HEADS = RANDOM.dirichlet(np.ones(4), size=(2, 4))
ROWS, WIDE_ROWS = RANDOM.normal(size=(4, 8)), RANDOM.normal(size=(4, 32))
HOPS = [("a", "b", "GET /", "request"), ("b", "a", "200", "response"), ("a", "b", "GET /x", "lost")]
LINE = [(0, 0, 0, 1), (1, 0, 0, 1), (2, 0, 1, 2)]
BLOCK = (WORDS, ROWS, HEADS, ROWS, ROWS, WIDE_ROWS, ROWS, ROWS)
SPANS = ((-3, 3), (-2, 2))
LAYERS = {
    "relu_1": np.ones((14, 14, 16)),
    "pool_2": np.ones((7, 7, 32)),
    "relu_3": np.ones((7, 7, 64)),
    "pool_3": np.ones(64),
    "dense_1": np.array([0.1, 0, 0.5, 0, 0, 0, 0, 0.4, 0, 0]),
}


def bowl(first, second):
    return first**2 + 4 * second**2 + 0.01


def paths(num):
    return {say(f"rate {n}", f"학습률 {n}"): np.array([[2, 1], [n, 0.5]]) for n in range(num)}


DIAGRAMS = {
    "pieces": lambda: activations.relu_pieces(np.arange(24), np.eye(9, 24), HANDS[:, 0]),
    "walk": lambda: descent.walk(np.square, np.linspace(-2, 1, 60), (-3, 3), heading="x"),
    "lost": lambda: descent.walk(np.square, [1, -20], (-3, 3)),
    "landscape": lambda: descent.landscape(bowl, paths(4), SPANS, (say("a", "가"), "b"), [0, 0]),
    "line": lambda: descent.landscape(bowl, paths(1), SPANS, ("a", "b"), [0, 0], HANDS.T),
    "graph": lambda: backpropagation.chain(2, 0.5, 3, 1),
    "forward": lambda: backpropagation.chain(-1.234567, 0.123456, -2 / 3, 100, step=2),
    "fork": lambda: backpropagation.fork(2, -0.5, 3, 1),
    "clock": lambda: attention.soft_clock(11, 1, HANDS, {1: 8, 13: 21}, [0.25, 0.75]),
    "look-up": lambda: attention.attention_step(QUERY, KEYS, VALUES, "abcde"),
    "bottleneck": lambda: attention.encoder_decoder("abcde", "vwxyz"),
    "looking back": lambda: attention.encoder_decoder("abcde", "vwxyz", LOOKS[0]),
    "alignment": lambda: attention.alignment(LOOKS, "abcde", "abcdefghijklmnopqr", 7),
    "heat map": lambda: attention.heat_map(LOOKS, "abcde", "abcdefghijklmnopqr", say("a", "가")),
    "one place": lambda: diagrams.convolution_step(IMAGE, KERNEL, 2, 1),
    "sliding": lambda: diagrams.convolution_step(IMAGE, KERNEL, 2, 1, MAP),
    "places": lambda: diagrams.kernel_places(size=9, kernel=4, stride=3, padding=1),
    "channels": lambda: diagrams.filter_on_channels(
        np.ones((6, 6, 3)), np.ones((3, 3, 3)), np.ones((4, 4, 3))
    ),
    "filters": lambda: diagrams.filters_and_maps([KERNEL], [MAP], [7]),
    "pooling": lambda: pooling.pooling_step(IMAGE, row=1, column=0, size=3),
    "smaller": lambda: pooling.shrinking_maps([[IMAGE, IMAGE[::2, ::2]]], [say("a", "가")]),
    "window": lambda: embeddings.window("abcd", place=1, size=2),
    "map": lambda: embeddings.word_map(np.eye(3, 2), "abc", [say("a", "가"), "b", "b"]),
    "cuts": lambda: tokens.cuts({say("a", "가"): "bcd", "b": ["bc", "d"]}),
    "unrolled": lambda: recurrence.unrolled([1, 0, 0], [1, 0.5, 0.25], step=2),
    "gradients": lambda: recurrence.unrolled([1, 2], np.eye(2), gradients=[0.1, 1]),
    "states": lambda: recurrence.state_maps([np.eye(5), -np.eye(5)], ["abcde", "badce"]),
    "LSTM": lambda: recurrence.lstm_step(f=0.9, i=0.2, o=1, new=-0.8, c_before=1),
    "GRU": lambda: recurrence.gru_step(z=0.7, r=0.5, h_before=0.8, x_sum=-0.4, h_weight=1.5),
    "windows": lambda: recurrence.series_window(np.sin(np.arange(60)), start=8, size=24),
    "network": lambda: networks.network(np.ones((28, 28)), LAYERS, label=7),
    "fields": lambda: diagrams.receptive_fields(IMAGE, {"conv_1": (1, 1, 3)}),
    "encoder": lambda: encoder_decoder.encoder_to_decoder(
        ["a", "b", "c", "</s>"], np.linspace(-1, 1, 128), ["d", "e", "f", "g", "h", "</s>"]
    ),
    "decoder": lambda: encoder_decoder.decoder_steps(*STEPS, 9),
    "beam": lambda: encoder_decoder.beam_tree(TABLE, width=2),
    "heads": lambda: transformer.heads(WORDS, HEADS),
    "block": lambda: transformer.block(*BLOCK, chosen=2),
    "looks": lambda: transformer.looks(WORDS, np.tri(4), 1, "GPT"),
    "next words": lambda: transformer.next_words(WORDS, np.tri(3)),
    "positions": lambda: transformer.places(ROWS, 1),
    "family": lambda: transformer.family(load_family()),
    "processes": service.processes,
    "way": lambda: service.request_way([say("client", "클라이언트"), "b"], [], down="b"),
    "timeline": lambda: service.timeline([("a", [(0, 1, "works"), (1, 3, "waits")])]).figure,
    "waiting line": lambda: service.waiting_clients(
        LINE, 3, {2: (2, 1), 3: (2, 1.5)}, {2: (1.8, 1.1)}
    ),
}
each_diagram = pytest.mark.parametrize("draw", DIAGRAMS.values(), ids=DIAGRAMS)


@pytest.fixture(autouse=True)
def reader(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")
    yield
    plt.close("all")


def luminance(color):
    """Return the relative luminance of WCAG 2."""
    channels = np.array(plt.matplotlib.colors.to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def texts(figure):
    return [text.get_text() for axis in figure.axes for text in axis.texts]


def labels(figure):
    for axis in figure.axes:
        yield from (axis.get_xlabel(), axis.get_ylabel())
        if axis.get_legend():
            yield from (text.get_text() for text in axis.get_legend().get_texts())


@pytest.mark.parametrize("name", PALETTE)
def test_a_meaning_can_be_read_on_the_card(name):
    contrast = (luminance(CARD) + 0.05) / (luminance(getattr(card, name).color) + 0.05)
    assert contrast >= 4.5


def test_meanings_are_told_apart_without_colour():
    """What stands in one diagram: the data's way through a layer; right and wrong."""
    data = [getattr(card, name).linestyle for name in PALETTE[:4]]
    assert len(set(data)) == 4
    assert card.RIGHT.linestyle != card.WRONG.linestyle


@each_diagram
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_diagram_is_small_on_a_card_and_in_the_readers_language(draw, lang, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", lang)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw()
        png = to_png(figure)
    said = "".join([*texts(figure), *labels(figure)])
    for word in WORDS:  # what is looked at stays Korean in both languages
        said = said.replace(word, "")
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert pixels[1, 1].tolist() == [0xF2, 0xF6, 0xF7]  # the card: blue, green, red
    assert len(png) < 60_000
    assert pixels.shape[1] <= 720
    assert any("가" <= letter <= "힣" for letter in said) == (lang == "ko")


@each_diagram
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_that_is_written_touches_the_edge(draw, lang, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", lang)
    figure = draw()
    figure.draw_without_rendering()
    inside = figure.bbox.padded(-3)
    for text in (text for axis in figure.axes for text in axis.texts if text.get_text()):
        box = text.get_window_extent()
        assert inside.contains(box.x0, box.y0), text.get_text()
        assert inside.contains(box.x1, box.y1), text.get_text()


def test_a_step_shows_the_sum_and_the_map_as_far_as_it_is_filled():
    figure = diagrams.convolution_step(IMAGE, KERNEL, 2, 1, MAP)
    assert f"sum = {MAP[2, 1]:.1f}" in texts(figure)
    filled = figure.axes[0].images[-1].get_array()
    np.testing.assert_allclose(filled.filled(np.nan)[:2], MAP[:2])
    assert filled.mask.tolist() == [
        [False] * 4,
        [False] * 4,
        [False, False, True, True],
        [True] * 4,
    ]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "places"),
    [(7, 3, 1, 0, 5), (7, 3, 2, 1, 4), (8, 3, 3, 0, 2), (5, 5, 2, 2, 3), (7, 7, 1, 0, 1)],
)
def test_every_place_of_a_kernel_is_drawn(size, kernel, stride, padding, places):
    figure = diagrams.kernel_places(size, kernel, stride, padding)
    assert texts(figure)[0] == (f"{places} places" if places > 1 else "1 place")
    assert texts(figure)[-1] == str(places)


def test_zero_is_never_minus_zero():
    assert card.short(-0.04) == "0"
    assert card.short(-0.04, 1) == "0.0"


def test_a_look_up_shows_the_weights_and_the_context():
    figure = attention.attention_step(QUERY, KEYS, VALUES, "abcde")
    weights = np.exp(KEYS @ QUERY / 2)
    weights /= weights.sum()
    drawn = [image.get_array() for image in figure.axes[0].images]
    np.testing.assert_allclose(drawn[3][:, 0], weights)
    np.testing.assert_allclose(drawn[5][0], weights @ VALUES)


def test_an_alignment_is_drawn_up_to_the_step():
    figure = attention.alignment(LOOKS[:3], "abcde", "xyz", 1, "a title")
    assert figure.axes[0].images[0].get_array().mask.any(axis=1).tolist() == [False, False, True]
    assert {"a title", "written so far: xy"} <= set(texts(figure))
    last = attention.alignment(LOOKS[:3], "abcde", "xyz", 9)
    assert "written so far: xyz" in texts(last)


def test_the_words_of_a_map_lie_on_no_other_word_and_on_no_point():
    """Three points close together at the right edge, with room on their other side."""
    places = np.array([[0, 0], [1, 0.5], [0.98, 0.5], [1, 0.53], [0.5, 1]])
    names = ["a long name (of a word)", *["a name"] * 3, "another"]
    figure = embeddings.word_map(places, names, list("aabba"))
    figure.draw_without_rendering()
    axis = figure.axes[0]
    boxes = [text.get_window_extent() for text in axis.texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    for point in axis.transData.transform(places):
        assert not any(box.contains(*point) for box in boxes)


def test_a_network_in_the_middle_of_its_reading_shows_no_later_state():
    shown = texts(recurrence.unrolled([1, 0, 0], [1, 0.5, 0.25], step=2))
    assert "0.5" in shown
    assert "0.25" not in shown


def test_an_lstm_shows_what_its_gates_let_through():
    shown = texts(recurrence.lstm_step(f=0.5, i=0.25, o=0, new=-0.8, c_before=2))
    assert "0.80" in shown  # 0.5 * 2 + 0.25 * -0.8
    assert "0.00" in shown  # h_t, behind a shut gate


def test_a_gru_mixes_the_old_state_and_the_new():
    shown = texts(recurrence.gru_step(z=0.75, r=0, h_before=0.8, x_sum=0.5, h_weight=9))
    assert f"{0.75 * 0.8 + 0.25 * np.tanh(0.5):.2f}" in shown


def test_a_window_ends_before_what_is_asked_for():
    figure = recurrence.series_window(np.arange(20.0), start=3, size=5)
    (seen,) = (line for line in figure.axes[0].lines if line.get_marker() == ".")
    (asked,) = (line for line in figure.axes[0].lines if line.get_marker() == "*")
    step = np.diff(seen.get_xdata())[0]
    assert len(seen.get_xdata()) == 5
    assert asked.get_xdata()[0] == pytest.approx(seen.get_xdata()[-1] + step)


def test_a_token_that_is_written_is_the_next_input():
    figure = encoder_decoder.encoder_to_decoder(["q", "</s>"], [0.5, -1], ["x", "y", "</s>"])
    assert texts(figure).count("x") == texts(figure).count("y") == 2
    assert texts(figure).count("<s>") == 1
    np.testing.assert_allclose(figure.axes[0].images[0].get_array().ravel(), [0.5, -1])


@pytest.mark.parametrize(("place", "loss"), [(0, 0.69), (2, 2.30)])
def test_a_step_of_the_decoder_shows_its_loss_and_no_later_step(place, loss):
    fed, said, wanted = ["<s>", "b", "c"], ["x", "c", "y"], ["b", "c", "</s>"]
    figure = encoder_decoder.decoder_steps(fed, said, wanted, [0.5, 0.25, 0.1], place)
    assert f"= {loss:.2f}" in texts(figure)[-1]
    assert texts(figure).count("=") == int(place > 0)  # the second is right
    assert ("y" in texts(figure)) == (place == 2)


def test_the_way_into_the_next_step_starts_where_its_token_comes_from():
    taught, alone = (
        encoder_decoder.decoder_steps(*STEPS, 2, with_teacher) for with_teacher in (True, False)
    )
    for figure, (top, bottom) in ((taught, (0.1, 1.0)), (alone, (1.9, 2.8))):  # right, said
        starts = [line.get_ydata()[0] for line in figure.axes[0].lines]
        assert starts
        assert all(top < start < bottom for start in starts)


@pytest.mark.parametrize(("width", "found"), [(1, "a c  0.30"), (2, "b  0.36")])
def test_a_wider_beam_finds_the_better_answer(width, found):
    figure = encoder_decoder.beam_tree(TABLE, width)
    assert texts(figure)[-1].endswith(found)


def test_a_network_shows_the_size_of_each_layer_and_the_right_digit():
    shown = texts(networks.network(np.ones((28, 28)), LAYERS, label=7))
    for size in ("28 × 28 × 1", "14 × 14 × 16", "7 × 7 × 32", "7 × 7 × 64", "64"):
        assert size in shown
    assert "a 7: 40%" in shown


def test_pieces_are_added_up():
    x = np.linspace(0, 1, 5)
    figure = activations.relu_pieces(x, [x, 2 * x], target=3 * x + 0.25)
    drawn = figure.axes[1].lines[1].get_ydata()
    np.testing.assert_allclose(drawn, 3 * x)
    assert figure.axes[1].get_title() == "their sum: largest gap 0.250"


@pytest.mark.parametrize(
    ("weights", "title"),
    [
        ([2], "step 0: weight 2, slope 4, loss 4"),
        ([2, -1.5], "step 1: weight −1.5, slope −3, loss"),
    ],
)
def test_a_walk_says_where_it_is(weights, title):
    figure = descent.walk(np.square, weights, (-3, 3))
    assert figure.axes[0].get_title().startswith(title)
    assert texts(figure) == []


@pytest.mark.parametrize(("end", "words"), [(50, "out of the picture →"), (-9, "← out of the")])
def test_a_walk_that_leaves_the_picture_says_where(end, words):
    (shown,) = texts(descent.walk(np.square, [1, end], (-3, 3)))
    assert shown.startswith(words)


def test_a_landscape_has_a_panel_for_each_walk_and_one_for_the_data():
    figure = descent.landscape(
        bowl, paths(2), SPANS, ("a", "b"), [0, 0], (HANDS[:, 0], HANDS[:, 1])
    )
    assert [axis.get_title() for axis in figure.axes[:2]] == list(paths(2))
    np.testing.assert_allclose(figure.axes[1].lines[0].get_xydata(), paths(2)["rate 1"])
    ends = figure.axes[2].lines[-1].get_xydata()  # the line 1 x + 0.5
    np.testing.assert_allclose(ends[:, 1], ends[:, 0] + 0.5)


def test_a_walk_that_is_lost_is_not_drawn_to_its_end():
    away = {"a": np.array([[0, 0], [1, 1], [-50, 50], [1000, 1000]])}
    figure = descent.landscape(bowl, away, SPANS, ("a", "b"), [0, 0])
    assert len(figure.axes[0].lines[0].get_xydata()) == 3


def test_a_graph_shows_no_slope_that_is_not_computed_yet():
    values = ["$w_1$ = 0.5", "$h$ = 1", "$s$ = 3", "loss = 4"]
    forward, back = (texts(backpropagation.chain(2, 0.5, 3, 1, step)) for step in (4, 8))
    assert set(values) <= set(forward) & set(back)
    assert "24" not in forward + texts(backpropagation.chain(2, 0.5, 3, 1, 7))
    assert [back.count(slope) for slope in ("4", "12", "24")] == [2, 2, 1]
    assert "$h$" in texts(backpropagation.chain(2, 0.5, 3, 1, 0))


def test_a_relu_that_is_shut_lets_no_slope_through():
    shown = texts(backpropagation.chain(2, -0.5, 3, 1))
    assert {"$h$ = −1", "$a$ = 0", "× 0"} <= set(shown)
    assert shown.count("0") == 3  # the slopes of h and both weights


def test_a_fork_adds_up_both_paths():
    assert "$s$ = 4" in texts(backpropagation.fork(2, 0.5, 3, 1))
    assert "$s$ = −1" in texts(backpropagation.fork(2, -0.5, 3, 1))


def test_maps_are_laid_side_by_side_in_their_order():
    maps = np.zeros((2, 2, 4))
    maps[..., 2] = 1  # the third: below the first, at the left
    tiles = networks.tiled(maps, columns=2)
    assert tiles.shape == (5, 5)
    assert np.nanmin(tiles[3:, :2]) == 1
    assert np.nansum(tiles) == 4


def test_pooling_shows_what_is_filled_in_so_far():
    shown = texts(pooling.pooling_step([[1, 2, 5, 0], [3, 4, 0, 6], [9, 8, 7, 0]], 0, 0))
    assert shown.count("4") == 2  # in the map and in the pooled map
    assert shown.count("6") == 1


def test_half_a_map_is_drawn_half_as_large():
    figure = pooling.shrinking_maps([[np.eye(8), np.eye(4)]], ["a"])
    large, small = (image.get_extent() for image in figure.axes[0].images)
    assert large[1] - large[0] == 2 * (small[1] - small[0])


def test_each_head_shows_its_own_weights():
    figure = transformer.heads(WORDS, HEADS)
    for image, table in zip(figure.axes[0].images, HEADS, strict=True):
        np.testing.assert_allclose(image.get_array(), table)
    assert f"{HEADS[1, 3, 0]:.2f}" in texts(figure)


def test_without_residual_connections_nothing_leads_around_a_step():
    with_them = transformer.block(*BLOCK)
    without = transformer.block(*BLOCK, is_residual=False)
    assert len(with_them.axes[0].lines) == 4
    assert len(without.axes[0].lines) == 0


@pytest.mark.parametrize(("chosen", "seen"), [(0, 1), (3, 4)])
def test_a_word_has_a_line_to_each_word_that_it_may_look_at(chosen, seen):
    figure = transformer.looks(WORDS, np.tri(4), chosen, "GPT")
    assert len(figure.axes[0].lines) == seen
    assert f"“{WORDS[chosen]}” may look at {seen} of 4" in texts(figure)


def test_what_is_hidden_by_the_mask_is_not_written():
    shown = texts(transformer.next_words(WORDS, np.tri(3)))
    assert [shown.count(word) for word in WORDS] == [3, 3, 2, 1]


@pytest.mark.parametrize(("step", "carried"), [(0, []), (2, ["GET /", "200"]), (9, None)])
def test_a_way_shows_the_hops_so_far(step, carried):
    shown = texts(service.request_way("ab", HOPS, step, down="b"))
    assert shown[:3] == ["a", "b", "down"]
    whole = [hop[2] for hop in HOPS]
    assert [text for text in shown[3:] if text] == (whole if carried is None else carried)


def test_no_lifeline_shows_through_a_label():
    figure = service.request_way("abc", [("a", "c", "over b", "request")])
    (label,) = (text for text in figure.axes[0].texts if text.get_text() == "over b")
    assert label.get_bbox_patch().get_facecolor() == to_rgba(CARD)


def test_a_lost_request_ends_in_a_cross():
    crosses = [
        sum(
            line.get_marker() == "x" for line in service.request_way("ab", HOPS, step).axes[0].lines
        )
        for step in (2, 3)
    ]
    assert crosses == [0, 1]


def test_a_server_stays_busy_until_it_has_responded_that_another_is_down():
    hops = [
        ("me", "gate", "GET /", "request"),
        ("gate", "down", "GET /", "lost"),
        ("gate", "me", "502", "error"),
    ]
    *_, gate, _ = service.request_way(["me", "gate", "down"], hops).axes[0].patches
    assert (gate.get_y(), gate.get_height()) == pytest.approx((2.2, 2))


def test_a_client_in_line_waits_before_it_is_served():
    figure = service.waiting_clients(LINE, 3, {3: (2, 1.5)}, {})
    spans = [(bar.get_x(), bar.get_width(), bar.get_y() + 0.36) for bar in figure.axes[0].patches]
    assert spans[-2:] == [(0, 1, 2), (1, 1, 2)]
