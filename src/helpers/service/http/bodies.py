"""Pictures in the bodies of requests: in a form, or as the body itself."""

from typing import Any, NamedTuple

from fastapi import Request

from helpers.service.http.multipart import file_in
from helpers.service.http.problems import Problem

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
#: How OpenAPI describes the two kinds of body.
FORM: dict[str, Any] = {
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
RAW: dict[str, Any] = {"image/png": _BINARY, "image/jpeg": _BINARY}


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
                "picture-missing",
                en="The form needs a picture in its field `file`.",
                ko="폼(form)의 `file` 필드에 사진을 넣으세요.",
            )
        return _recognise(*found)
    if raw and kind in RAW:
        return _recognise(await request.body(), "")
    raise _not_a_picture()


def _recognise(data: bytes, name: str) -> Picture:
    if not data.startswith((_PNG, _JPEG)):
        raise _not_a_picture()
    return Picture(data, name, "png" if data.startswith(_PNG) else "jpeg")


def _not_a_picture() -> Problem:
    return Problem(
        "not-a-picture", en="Send a JPEG or PNG picture.", ko="JPEG나 PNG 사진을 보내세요."
    )
