import base64

import pytest

PNG = b"\x89PNG\r\n\x1a\n"
HEADERS = {"Content-Type": "image/png"}


def test_a_body_at_the_limit_is_taken_and_one_over_it_is_not(serve):
    client = serve(max_body_bytes=1000)
    for size, status in ((1000, 422), (1001, 413)):
        body = PNG.ljust(size, b"\0")
        assert client.post("/digits", content=body, headers=HEADERS).status_code == status


def test_a_body_in_pieces_is_counted_too(serve):
    client = serve(max_body_bytes=1000)
    for count, status in ((9, 422), (11, 413)):
        pieces = iter([PNG.ljust(100, b"\0")] * count)
        assert client.post("/digits", content=pieces, headers=HEADERS).status_code == status


def test_every_answer_has_the_safe_headers(client):
    for path in ("/", "/health", "/nowhere", "/mnist-sample/100/a_label5.png"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers.get_list("content-security-policy") == [headers["content-security-policy"]]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer 열쇠 ".encode(),
        "Bearer key key",
        "Basic " + base64.b64encode(b"me:key").decode(),
        "key",
    ],
)
def test_without_the_token_nothing_is_given(serve, authorization):
    client = serve(token="key")
    headers = {"Authorization": authorization} if authorization else {}
    for path in (
        "/uploads",
        "/metrics",
        "/ready",
        "/openapi.json",
        "/docs",
        "/nowhere",
        "/static/a/b",
    ):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "key" not in answer.text
    assert client.post("/upload", headers=headers).status_code == 401


def test_with_the_token_everything_is_as_ever(serve):
    client = serve(token="key")
    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} key"}
        assert client.get("/uploads", headers=headers).json() == {"files": []}


def test_health_and_the_page_need_no_token(serve):
    client = serve(token="key")
    for path in ("/health", "/", "/static/style.css", "/favicon.ico"):
        assert client.get(path).status_code == 200
    assert client.get("/static/../uploads").status_code == 401
