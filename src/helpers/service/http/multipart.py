"""The file in a form, ``multipart/form-data`` (RFC 7578), that has arrived whole."""

import re
from email.message import Message

from python_multipart.multipart import parse_options_header

from helpers.service.http.problems import Problem

#: A form that asks for one file has few fields.
MAX_PARTS = 16
#: In bytes; the heads of its parts are short too, and a megabyte of them takes a second to parse.
MAX_HEAD = 16_384

# As every client writes these two where nothing has to be quoted or encoded: a regular expression
# reads that in a tenth of the time. Whatever is written otherwise goes to the library.
_USUAL_TYPE = re.compile(r"multipart/form-data; ?boundary=([\w'()+,./:=?-]+)", re.ASCII)
_USUAL_FIELD = re.compile(
    rb'\r\nContent-Disposition: form-data; name="([^"\\\r\n]*)"(?:; filename="([^"\\\r\n]*)")?\r\n',
    re.IGNORECASE,
)


def file_in(form: bytes, content_type: str) -> tuple[bytes, str] | None:
    r"""Return the content and the name of the file in a form's field ``file``.

    A body is no larger than a picture may be, so it is split at its boundary at once. To feed
    it to a parser piece by piece takes longer than the network takes to read a digit.

    Parameters
    ----------
    form : bytes
        The whole body.
    content_type : str
        The request's header, which names the boundary.

    Returns
    -------
    (bytes, str) or None
        None if there is no such file.

    Raises
    ------
    Problem
        400 if the form is cut short or is none.

    Examples
    --------
    >>> head = b'Content-Disposition: form-data; name="file"; filename="7.png"'
    >>> form = b"--limit\r\n" + head + b"\r\n\r\nseven\r\n--limit--\r\n"
    >>> file_in(form, "multipart/form-data; boundary=limit")
    (b'seven', '7.png')
    """
    boundary = _boundary_in(content_type)
    if not boundary:
        raise _malformed()
    _, *parts = (b"\r\n" + form).split(b"\r\n--" + boundary, MAX_PARTS + 1)
    if not parts or not parts.pop().startswith(b"--"):
        raise _malformed()
    for part in parts:
        head, blank_line, content = part.partition(b"\r\n\r\n")
        if not blank_line or len(head) > MAX_HEAD:
            raise _malformed()
        field = _field(head)
        if b"name" not in field:
            raise _malformed()
        if field[b"name"] == b"file" and b"filename" in field:
            return content, field[b"filename"].decode(errors="replace")
    return None


def _boundary_in(content_type: str) -> bytes | None:
    if usual := _USUAL_TYPE.fullmatch(content_type):
        return usual[1].encode()
    return parse_options_header(content_type)[1].get(b"boundary")


def _field(head: bytes) -> dict[bytes, bytes]:
    """Return what the header ``Content-Disposition`` of a part says."""
    if usual := _USUAL_FIELD.match(head + b"\r\n"):
        name, filename = usual.groups()
        return {b"name": name} if filename is None else {b"name": name, b"filename": filename}
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-disposition":
            field = parse_options_header(value)[1]
            if b"filename" not in field and (given := _starred(value)):
                field[b"filename"] = given.encode()
            return field
    return {}


def _starred(value: bytes) -> str | None:
    """Return the name in ``filename*`` (RFC 5987), where some clients put what is not ASCII."""
    message = Message()
    message["Content-Disposition"] = value.decode("latin-1")
    return message.get_filename()


def _malformed() -> Problem:
    return Problem(
        "bad-form",
        en="The form is cut short or not multipart/form-data: send it again.",
        ko="폼(form)이 중간에 잘렸거나 multipart/form-data가 아닙니다. 다시 보내세요.",
    )
