"""The result of an inspection: what was found in a picture's file, or why it is refused."""

from typing import NamedTuple


class Refused(ValueError):
    """A file that must not reach a decoder; `en` and `ko` say why, without the file's name."""

    def __init__(self, en: str, ko: str) -> None:
        super().__init__(en)
        self.en, self.ko = en, ko


class Inspection(NamedTuple):
    """What was found in a picture's file.

    Attributes
    ----------
    data : bytes
        The file, rewritten with only what a decoder needs.
    width, height : int
        In pixels, as stored, before the orientation is applied.
    orientation : int
        1 to 8, as in EXIF; 1 is upright.
    is_grey, is_transparent : bool
        Whether it is a PNG without colour, and whether a PNG may have transparent pixels.
    depth : int
        Bits per sample, 1 to 16.
    compressed : list of memoryview
        The compressed data of a PNG.
    num_bytes : int
        The size of `compressed` after decompression.
    """

    data: bytes
    width: int
    height: int
    orientation: int = 1
    is_grey: bool = False
    is_transparent: bool = False
    depth: int = 8
    compressed: list[memoryview] = []  # noqa: RUF012 - never changed
    num_bytes: int = 0


def not_a_picture() -> Refused:
    """Return the refusal of a file of another kind."""
    return Refused(
        "is not a JPEG or PNG photo: save it as one of these two.",
        "JPEG나 PNG 사진이 아닙니다. 둘 중 하나로 저장하세요.",
    )


def damaged() -> Refused:
    """Return the refusal of a file that breaks its format's rules."""
    return Refused(
        "is damaged or cut short: copy or take it again.",
        "손상되었거나 중간에 잘린 사진입니다. 다시 복사하거나 찍으세요.",
    )
