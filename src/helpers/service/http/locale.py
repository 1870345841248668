"""The language of a request: Korean or English, as ``Accept-Language`` prefers."""

from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.reader import LANGUAGES, speaking


@lru_cache(maxsize=256)
def preferred(accepted: str) -> str:
    """Return the language that a header ``Accept-Language`` prefers; English if neither.

    Examples
    --------
    >>> preferred("fr, ko-KR;q=0.9, en;q=0.8"), preferred("")
    ('ko', 'en')
    """
    best, most = "en", 0.0
    for part in accepted.lower().split(","):
        tag, _, quality = part.replace(" ", "").partition(";q=")
        language = tag.partition("-")[0]
        try:
            liked = float(quality or 1)
        except ValueError:
            continue
        if language in LANGUAGES and liked > most:
            best, most = language, liked
    return best


class LocaleMiddleware:
    """ASGI middleware: set the reader's language for the length of a request."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within the language of the request."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        with speaking(preferred(Headers(scope=scope).get("accept-language", ""))):
            await self.app(scope, receive, send)
