"""What nobody has foreseen: a line in the log, and a 500 that is an answer like any other."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.service.problems import Problem, answer


class AnswerAccidents:
    """ASGI middleware, the innermost: answer 500 for an exception that nothing else handles.

    Starlette's own handler stands outside all middlewares and raises the exception again, at
    which the server closes the connection without having said so: other requests of a client
    with a pool would fail with it. From in here the answer has its headers, its language and
    its place in the metrics, and the connection stays.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on; answer if that fails."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        has_started = False

        async def send_and_note(message: Message):
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception:
            if has_started:
                raise  # too late for another answer: the server logs it and cuts this one off
            logger = logging.getLogger(__name__)
            logger.exception("%s %r failed.", scope["method"], scope["path"])
            problem = Problem(
                500,
                en="Something went wrong here; the service's log says what.",
                ko="서비스에 문제가 생겼습니다. 무엇인지는 서비스의 기록에 남아 있습니다.",
            )
            await answer(problem)(scope, receive, send)
