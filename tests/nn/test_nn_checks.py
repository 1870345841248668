import re

import numpy as np
import pytest

from helpers.nn import checks


def test_a_shape_that_fits_comes_back_as_an_array():
    x = np.zeros((2, 5, 3))
    assert checks.check_shape("x", x, "N T I", I=3) is x
    assert checks.check_shape("x", [[1, 2]], "N I").shape == (1, 2)
    assert checks.check_shape("x", x, "N 5 I") is checks.check_shape("x", x, "... I", I=3) is x
    assert checks.check_shape("x", np.zeros(3), "... I", I=3).shape == (3,)
    assert checks.check_shape("w", np.zeros((3, 12)), "units 4*units").shape == (3, 12)


@pytest.mark.parametrize(
    ("shape", "axes", "sizes", "wanted"),
    [
        ((5, 3), "N H W C", {}, "(N, H, W, C)"),
        ((5, 3), "N I", {"I": 4}, "(N, 4)"),
        ((5, 3), "... I", {"I": 4}, "(..., 4)"),
        ((), "... I", {}, "(..., I)"),
        ((3,), "F", {"F": 2}, "(2,)"),
        ((2, 3), "T T", {}, "(T, T)"),
        ((3, 12), "units 3*units", {}, "(units, 3*units)"),
        ((3, 12), "units 3*units", {"units": 3}, "(3, 9)"),
        ((13,), "4*units", {}, "(4*units,)"),
        ((2, 0, 3), "N T I", {}, "(N, T, I)"),
    ],
)
def test_error_says_what_is_wanted_and_what_came(shape, axes, sizes, wanted, monkeypatch):
    message = {
        "en": f"x must have the shape {wanted}, not {shape}.",
        "ko": f"x의 모양은 {wanted}여야 합니다. 받은 모양: {shape}",
    }
    for language, sentence in message.items():
        monkeypatch.setenv("COURSE_LANG", language)
        with pytest.raises(ValueError, match=re.escape(sentence)):
            checks.check_shape("x", np.zeros(shape), axes, **sizes)


def test_floats_are_kept_and_whole_numbers_become_floats():
    for dtype, wanted in ((np.uint8, "float32"), (np.float32, "float32"), (int, "float64")):
        assert checks.as_float_array(np.zeros(2, dtype)).dtype == wanted
    x = np.zeros(2, np.float32)
    assert checks.as_float_array(x) is x
