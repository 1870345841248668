"""The client of a request, by its address."""

from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.service.quota import client_address


class ClientMiddleware:
    """Set `client_address` for the length of a request."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the server knows the client also behind a proxy that it trusts."""
        if client := scope.get("client"):
            client_address.set(client[0])  # each request is its own task: nothing to reset
        await self.app(scope, receive, send)
