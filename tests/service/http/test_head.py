import pytest


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
