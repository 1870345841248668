"""Authentication: one bearer token for the whole service (RFC 6750)."""

import re
import secrets
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.service.http.problems import Problem, answer

#: What needs no token: whether the process is alive, and the page, which asks for the token.
OPEN = re.compile(r"/(health|favicon\.ico|static/[^/]+)?")
#: The protocol of our WebSockets. A browser, which can set no header on a WebSocket, sends the
#: token as a second protocol: this prefix, then the token percent-encoded.
SUBPROTOCOL, TOKEN_PREFIX = "annyeong", "token."


class TokenMiddleware:
    """Refuse every request without the token, except for what is `OPEN`.

    Parameters
    ----------
    app : ASGI application
    token : str
    """

    def __init__(self, app: ASGIApp, token: str):
        self.app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it carries the token."""
        is_open = scope["type"] == "http" and OPEN.fullmatch(scope["path"])
        if scope["type"] == "lifespan" or is_open or self._is_authorized(scope):
            return await self.app(scope, receive, send)
        problem = Problem(
            "token-required",
            en="This service asks for its token: Authorization: Bearer TOKEN.",
            ko="토큰(token)이 필요합니다. Authorization: Bearer TOKEN 헤더를 보내세요.",
            headers={"WWW-Authenticate": "Bearer"},
        )
        await answer(problem)(scope, receive, send)

    def _is_authorized(self, scope: Scope) -> bool:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._is_token(given.strip().encode("latin-1"))
        return any(
            self._is_token(unquote(protocol.removeprefix(TOKEN_PREFIX)).encode())
            for protocol in scope.get("subprotocols", [])
            if protocol.startswith(TOKEN_PREFIX)
        )

    def _is_token(self, given: bytes) -> bool:
        return secrets.compare_digest(given, self._token)
