"""Diagrams of lessons 16 and 17: processes, the way of a request, and who waits for whom."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from helpers.diagrams.card import (
    ACTIVATIONS,
    INPUT,
    TEXT,
    WEIGHTS,
    WRONG,
    Ink,
    draw_arrow,
    draw_frame,
    new_card,
)
from helpers.plots import CARD
from helpers.reader import say

_PALE = "#d9d7d0"
_BETWEEN = 6.2  # cells from one lifeline to the next
_INKS = {"request": INPUT, "response": ACTIVATIONS, "error": WRONG, "lost": WRONG}


def processes() -> plt.Figure:
    """Draw a client before a monolith, and before microservices behind a gateway.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = processes()
    >>> [text.get_text() for text in figure.axes[0].texts].count(say("client", "클라이언트"))
    2
    >>> plt.close(figure)
    """
    figure, axis = new_card(25, 9.4)
    client, gateway = say("client", "클라이언트"), say("gateway", "게이트웨이")
    uploads, vision = say("uploads", "업로드"), say("vision", "비전")
    axis.text(0, -0.6, say("monolith: one process", "모놀리스: 프로세스 하나"), color=TEXT)
    _draw_box(axis, client, 2, 1)
    draw_frame(axis, 0, 3.2, 9.6, 4.6, ACTIVATIONS)
    _draw_box(axis, uploads, 2.5, 5.5)
    _draw_box(axis, vision, 7.1, 5.5)
    draw_arrow(axis, (2.5, 1.6), (2.5, 4.8))
    draw_arrow(axis, (2.9, 1.6), (6.9, 4.8))
    draw_arrow(axis, (5.4, 5.5), (4.2, 5.5))
    axis.text(4.8, 7.2, say("calls are function calls", "함수로 부름"),
              ha="center", va="center", size=9, color=TEXT)  # fmt: skip
    title = say("microservices: a process each", "마이크로서비스: 저마다 프로세스 하나")
    axis.text(12.4, -0.6, title, color=TEXT)
    _draw_box(axis, client, 14, 1)
    for name, x, y in ((gateway, 14.2, 4.2), (uploads, 17, 7), (vision, 22.6, 7)):
        _draw_box(axis, name, x, y)
        draw_frame(axis, x - 1.9, y - 0.9, 3.8, 1.8, ACTIVATIONS)
    draw_arrow(axis, (14.1, 1.6), (14.1, 3.3))
    draw_arrow(axis, (15.2, 5.1), (16.2, 6.1))
    draw_arrow(axis, (16.1, 4.6), (21.6, 6.1))
    draw_arrow(axis, (20.7, 7), (18.9, 7))
    axis.text(20.8, 8.5, say("calls are requests", "요청으로 물음"),
              ha="center", va="center", size=9, color=TEXT)  # fmt: skip
    return figure


def request_way(
    servers: Sequence[str],
    hops: Sequence[tuple[str, str, str, str]],
    step: int | None = None,
    down: str | None = None,
) -> plt.Figure:
    """Draw who sends what to whom, from top to bottom: the way of a request and back.

    Parameters
    ----------
    servers : sequence of str
        The client and the servers, from left to right.
    hops : sequence of (str, str, str, str)
        From, to, what is carried, and its kind: ``"request"``, ``"response"``, ``"error"`` or
        ``"lost"``, a request that nobody takes.
    step : int, optional
        Draw the way so far, after this many hops; else all of it.
    down : str, optional
        A server that does not run.

    Returns
    -------
    Figure

    Examples
    --------
    >>> hops = [("a", "b", "GET /", "request"), ("b", "a", "200", "response")]
    >>> figure = request_way("ab", hops, step=1)
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_text()]
    ['a', 'b', 'GET /']
    >>> plt.close(figure)
    """
    num_done = len(hops) if step is None else min(step, len(hops))
    place = {name: 1.9 + _BETWEEN * number for number, name in enumerate(servers)}
    figure, axis = new_card(_BETWEEN * (len(servers) - 1) + 3.8, len(hops) + 2.8)
    bottom = len(hops) + 2
    for name, x in place.items():
        axis.plot([x, x], [0.6, bottom], color=_PALE, linewidth=1.5, zorder=0)
        is_down = name == down
        _draw_box(axis, name, x, -0.1, WRONG if is_down else None)
        if is_down:
            _draw_label(axis, say("down", "꺼짐"), x, 0.95, WRONG)
    open_since: dict[str, float] = {servers[0]: 1.5}
    for number, (start, end, text, kind) in enumerate(hops[:num_done]):
        y, ink = 2.2 + number, _INKS[kind]
        is_last = number == num_done - 1
        if kind == "request":
            open_since[end] = y
        elif kind != "lost" and start in open_since and start != servers[0]:
            _draw_activity(axis, place[start], open_since.pop(start), y)
        _draw_hop(axis, place[start], place[end], y, ink, is_last, kind == "lost")
        _draw_label(axis, text, (place[start] + place[end]) / 2, y - 0.36, ink)
    for name, since in open_since.items():
        _draw_activity(axis, place[name], since, 1.7 + num_done)
    return figure


def timeline(
    rows: Sequence[tuple[str, Sequence[tuple[float, float, str]]]], axis: Axes | None = None
) -> Axes:
    """Draw in a row for each name when it worked and when it waited.

    Parameters
    ----------
    rows : sequence of (str, sequence of (float, float, str))
        A name and its spans: start and end in seconds, and ``"works"`` or ``"waits"``.
    axis : Axes, optional
        Where to draw; else in a figure of its own.

    Returns
    -------
    Axes

    Examples
    --------
    >>> axis = timeline([("a", [(0, 1, "works")]), ("b", [(0.2, 1, "waits")])])
    >>> len(axis.patches)
    2
    >>> plt.close(axis.figure)
    """
    if axis is None:
        _, axis = plt.subplots(figsize=(7, 0.9 + 0.35 * len(rows)))
    looks: dict[str, dict[str, Any]] = {
        "works": {"facecolor": ACTIVATIONS.color, "edgecolor": "white"},
        "waits": {"facecolor": _PALE, "edgecolor": "#777777", "hatch": "///"},
    }
    for row, (_, spans) in enumerate(rows):
        for start, end, kind in spans:
            corner, width = (start, row - 0.36), end - start
            axis.add_patch(Rectangle(corner, width, 0.72, linewidth=0.5, **looks[kind]))
    last = max(end for _, spans in rows for _, end, _ in spans)
    axis.set(xlim=(0, 1.02 * last), ylim=(len(rows) - 0.4, -0.6))
    axis.set_yticks(range(len(rows)), [name for name, _ in rows])
    axis.set_xlabel(say("seconds", "초"))
    names = {"works": say("works", "일함"), "waits": say("waits", "기다림")}
    axis.legend(
        handles=[Patch(label=names[kind], **look) for kind, look in looks.items()],
        ncols=2, loc="lower right", bbox_to_anchor=(1, 1), frameon=False, fontsize=9,
    )  # fmt: skip
    return axis


def waiting_clients(
    photos: Sequence[tuple[int, float, float, float]],
    num_clients: int,
    model: Mapping[int, tuple[float, float]],
    measured: Mapping[int, tuple[float, float]],
) -> plt.Figure:
    """Draw clients standing in line, and how many photos a second and what wait that makes.

    Parameters
    ----------
    photos : sequence of (int, float, float, float)
        For each photo its client, counted from 0, and when it was sent, begun and done.
    num_clients : int
        How many clients there are.
    model, measured : mapping from int to (float, float)
        By number of clients the photos per second and the latency in seconds.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = waiting_clients([(0, 0, 0, 1), (1, 0, 1, 2)], 2, {2: (1, 1.5)}, {})
    >>> len(figure.axes)
    3
    >>> plt.close(figure)
    """
    rows: list[tuple[str, list[tuple[float, float, str]]]] = [
        (str(client + 1), []) for client in range(num_clients)
    ]
    for client, sent, begun, done in photos:
        rows[client][1].extend([(sent, begun, "waits"), (begun, done, "works")])
    figure, axes = plt.subplot_mosaic(
        [["line", "line"], ["speed", "latency"]],
        figsize=(8, 4.9), height_ratios=[max(2.2, 0.16 * num_clients), 2],
    )  # fmt: skip
    timeline(rows, axes["line"])
    axes["line"].set(xlim=(0, 1.02 * max(done for *_, done in photos)))
    axes["line"].set_ylabel(say("client", "클라이언트"))
    if num_clients > 8:
        axes["line"].set_yticks([0, num_clients - 1], ["1", str(num_clients)])
    titles = {"speed": say("photos a second", "초당 사진 수")}
    titles["latency"] = say("latency in seconds", "지연 시간(초)")
    for number, (name, title) in enumerate(titles.items()):
        axis = axes[name]
        axis.plot(list(model), [pair[number] for pair in model.values()], "-",
                  color=ACTIVATIONS.color, label=say("computed", "계산한 값"))  # fmt: skip
        axis.plot(list(measured), [pair[number] for pair in measured.values()], "s",
                  color=INPUT.color, label=say("measured", "잰 값"))  # fmt: skip
        axis.axvline(num_clients, color=TEXT, linestyle=":", linewidth=1)
        axis.plot(num_clients, model[num_clients][number], "o", color=WEIGHTS.color, ms=12,
                  mfc="none", mew=2, label=say("the clients above", "위의 클라이언트"))  # fmt: skip
        axis.set(title=title, xlabel=say("clients", "클라이언트"), xlim=(0, max(model) + 0.5))
        axis.set_ylim(0, 1.15 * axis.get_ylim()[1])
        axis.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    axes["latency"].legend(fontsize=9, loc="upper left", frameon=False)
    return figure


def _draw_box(axis: Axes, name: str, x: float, y: float, ink: Ink | None = None) -> None:
    """Draw a name in a box around (x, y)."""
    colour, line = (ink.color, ink.linestyle) if ink else (TEXT, "-")
    box = Rectangle((x - 1.7, y - 0.6), 3.4, 1.2, facecolor="white", linewidth=1.2)
    box.set(edgecolor=colour, linestyle=line)
    axis.add_patch(box)
    axis.text(x, y, name, ha="center", va="center", size=10, color=colour)


def _draw_label(axis: Axes, text: str, x: float, y: float, ink: Ink) -> None:
    """Draw a text around (x, y); no lifeline shows through it."""
    ground = {"facecolor": CARD, "edgecolor": "none", "pad": 0}
    axis.text(x, y, text, ha="center", va="center", size=9, color=ink.color, bbox=ground)


def _draw_activity(axis: Axes, x: float, start: float, end: float) -> None:
    axis.add_patch(
        Rectangle((x - 0.13, start), 0.26, end - start, facecolor="white", edgecolor=TEXT, zorder=2)
    )


def _draw_hop(
    axis: Axes, start: float, end: float, y: float, ink: Ink, is_last: bool, is_lost: bool
) -> None:
    side = np.sign(end - start)
    tip = (end - (1.0 if is_lost else 0.18) * side, y)
    arrow = {"arrowstyle": "->", "color": ink.color, "linestyle": ink.linestyle,
             "linewidth": 2.6 if is_last else 1.3, "shrinkA": 0, "shrinkB": 0}  # fmt: skip
    axis.annotate("", tip, (start + 0.15 * side, y), arrowprops=arrow)
    if is_lost:
        axis.plot(end - 0.6 * side, y, "x", color=ink.color, markersize=9, markeredgewidth=2.5)
