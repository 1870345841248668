"""One strict look at a picture's file, by its format's own rules, before a decoder sees it.

A PNG is a row of chunks and a JPEG a row of segments, each with a name and a length. A decoder
that is told of a chunk of 4 GB reserves 4 GB, so names, lengths, checksums, order and size are
checked here first. The decoder then gets a file written anew from what it needs and nothing
else: no text, no colour profile, no thumbnail, and nothing after the picture's end.
"""

import struct

from helpers.vision.inspection.jpeg import JPEG, inspect_jpeg
from helpers.vision.inspection.look import Look, Refused, damaged, not_a_picture
from helpers.vision.inspection.png import PNG, inspect_png, png_size, unfolds_to

__all__ = ["JPEG", "PNG", "Look", "Refused", "damaged", "inspect", "png_size", "unfolds_to"]


def inspect(data):
    """Look at what is in a picture's file, without decoding it.

    Parameters
    ----------
    data : bytes
        What is in a JPEG or PNG file.

    Returns
    -------
    Look

    Raises
    ------
    Refused
        If it is neither, breaks its format's rules, is animated, or is of a kind that is not
        decoded: lossless, arithmetic or hierarchical JPEG, or not 8 bits a colour.

    Examples
    --------
    >>> import cv2, numpy as np
    >>> file = cv2.imencode(".png", np.zeros((48, 64), np.uint8))[1].tobytes()
    >>> look = inspect(file + b"<script>")
    >>> look.width, look.height, look.is_grey, look.data == file
    (64, 48, True, True)
    """
    try:
        if data.startswith(PNG):
            return inspect_png(data)
        if data.startswith(JPEG):
            return inspect_jpeg(data)
    except (struct.error, IndexError):  # the file ends within a header
        raise damaged() from None
    raise not_a_picture()
