"""What a strict look at a picture's file finds, or why the file is refused."""

import struct
from typing import NamedTuple


class Refused(ValueError):
    """A file that no decoder must see; `en` and `ko` say why, without the file's name."""

    def __init__(self, en, ko):
        super().__init__(en)
        self.en, self.ko = en, ko


class Look(NamedTuple):
    """What a strict look has found.

    Attributes
    ----------
    data : bytes
        The file, written anew from what a decoder needs.
    width, height : int
        In pixels, as stored: before the picture is turned upright.
    orientation : int
        1 to 8, as EXIF has it; 1 is upright.
    is_grey, is_transparent : bool
        Whether it is a PNG without colour; whether a PNG may have pixels that are not opaque.
    depth : int
        Bits a sample: 1 to 16.
    packed : list of memoryview
        The compressed data of a PNG.
    num_bytes : int
        What `packed` must unfold to.
    """

    data: bytes
    width: int
    height: int
    orientation: int = 1
    is_grey: bool = False
    is_transparent: bool = False
    depth: int = 8
    packed: list = []  # noqa: RUF012 - never changed
    num_bytes: int = 0


def not_a_picture():
    """Return the refusal of a file of another kind."""
    return Refused(
        "is not a JPEG or PNG photo: save it as one of these two.",
        "JPEG나 PNG 사진이 아닙니다. 둘 중 하나로 저장하세요.",
    )


def damaged():
    """Return the refusal of a file that breaks its format's rules."""
    return Refused(
        "is damaged or cut short: copy or take it again.",
        "손상되었거나 중간에 잘린 사진입니다. 다시 복사하거나 찍으세요.",
    )


def orientation_in(exif):
    """Read a picture's orientation from its EXIF data.

    Only the first directory is looked at: what else is in there, such as a thumbnail with a
    size and an orientation of its own, does not count.

    Parameters
    ----------
    exif : bytes
        The data from its TIFF header on.

    Returns
    -------
    int
        1 to 8; 1, which is upright, where it does not say so properly.

    Source: CIPA DC-008 (EXIF 2.32), 4.6.2 and 4.6.4 A.

    Examples
    --------
    >>> orientation_in(b"MM" + bytes.fromhex("002a00000008 0001 0112 0003 00000001 00060000"))
    6
    """
    order = {b"II": "<", b"MM": ">"}.get(bytes(exif[:2]))
    if order is None:
        return 1
    try:
        magic, at = struct.unpack_from(order + "HI", exif, 2)
        (num_entries,) = struct.unpack_from(order + "H", exif, at)
        for n in range(num_entries if magic == 42 else 0):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", exif, at + 2 + 12 * n)
            if tag == 0x0112:
                return value if (kind, count) == (3, 1) and 1 <= value <= 8 else 1
    except struct.error:  # it ends within an entry
        pass
    return 1
