"""Protection from other sites: cross-site request forgery (CSRF) and DNS rebinding."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.service.http.problems import Problem, answer

#: The methods that change nothing, and the addresses where even they start work.
SAFE_METHODS, WORKING = {"GET", "HEAD", "OPTIONS"}, {"/mosaic", "/mosaic/"}


class CrossSiteMiddleware:
    """Refuse what a browser sends for a page of another site; used where there is no token.

    Any page can make the reader's browser send a form, or open a WebSocket, to this computer. The
    browser says for which site it does so, and that must be this service. A page can also point
    its own name at this computer's address (DNS rebinding) and then looks like the service itself:
    so the name must be one that no stranger can own.

    Parameters
    ----------
    app : ASGI application
    hosts : collection of str
        Names with a dot that are the service's own. A numeric address needs no mention, nor does a
        name without a dot such as ``localhost``: nobody can register it.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]):
        self.app, self._hosts = app, {host.strip().lower() for host in hosts}
        self._is_known = lru_cache(maxsize=256)(self._is_known_host)  # clients ask again and again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is for this service, and from no other site."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        if not self._is_known(headers.get("host", "")):
            problem = Problem(
                "unknown-host",
                en="This service is not known by this name: add it to ANNYEONG_HOSTS.",
                ko="이 서비스의 이름이 아닙니다. 쓰려면 ANNYEONG_HOSTS에 이름을 추가하세요.",
            )
        elif _has_effect(scope) and _is_cross_site(headers):
            problem = Problem(
                "cross-site",
                en="A page of another site sent this: use the page of this service.",
                ko="다른 사이트의 페이지가 보낸 요청입니다. 이 서비스의 페이지에서 보내세요.",
            )
        else:
            return await self.app(scope, receive, send)
        await answer(problem)(scope, receive, send)

    def _is_known_host(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        return "." not in name or name in self._hosts or _is_numeric(name)


def _is_numeric(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _has_effect(scope: Scope) -> bool:
    """Return whether a request may change something or start work."""
    return (
        scope["type"] == "websocket"
        or scope["method"] not in SAFE_METHODS
        or scope["path"] in WORKING
    )


def _is_cross_site(headers: Headers) -> bool:
    """Return whether a browser sent this for a page of another site; other clients say nothing.

    `Sec-Fetch-Site` is more reliable, since a proxy may change `Host`; but over plain HTTP
    browsers send it to this computer only.
    """
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
