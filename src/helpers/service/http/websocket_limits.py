"""Limits on WebSockets: how large a message may be, and how long a client may be silent."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The size of the largest message, in bytes.
MAX_MESSAGE = 65_536


class WebSocketLimitMiddleware:
    """Close a WebSocket whose message is too large (1009) or that is silent for too long (1008).

    Parameters
    ----------
    app : ASGI application
    max_bytes : int
    seconds : float
        How long it may be silent.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float):
        self.app, self._max_bytes, self._seconds = app, max_bytes, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a WebSocket on; its messages are checked."""
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)

        async def receive_within_limits() -> Message:
            try:
                async with asyncio.timeout(self._seconds):
                    message = await receive()
            except TimeoutError:
                return await close(1008, f"silent for {self._seconds:g} seconds")
            said = message.get("text") or message.get("bytes") or b""
            if len(said.encode() if isinstance(said, str) else said) > self._max_bytes:
                return await close(1009, f"{self._max_bytes} bytes are the most")
            return message

        async def close(code: int, reason: str) -> Message:
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return {"type": "websocket.disconnect", "code": code, "reason": reason}

        await self.app(scope, receive_within_limits, send)
