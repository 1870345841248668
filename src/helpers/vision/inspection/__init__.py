"""The inspection of a picture's file, by its format's rules, before a decoder sees it.

A PNG is a sequence of chunks and a JPEG a sequence of segments, each with a type and a length. A
decoder that reads of a chunk of 4 GB allocates 4 GB, so types, lengths, checksums, order and size
are checked here first. The decoder then gets a file rewritten with only what it needs: no text,
no colour profile, no thumbnail, and nothing after the picture's end.
"""

import struct

from helpers.vision.inspection.jpeg import JPEG, inspect_jpeg
from helpers.vision.inspection.png import PNG, inflates_to, inspect_png, png_size
from helpers.vision.inspection.result import Inspection, Refused, damaged, not_a_picture

__all__ = ["JPEG", "PNG", "Inspection", "Refused", "damaged", "inflates_to", "inspect", "png_size"]


def inspect(data: bytes) -> Inspection:
    """Check a picture's file without decoding it.

    Parameters
    ----------
    data : bytes
        The bytes of a JPEG or PNG file.

    Returns
    -------
    Inspection

    Raises
    ------
    Refused
        If it is neither, breaks its format's rules, is animated, or is of a kind that is not
        decoded: lossless, arithmetic or hierarchical JPEG, or one without 8 bits per colour.

    Examples
    --------
    >>> import cv2, numpy as np
    >>> file = cv2.imencode(".png", np.zeros((48, 64), np.uint8))[1].tobytes()
    >>> found = inspect(file + b"<script>")
    >>> found.width, found.height, found.is_grey, found.data == file
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
