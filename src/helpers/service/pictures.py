"""Pictures in the bodies of requests, in a form or raw, and of answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import cv2
from fastapi import Request

from helpers.service.http.multipart import file_in
from helpers.service.http.problems import Problem
from helpers.service.workers import give_back_memory
from helpers.vision.pictures import size_of

#: From how many pixels on the memory of a picture is worth giving back.
LARGE = 1_000_000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
FORM = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {
                    "type": "string",
                    "format": "binary",
                    "description": "A JPEG or PNG picture.",
                }
            },
        },
        "encoding": {"file": {"contentType": "image/png, image/jpeg"}},
    }
}
RAW = {"image/png": _BINARY, "image/jpeg": _BINARY}


class Picture(NamedTuple):
    """What a client sent: bytes that begin as a picture does."""

    data: bytes
    name: str
    kind: str


def media_type(request: Request) -> str:
    """Return the type of a request's body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def picture_in(request: Request, *, raw: bool = True) -> Picture:
    """Return the picture in a form's field ``file`` or, if `raw`, in the body itself.

    Raises
    ------
    Problem
        415 if it is no JPEG or PNG, by its type or by its first bytes; 422 if the form has no
        file.
    """
    kind = media_type(request)
    if kind == "multipart/form-data":
        found = file_in(await request.body(), request.headers["content-type"])
        if found is None:
            raise Problem(
                422,
                en="The form needs a picture in its field `file`.",
                ko="폼(form)의 `file` 필드에 사진을 넣으십시오.",
            )
        return _recognise(*found)
    if raw and kind in RAW:
        return _recognise(await request.body(), "")
    raise _unsupported()


@contextmanager
def opened(data: bytes, max_pixels: int) -> Iterator[tuple[int, int] | None]:
    """Give (width, height) from a picture's header to a block that works on it; None if broken.

    Behind the block the memory that a large picture took is given back: nothing that the block
    does should be held by it any longer, so it had better be one call.

    Raises
    ------
    Problem
        413 if there are more than `max_pixels`.
    """
    size = size_of(data)
    num_pixels = size[0] * size[1] if size else 0
    if num_pixels > max_pixels:
        raise Problem(
            413,
            en=f"The picture has {num_pixels:,} pixels ({size[0]}x{size[1]}); {max_pixels:,} is "
            "the most: make it smaller first.",
            ko=f"사진이 {num_pixels:,}픽셀({size[0]}x{size[1]})입니다. {max_pixels:,}픽셀 이하로 "
            "먼저 줄이세요.",
        )
    try:
        yield size
    finally:
        if num_pixels > LARGE:
            give_back_memory()


def encode(picture, kind: str) -> bytes:
    """Turn a picture, (H, W) grey or (H, W, 3) RGB uint8, into a file: ``png`` or ``jpeg``."""
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return cv2.imencode(f".{kind}", picture)[1].tobytes()


def _recognise(data, name):
    if not data.startswith((_PNG, _JPEG)):
        raise _unsupported()
    return Picture(data, name, "png" if data.startswith(_PNG) else "jpeg")


def _unsupported():
    return Problem(415, en="Send a JPEG or PNG picture.", ko="JPEG나 PNG 사진을 보내십시오.")
