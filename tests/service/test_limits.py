import base64
from functools import partial

import anyio
import pytest

from helpers.service.limits import IS_WHOLE, SMALL, LimitBody
from helpers.service.problems import Problem

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


#: What is not the service's own: names of others, and what is no name.
STRANGE_HOSTS = ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8000", "[::1", "a.b:c"]


@pytest.mark.parametrize(
    "host",
    ["localhost:8000", "127.0.0.1", "192.168.0.7:8000", "[::1]:8000", "vision:8000", "localhost."],
)
def test_names_that_no_stranger_can_own_are_taken(client, host):
    assert client.get("/uploads", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_under_a_strangers_name_nothing_is_given(client, host):
    for path in ("/uploads", "/", "/health"):
        answer = client.get(path, headers={"Host": host, "Accept-Language": "ko"})
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("이 서비스의 이름이 아닙니다.")


def test_names_of_its_own_are_settings(serve):
    client = serve(hosts="digits.example, Chat.Example", host="own.example")
    for host in ("digits.example:8000", "chat.example", "OWN.example:80"):
        assert client.get("/health", headers={"Host": host}).status_code == 200
    assert client.get("/health", headers={"Host": "other.example"}).status_code == 403


OWN = "http://testserver"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}]
)
def test_a_page_of_another_site_sets_no_work_going(serve, headers):
    client = serve(["uploads", "vision"])
    for path in ("/mosaic", "/mosaic/", "/mosaic?x=1", "/%6dosaic"):
        assert client.get(path, headers=headers).status_code == 403
        assert client.get(path).status_code == 200
    assert client.get("/uploads", headers=headers).status_code == 200  # which changes nothing


@pytest.mark.parametrize(
    ("headers", "is_taken"),
    [
        ({}, True),
        ({"Origin": OWN}, True),
        ({"Origin": OWN, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        # Behind a proxy that changes Host, the browser still says whose page it was.
        ({"Origin": "https://digits.example", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://testserver:3000", "Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://testserver:3000"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": OWN, "Sec-Fetch-Site": "cross-site"}, False),
    ],
)
def test_a_page_of_another_site_changes_nothing(client, photo, headers, is_taken):
    files = {"file": ("a.jpg", photo)}
    answer = client.post("/upload", files=files, headers={**headers, "Accept-Language": "ko"})
    assert answer.status_code == (200 if is_taken else 403)
    if not is_taken:
        assert answer.json()["detail"].startswith("다른 사이트의 페이지가")
    deleted = client.delete("/uploads/" + "0" * 64, headers=headers)
    assert deleted.status_code == (404 if is_taken else 403)
    assert client.get("/uploads", headers=headers).status_code == 200  # which it may not read
    assert len(client.get("/uploads").json()["files"]) == is_taken


def test_with_a_token_nobody_asks_where_it_comes_from(serve):
    client = serve(token="key")
    headers = {"Origin": "http://evil.example", "Host": "evil.example"}
    assert client.delete("/uploads/1", headers=headers).status_code == 401
    headers["Authorization"] = "Bearer key"
    assert client.delete("/uploads/1", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat", {"message": "안녕하세요"}),
        ("/mnist-sample", {"index": 7}),
        ("/digits", {"id": "0" * 64}),
    ],
)
def test_json_with_other_fields_is_refused(client, path, body):
    assert client.post(path, json=body).status_code in (200, 404)
    assert client.post(path, json=body | {"more": 1}).status_code == 422


# HEAD


@pytest.mark.parametrize("path", ["/", "/health", "/metrics", "/uploads", "/nowhere", "/upload"])
def test_head_is_get_without_the_body(client, path):
    got, headed = client.get(path), client.head(path)
    assert headed.status_code == got.status_code
    assert headed.content == b""
    changing = {"content-length"} if path == "/metrics" else set()
    changing.add("x-request-id")
    assert {k: v for k, v in headed.headers.items() if k not in changing} == {
        k: v for k, v in got.headers.items() if k not in changing
    }


def test_head_is_not_in_the_description(client):
    methods = {
        method for item in client.get("/openapi.json").json()["paths"].values() for method in item
    }
    assert methods == {"get", "post", "delete"}


# Bodies that are held


@pytest.mark.parametrize(("more", "is_watched"), [({IS_WHOLE: True}, False), ({}, True)])
def test_a_small_body_that_is_there_needs_no_watching(more, is_watched):
    given = []

    async def app(scope, receive, send):
        given.append(receive)

    limit = LimitBody(app, max_bytes=1000, seconds=10, max_held_bytes=1000)
    scope = {"type": "http", "headers": [(b"content-length", b"1000")], **more}
    anyio.run(limit, scope, "the server's", None)
    assert (given != ["the server's"]) == is_watched


def test_bodies_are_held_up_to_a_limit_and_small_ones_always():
    """The app waits with each body in hand."""
    most, refused = [], []

    async def app(scope, receive, send):
        await receive()
        most.append(limit.places.taken)
        await go_on.wait()

    limit = LimitBody(app, max_bytes=100_000, seconds=10, max_held_bytes=300_000)
    go_on = anyio.Event()

    async def ask(num_bytes, *, is_chunked=False):
        headers = [(b"transfer-encoding", b"chunked")] if is_chunked else []
        headers = headers or [(b"content-length", b"%d" % num_bytes)]

        async def receive():
            return {"type": "http.request", "body": bytes(num_bytes), "more_body": False}

        try:
            await limit({"type": "http", "headers": headers}, receive, None)
        except Problem as problem:
            refused.append((problem.status_code, problem.headers["Retry-After"], num_bytes))

    async def main():
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(ask, 100_000)
                group.start_soon(ask, 60_000)
            group.start_soon(partial(ask, 70_000, is_chunked=True))
            await anyio.wait_all_tasks_blocked()
            go_on.set()

    anyio.run(main)
    assert max(most) == 300_000
    assert refused == [(503, "1", 100_000), (503, "1", 70_000)]
    assert limit.places.taken == 0


@pytest.mark.parametrize(("length", "code"), [(SMALL - 30, None), (SMALL + 1, 1009)])
def test_a_socket_takes_short_messages_whatever_bodies_may_have(serve, length, code):
    with serve(["chat"]).websocket_connect("/chat") as socket:
        socket.send_text("[" * length)
        said = socket.receive()
    assert said.get("code") == code
