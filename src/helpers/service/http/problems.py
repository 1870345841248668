"""Errors in one shape: problem details (RFC 9457), in the language of the request.

`TYPES` lists every problem; a client tells them apart by their ``type``. The key ``error`` repeats
``detail`` for clients that look for it.
"""

from http import HTTPStatus
from math import ceil
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from helpers.data import DataError
from helpers.language.messages import MessageError
from helpers.reader import say
from helpers.service import errors
from helpers.service.logs import request_id
from helpers.vision.pictures import PhotoError

MEDIA_TYPE = "application/problem+json"
#: What the ``type`` of a problem begins with; its name follows.
URN = "urn:annyeong:problem:"
#: After how many seconds to try again where the operator has to repair something first.
REPAIR_SECONDS = 3600


class ProblemType(NamedTuple):
    """The HTTP status of a type of problem; if it is a refusal, its reason in ``/metrics``."""

    status: int
    reason: str | None = None


#: Every type of problem, by its name; docs/service.md says when each happens.
TYPES = {
    "bad-request": ProblemType(400),
    "bad-http": ProblemType(400),
    "bad-header": ProblemType(400),
    "bad-form": ProblemType(400),
    "bad-filename": ProblemType(400),
    "index-out-of-range": ProblemType(400),
    "disconnected": ProblemType(400),
    "token-required": ProblemType(401, "token"),
    "unknown-host": ProblemType(403, "foreign"),
    "cross-site": ProblemType(403, "foreign"),
    "not-found": ProblemType(404),
    "upload-not-found": ProblemType(404),
    "sample-not-found": ProblemType(404),
    "method-not-allowed": ProblemType(405),
    "headers-too-slow": ProblemType(408, "slow"),
    "body-too-slow": ProblemType(408, "slow"),
    "body-too-large": ProblemType(413, "large"),
    "picture-too-large": ProblemType(413, "large"),
    "not-a-picture": ProblemType(415),
    "picture-missing": ProblemType(422),
    "bad-picture": ProblemType(422),
    "bad-message": ProblemType(422),
    "bad-json": ProblemType(422),
    "headers-too-large": ProblemType(431, "large"),
    "internal-error": ProblemType(500),
    "part-broke-off": ProblemType(502),
    "busy": ProblemType(503, "busy"),
    "too-many-connections": ProblemType(503, "busy"),
    "store-full": ProblemType(503, "full"),
    "folder-unusable": ProblemType(503, "folder"),
    "chatbot-loading": ProblemType(503, "loading"),
    "chatbot-failed": ProblemType(503, "data"),
    "data-damaged": ProblemType(503, "data"),
    "part-away": ProblemType(503, "part"),
    "part-too-slow": ProblemType(504),
    "disk-full": ProblemType(507, "full"),
}
#: The problem that each exception of a helper or a feature becomes.
TYPE_OF: dict[type[Exception], str] = {
    errors.Busy: "busy",
    errors.PictureTooLarge: "picture-too-large",
    errors.UploadNotFound: "upload-not-found",
    errors.StoreFull: "store-full",
    errors.DiskFull: "disk-full",
    errors.FolderUnusable: "folder-unusable",
    errors.NotLoaded: "chatbot-loading",
    errors.LoadFailed: "chatbot-failed",
    PhotoError: "bad-picture",
    MessageError: "bad-message",
    DataError: "data-damaged",
}


class Problem(HTTPException):
    """A response that is an error: its type, and one sentence that says what to do.

    Parameters
    ----------
    name : str
        A key of `TYPES`.
    en, ko : str
        The sentence; the one in the reader's language is kept.
    headers : dict of str to str, optional
    **extra
        Further members of the problem.

    Examples
    --------
    >>> problem = Problem("not-found", en="There is nothing here.", ko="아무것도 없습니다.")
    >>> problem.status_code, problem.type
    (404, 'urn:annyeong:problem:not-found')
    """

    def __init__(
        self, name: str, *, en: str, ko: str, headers: dict[str, str] | None = None, **extra: Any
    ):
        status, self.reason = TYPES[name]
        super().__init__(status, say(en=en, ko=ko), headers)
        self.type, self.extra = URN + name, extra


class ProblemDetails(BaseModel):
    """What an error looks like."""

    type: str = Field(
        description="Which problem it is: the same in every language and version.",
        examples=["urn:annyeong:problem:upload-not-found"],
    )
    title: str = Field(description="The name of the status.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="What is wrong and what to do.")
    error: str = Field(description="The same as `detail`.")
    request_id: str = Field(
        description="The request, as in `X-Request-ID` and in the log.",
        examples=["4f2a91c07be3d815"],
    )


def declare(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what FastAPI's `responses` needs to document that a route may give these errors."""
    schema = {"schema": ProblemDetails.model_json_schema()}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }


def problem_of(error: Exception) -> Problem:
    """Return the problem that an exception becomes: one of `TYPE_OF`, or pydantic's.

    Examples
    --------
    >>> problem_of(errors.UploadNotFound()).type
    'urn:annyeong:problem:upload-not-found'
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError | RequestValidationError):
        return _invalid(error.errors())
    name = next(name for kind, name in TYPE_OF.items() if isinstance(error, kind))
    seconds = (
        REPAIR_SECONDS if isinstance(error, DataError) else getattr(error, "retry_after", None)
    )
    headers = None if seconds is None else {"Retry-After": str(max(1, ceil(seconds)))}
    return Problem(name, en=str(error), ko=str(error), headers=headers)


def _invalid(found) -> Problem:
    """Return the problem of JSON that is not as described, from pydantic's list of errors."""
    where = ".".join(str(part) for part in found[0]["loc"])
    what = found[0]["msg"]
    return Problem(
        "bad-json",
        en=f"{where}: {what}." if where else f"{what}.",
        ko=f"{where or 'JSON'}: 값이 올바르지 않습니다({what}).",
    )


def details(problem: HTTPException) -> dict[str, Any]:
    """Return the members of a `Problem`, or of any `HTTPException`."""
    return {
        "type": getattr(problem, "type", "about:blank"),
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": problem.detail,
        "error": problem.detail,
        "request_id": request_id.get(),
        **getattr(problem, "extra", {}),
    }


def answer(problem: HTTPException) -> JSONResponse:
    """Turn a `Problem`, or any `HTTPException`, into a response."""
    return _ProblemResponse(problem)


class _ProblemResponse(JSONResponse):
    """A problem on its way to the client; if it is a refusal, it is counted."""

    media_type = MEDIA_TYPE

    def __init__(self, problem: HTTPException):
        super().__init__(details(problem), problem.status_code, problem.headers)
        self._reason = getattr(problem, "reason", None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._reason:
            scope["app"].state.metrics.refusals.labels(self._reason).inc()
        await super().__call__(scope, receive, send)


def failure() -> Problem:
    """Return the problem of an unexpected error."""
    id = request_id.get()
    return Problem(
        "internal-error",
        en=f"Something went wrong here; the log has it under {id}.",
        ko=f"서비스에 문제가 생겼습니다. 자세한 내용은 로그에 남아 있습니다(요청 ID: {id}).",
    )


def install(app: FastAPI) -> None:
    """Have the app answer whatever is raised in it as a problem."""
    for kind in (Problem, RequestValidationError, *TYPE_OF):
        app.add_exception_handler(kind, _on_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


async def _on_error(request: Request, error: Exception) -> JSONResponse:
    return answer(problem_of(error))


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Say in both languages what the framework says in one."""
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 400:
            problem: HTTPException = Problem(
                "bad-request",
                en="The request cannot be understood.",
                ko="요청을 이해할 수 없습니다.",
                headers=_plain(error),
            )
        case 404:
            problem = Problem(
                "not-found",
                en="There is nothing at this address.",
                ko="이 주소에는 아무것도 없습니다.",
                headers=_plain(error),
            )
        case 405:
            problem = Problem(
                "method-not-allowed",
                en=f"This address does not take {request.method}.",
                ko=f"이 주소는 {request.method} 요청을 받지 않습니다.",
                headers={"Allow": _allowed(request)},
            )
        case _:
            problem = error
    return answer(problem)


def _plain(error: HTTPException) -> dict[str, str] | None:
    return dict(error.headers) if error.headers else None


def _allowed(request: Request) -> str:
    """Return what ``Allow`` must list: the methods of every route of this address."""
    return ", ".join(
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if _is_taken(request, "GET" if method == "HEAD" else method)  # see `HeadMiddleware`
    )


def _is_taken(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)


async def _on_disconnect(request: Request, error: Exception) -> JSONResponse:
    return answer(Problem("disconnected", en="The request broke off.", ko="요청이 끊겼습니다."))
