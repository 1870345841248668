"""Which positions of an explorer are kept, and how its pictures are packed."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from helpers.course.frames import MOST, kept_positions
from helpers.course.tiles import NUM_COLOURS, pack, unpack


def test_few_positions_are_all_kept():
    kept = kept_positions({"row": range(8), "kind": "ab"}, {"row": 3, "kind": 0}, {})
    assert kept == {"row": [0, 1, 2, 3, 4, 5, 6, 7], "kind": [0, 1]}


@pytest.mark.parametrize("lengths", [(200,), (24, 6), (11, 11, 11), (3, 7, 8, 40)])
def test_many_are_thinned_evenly_and_the_start_stays(lengths):
    controls = {str(n): range(length) for n, length in enumerate(lengths)}
    chosen = {name: len(values) // 3 for name, values in controls.items()}
    kept = kept_positions(controls, chosen, {})
    assert MOST / 4 < math.prod(map(len, kept.values())) <= MOST
    for name, positions in kept.items():
        assert chosen[name] in positions
        assert len(set(np.diff(positions))) <= 1


def test_what_the_lesson_names_is_kept_and_the_start_with_it():
    controls = {"gate": range(0, 101, 10), "layer": ["LSTM", "GRU"]}
    kept = kept_positions(controls, {"gate": 9, "layer": 0}, {"gate": [100, 0]})
    assert kept == {"gate": [0, 9, 10], "layer": [0, 1]}


def test_names_that_no_control_has_and_too_many_positions_are_refused():
    with pytest.raises(ValueError, match="at most 64 positions"):
        kept_positions({"row": range(70)}, {"row": 0}, {"row": range(70)})
    with pytest.raises(ValueError, match="is not in list"):
        kept_positions({"row": range(7)}, {"row": 0}, {"row": [7]})


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def test_pictures_of_few_colors_come_back_exactly():
    rng = np.random.default_rng(0)
    colors = rng.integers(0, 256, (NUM_COLOURS - 8, 3), np.uint8)
    pictures = [
        colors[rng.integers(0, len(colors), shape)] for shape in ((70, 45), (32, 64), (1, 1))
    ]
    for before, after in zip(pictures, unpack(pack(list(map(png, pictures)))), strict=True):
        assert np.array_equal(before, after)


def test_many_colors_become_near_ones_and_thin_lines_keep_theirs():
    ramp = np.linspace(0, 255, 256).astype(np.uint8)
    picture = np.repeat(np.tile(ramp, (256, 1))[..., None], 3, axis=-1)
    picture[100, 100:120] = (213, 94, 0)
    (found,) = unpack(pack([png(picture)]))
    assert np.abs(found.astype(int) - picture).max() <= 12
    assert np.array_equal(found[100, 110], (213, 94, 0))


def test_a_tile_is_kept_once():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 2, (320, 320, 1), np.uint8).repeat(3, axis=-1) * 255
    moved = noise.copy()
    moved[:32, :32] = 128
    assert len(pack([png(noise), png(moved)] * 20)) < 1.1 * len(pack([png(noise)]))
