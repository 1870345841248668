"""Security headers: what keeps a browser from guessing types, leaking addresses and framing."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Sent with every response that does not set them itself.
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"vary", b"Accept-Language"),
]


class SecurityHeadersMiddleware:
    """Add the security headers to every response."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers to its response."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"].endswith("http.response.start"):  # a refused WebSocket's too
                present = {name for name, _ in message["headers"]}
                message["headers"] += [header for header in HEADERS if header[0] not in present]
            await send(message)

        await self.app(scope, receive, send_with_headers)
