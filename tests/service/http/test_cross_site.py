import pytest

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
