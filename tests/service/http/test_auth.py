import base64

import pytest


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
