import httpx
import pytest
from python_multipart.multipart import parse_options_header

from helpers.service.http.multipart import MAX_PARTS, _boundary_in, _field, file_in
from helpers.service.http.problems import Problem

FILE = b'Content-Disposition: form-data; name="file"; filename="7.png"\r\n\r\n'
OTHER = b'Content-Disposition: form-data; name="other"\r\n\r\n'


def form(*parts, end=b"--b--\r\n"):
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


def read(body):
    return file_in(body, "multipart/form-data; boundary=b")


@pytest.mark.parametrize("name", ["7.png", "숫자.png", 'a"b;c.png', "x" * 4000])
@pytest.mark.parametrize(
    "content", [b"", b"seven", b"\r\n\r\n--\r\n--c\r\n", bytes(range(256)) * 999]
)
def test_what_a_client_encodes_is_what_comes_out(name, content):
    sent = httpx.Request("POST", "http://x", data={"other": "1"}, files={"file": (name, content)})
    sent.read()
    found, given = file_in(sent.content, sent.headers["content-type"])
    assert found == content
    assert given.replace("%22", '"') == name


def test_other_fields_a_preamble_and_an_epilogue_are_passed_over():
    body = b"before\r\n" + form(OTHER + b"1", FILE + b"seven", OTHER + b"2") + b"after"
    assert read(body) == (b"seven", "7.png")
    assert read(form(OTHER + b"1")) is None
    assert read(form()) is None


@pytest.mark.parametrize("name", ["7.png", "", "a b;c=d'.png", "숫자.png", "%22.png", "C:/7.png"])
@pytest.mark.parametrize("boundary", ["b", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "a'()+,-./:=?"])
def test_the_usual_form_is_read_as_the_library_reads_it(name, boundary):
    said = f'form-data; name="file"; filename="{name}"'.encode()
    kind = f"multipart/form-data; boundary={boundary}"
    library = parse_options_header(said)[1]
    assert _field(b"\r\nContent-Disposition: " + said) == library
    assert _boundary_in(kind) == parse_options_header(kind)[1].get(b"boundary")


def test_the_header_may_be_written_in_any_way():
    head = (
        b"Content-Type: image/png\r\nCONTENT-disposition:form-data;filename=7.png;name=file\r\n\r\n"
    )
    assert read(form(head + b"seven")) == (b"seven", "7.png")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b"filename*=UTF-8''%EC%88%AB%EC%9E%90%207.png", "숫자 7.png"),
        (b"filename*=utf-8'ko'7.png", "7.png"),
        (b"filename*=ISO-8859-1''%e9.png", "é.png"),
        (b"filename*=\"UTF-8''7.png\"", "7.png"),
        (b"filename*=UTF-8''%ff.png", "\ufffd.png"),
        (b"filename*=klingon''7.png", "7.png"),
        (b"filename*=7.png", "7.png"),
        (b"filename*=UTF-8''8.png; filename=\"7.png\"", "7.png"),
    ],
)
def test_a_name_may_be_written_with_a_star(written, name):
    head = FILE.replace(b'filename="7.png"', written)
    assert read(form(head + b"seven")) == (b"seven", name)


def test_a_name_that_is_no_text_is_made_one():
    head = FILE.replace(b"7", b"\xff\x00")
    _, name = read(form(head))
    assert name.encode() == "\ufffd\0.png".encode()


@pytest.mark.parametrize("cut", range(1, len(form(FILE + b"seven")) - len(b"\r\n")))
def test_a_form_that_is_cut_anywhere_is_refused(cut):
    whole = form(FILE + b"seven")
    with pytest.raises(Problem, match="cut short"):
        read(whole[:cut])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--bc\r\n" + FILE + b"x\r\n--bc--\r\n",
        form(b"no header"),
        form(b"Content-Type: image/png\r\n\r\nx"),
        form(b"Content-Disposition: form-data\r\n\r\nx"),
        form(*[OTHER] * (MAX_PARTS + 1), FILE),
        b"--b\r\n" * 10_000,
    ],
)
def test_a_form_that_is_none_is_refused(body):
    with pytest.raises(Problem) as refused:
        read(body)
    assert refused.value.status_code == 400


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_boundary_is_asked_for(kind):
    with pytest.raises(Problem):
        file_in(form(FILE), kind)


def test_a_head_may_be_long_but_no_novel():
    head = FILE.replace(b"7.png", b"7" * 16_000)
    assert read(form(head + b"seven"))[0] == b"seven"
    with pytest.raises(Problem):
        read(form(head.replace(b"7", b";" * 100) + b"seven"))
