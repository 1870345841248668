"""Pictures in fewer bytes, so that a notebook stays light."""

import io

import numpy as np
from PIL import Image

from helpers.vision.pictures import decode

#: What no eye tells apart: the largest difference of a pixel, of 255 levels.
UNSEEN = 8


def lighten(png: bytes) -> bytes:
    """Write a picture with 256 colours in place of millions, where that can't be seen.

    The colour of its corner, which is its ground, stays just as it is.

    Parameters
    ----------
    png : bytes
        A PNG file without transparency.

    Returns
    -------
    bytes
        A PNG file with a palette, or `png` itself where a pixel would differ by more than `UNSEEN`
        levels or nothing would be saved.

    Examples
    --------
    >>> noise = np.random.default_rng(0).integers(256, size=(64, 64, 1), dtype=np.uint8)
    >>> file = io.BytesIO()
    >>> Image.fromarray(noise.repeat(3, axis=2)).save(file, "png", compress_level=0)
    >>> light = lighten(file.getvalue())
    >>> len(light) < len(file.getvalue()) / 2, bool((decode(light) == noise).all())
    (True, True)
    """
    pixels = decode(png)
    small = Image.fromarray(pixels).quantize(
        256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    palette, ground = np.reshape(small.getpalette() or [], (-1, 3)), pixels[0, 0]
    palette[np.abs(palette - ground.astype(int)).sum(axis=1).argmin()] = ground
    small.putpalette(palette.ravel().tolist())
    differences = np.abs(np.asarray(small.convert("RGB"), int) - pixels)
    file = io.BytesIO()
    small.save(file, "png", optimize=True)
    light = file.getvalue()
    return light if differences.max() <= UNSEEN and len(light) < len(png) else png
