import json
import logging
import re
import sys

import pytest

from helpers.service.logs import Json, Plain, clean, request_id

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d"
#: What would be lines, colours and another direction of writing if it came through.
EVIL = "a\n2026-01-01T00:00:00.000+00:00 INFO forged\r\x1b[31m\x9b2J\u2028\u202e\x00\ud800"


def record(message, *args, error=None, **extra):
    made = logging.LogRecord("helpers.x", logging.ERROR, __file__, 1, message, args, error)
    made.__dict__.update(extra)
    return made


def raised(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


@pytest.fixture
def named():
    before = request_id.set("4f2a")
    yield
    request_id.reset(before)


def test_a_line_says_when_how_serious_which_part_what_and_in_which_request(named):
    line = Plain("vision").format(record("%d pictures", 2))
    assert re.fullmatch(TIME + r" ERROR   vision: 2 pictures id=4f2a", line)


def test_outside_of_requests_and_of_parts_a_line_is_shorter():
    assert re.fullmatch(TIME + " ERROR   안녕", Plain().format(record("안녕")))


def test_what_a_client_sends_cannot_forge_a_line():
    line = Plain().format(record("%s", EVIL))
    assert line.isprintable()
    assert "\\n2026-01-01T" in line


def test_what_an_error_says_cannot_forge_a_line_either():
    first, *below = Plain().format(record("x", error=raised(ValueError(EVIL)))).split("\n")
    assert re.match(TIME, first)
    assert below[0] == "    Traceback (most recent call last):"
    assert all(line.startswith("    ") and line.isprintable() for line in below)


def test_json_lines_parse_whatever_is_in_them(named):
    request = {"method": "GET", "path": EVIL, "status": 500, "ms": 0.5}
    line = Json("chat").format(record("%s", EVIL, error=raised(ValueError(EVIL)), request=request))
    assert line.isascii()
    assert line.isprintable()
    said = json.loads(line)
    assert re.fullmatch(TIME, said["time"])
    assert said["traceback"].count("Traceback") == 1
    assert said["message"] == EVIL
    del said["time"], said["traceback"], said["message"]
    assert said == {"level": "ERROR", "part": "chat", **request, "request_id": "4f2a"}


def test_json_leaves_out_what_there_is_not():
    assert set(json.loads(Json().format(record("x")))) == {"time", "level", "message"}


@pytest.mark.parametrize("text", ["", "plain", "안녕하세요 / é"])
def test_what_is_printable_stays(text):
    assert clean(text) == text
