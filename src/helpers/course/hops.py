"""The way of a request through several servers of one process, hop by hop, for lesson 16."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from helpers.reader import say

#: From, to, what is carried, and the kind: request, response, error or lost.
Hop = tuple[str, str, str, str]


@contextmanager
def recorded(client: httpx.Client, caller: str, servers: Mapping[str, str]) -> Iterator[list[Hop]]:
    """Note each hop that a client carries while a block lasts, in the order in time.

    The servers run in threads of this process and ask each other with the same client, one at a
    time, as in lesson 16.

    Parameters
    ----------
    client : httpx.Client
        Its event hooks are set for the block and empty afterwards.
    caller : str
        The name of who asks in this thread.
    servers : mapping from str to str
        Names of the servers, and their addresses such as ``"http://127.0.0.1:8000"``.

    Yields
    ------
    list of (str, str, str, str)
        From, to, what is carried, and ``"request"``, ``"response"``, ``"error"`` (a status of 400
        or more) or ``"lost"``: a request without a response. It is whole after the block.

    Examples
    --------
    >>> transport = httpx.MockTransport(lambda request: httpx.Response(200, content=b"hello"))
    >>> with httpx.Client(transport=transport) as client:
    ...     with recorded(client, "me", {"server": "http://127.0.0.1:8000"}) as hops:
    ...         _ = client.get("http://127.0.0.1:8000/greet")
    >>> hops[0]
    ('me', 'server', 'GET /greet', 'request')
    """
    names = {httpx.URL(address).port: name for name, address in servers.items()}
    hops: list[Hop] = []
    inside, here = [caller], threading.get_ident()

    def back_to(name: str) -> None:
        if inside[-1] != name:  # who was asked last has not responded
            start, end, what, _ = hops[-1]
            hops[-1] = start, end, what, "lost"
            del inside[inside.index(name) + 1 :]

    def sent(request: httpx.Request) -> None:
        if threading.get_ident() == here:
            back_to(caller)
        name, path = names[request.url.port], request.url.path
        what = f"{request.method} {path if len(path) < 16 else path[:13] + '...'}"
        what += f", {_size(len(request.content))}" if request.content else ""
        hops.append((inside[-1], name, what, "request"))
        inside.append(name)

    def came(response: httpx.Response) -> None:
        back_to(names[response.request.url.port])
        what = f"{response.status_code}, {_size(int(response.headers.get('content-length', 0)))}"
        kind = "response" if response.is_success else "error"
        hops.append((inside.pop(), inside[-1], what, kind))

    client.event_hooks = {"request": [sent], "response": [came]}
    try:
        yield hops
    finally:
        client.event_hooks = {"request": [], "response": []}
    back_to(caller)


def _size(num_bytes: int) -> str:
    return say(f"{num_bytes:,} bytes", f"{num_bytes:,}바이트")
