import pytest

from helpers.service.http.websocket_limits import MAX_MESSAGE


@pytest.mark.parametrize(("length", "code"), [(MAX_MESSAGE - 30, None), (MAX_MESSAGE + 1, 1009)])
def test_a_socket_takes_short_messages_whatever_bodies_may_have(serve, length, code):
    with serve(["chat"]).websocket_connect("/chat") as socket:
        socket.send_text("[" * length)
        said = socket.receive()
    assert said.get("code") == code
