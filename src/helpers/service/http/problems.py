"""Errors in one shape: problem details (RFC 9457), in the language of the request.

The key ``error`` repeats ``detail`` for clients that look for it.
"""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Match

from helpers.data import DataError
from helpers.reader import say
from helpers.service.logs import request_id
from helpers.vision.pictures import PhotoError

MEDIA_TYPE = "application/problem+json"
#: Why a request was refused, as `/metrics` counts it, where a problem does not say it itself.
REASONS = {
    401: "token",
    403: "foreign",
    408: "slow",
    413: "large",
    429: "busy",
    431: "large",
    503: "busy",
    507: "full",
}


class Problem(HTTPException):
    """An answer that is an error: its status, and one sentence that says what to do.

    Parameters
    ----------
    status : int
    en, ko : str
        The sentence; the one that the reader reads is kept.
    headers : dict of str to str, optional
    reason : str, optional
        Why the request is refused, for `/metrics`; what `REASONS` has for the status if omitted.
    **extra
        Further members of the problem.

    Examples
    --------
    >>> Problem(404, en="No such upload.", ko="그런 업로드가 없습니다.").status_code
    404
    """

    def __init__(self, status, *, en, ko, headers=None, reason=None, **extra):
        super().__init__(status, say(en=en, ko=ko), headers)
        self.reason = reason or REASONS.get(status)
        self.extra = extra


class ProblemDetails(BaseModel):
    """What an error looks like."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(description="The name of the status.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="What is wrong and what to do.")
    error: str = Field(description="The same as `detail`.")
    request_id: str = Field(
        description="The request, as in `X-Request-ID` and in the log.",
        examples=["4f2a91c07be3d815"],
    )


def declare(*statuses):
    """Return what FastAPI's `responses` needs to document that a route may give these errors."""
    schema = {"schema": ProblemDetails.model_json_schema()}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }


def details(problem) -> dict:
    """Return what an answer says of a `Problem`, or of any `HTTPException`."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": problem.detail,
        "error": problem.detail,
        "request_id": request_id.get(),
        **getattr(problem, "extra", {}),
    }


def answer(problem):
    """Turn a `Problem`, or any `HTTPException`, into a response."""
    return _Answer(problem)


class _Answer(JSONResponse):
    """A problem on its way to the client; if it is a refusal, it is counted."""

    media_type = MEDIA_TYPE

    def __init__(self, problem):
        super().__init__(details(problem), problem.status_code, problem.headers)
        self._reason = getattr(problem, "reason", None)

    async def __call__(self, scope, receive, send):
        if self._reason:
            scope["app"].state.metrics.refusals.labels(self._reason).inc()
        await super().__call__(scope, receive, send)


def failure() -> Problem:
    """Return the problem of an error that nobody expected."""
    id = request_id.get()
    return Problem(
        500,
        en=f"Something went wrong here; the log has it under {id}.",
        ko=f"서비스에 문제가 생겼습니다. 자세한 내용은 로그에 남아 있습니다(요청 ID: {id}).",
    )


def invalid(errors) -> Problem:
    """Return the problem of JSON that is not as described, from pydantic's list of errors."""
    where = ".".join(str(part) for part in errors[0]["loc"])
    what = errors[0]["msg"]
    return Problem(
        422,
        en=f"{where}: {what}." if where else f"{what}.",
        ko=f"{where or 'JSON'}: 값이 올바르지 않습니다({what}).",
    )


def install(app: FastAPI):
    """Have the app answer whatever is raised in it as a problem."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(PhotoError, _on_photo_error)
    app.add_exception_handler(DataError, _on_data_error)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


async def _on_problem(request: Request, problem: Problem):
    return answer(problem)


async def _on_http_exception(request: Request, error: HTTPException):
    """Say in both languages what the framework says in one."""
    match error.status_code:
        case 400:
            en, ko = "The request cannot be understood.", "요청을 이해할 수 없습니다."
        case 404:
            en, ko = "There is nothing at this address.", "이 주소에는 아무것도 없습니다."
        case 405:
            en = f"This address does not take {request.method}."
            ko = f"이 주소는 {request.method} 요청을 받지 않습니다."
        case _:
            en = ko = str(error.detail)
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return answer(Problem(error.status_code, en=en, ko=ko, headers=headers))


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


async def _on_validation_error(request: Request, error: RequestValidationError):
    return answer(invalid(error.errors()))


async def _on_photo_error(request: Request, error: PhotoError):
    return answer(Problem(422, en=str(error), ko=str(error)))


async def _on_data_error(request: Request, error: DataError):
    headers = {"Retry-After": "3600"}
    return answer(Problem(503, en=str(error), ko=str(error), headers=headers, reason="data"))


async def _on_disconnect(request: Request, error: ClientDisconnect):
    return answer(Problem(400, en="The request broke off.", ko="요청이 끊겼습니다."))
