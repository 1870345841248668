"""Talk with the greeting chatbot: a request for each message, or a WebSocket for many."""

import json
from contextlib import suppress
from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, StrictStr, ValidationError

from helpers.language.messages import MAX_LENGTH, MessageError
from helpers.service.errors import ServiceError
from helpers.service.http.auth import SUBPROTOCOL
from helpers.service.http.metrics import AppMetrics, Metrics
from helpers.service.http.problems import declare, details, problem_of
from helpers.service.state import ServiceState, State

router = APIRouter(tags=["chat"])


class Message(BaseModel, extra="forbid"):
    """A message to the chatbot."""

    # What the schema says here the chatbot checks, so that its own sentence is the answer.
    message: StrictStr = Field(
        description="In Korean; not blank.",
        examples=["안녕하세요", "이름이 뭐예요?"],
        json_schema_extra={"maxLength": MAX_LENGTH, "pattern": r"[\p{L}\p{M}\p{N}\p{P}\p{S}]"},
    )
    session: Annotated[StrictStr, Field(max_length=64)] | None = Field(
        None,
        description="Any name for this conversation: within it the chatbot does not give the "
        "same answer twice running, where it has another.",
        examples=["kitchen-table"],
    )


class Answer(BaseModel, from_attributes=True):
    """The chatbot's reply."""

    reply: str = Field(
        validation_alias="text",
        description="In Korean; a polite refusal if it has no answer.",
        examples=["안녕하세요! 만나서 반가워요."],
    )
    score: float = Field(
        ge=0, le=1, description="How well the message fits what it knows.", examples=[0.97]
    )
    engine: str = Field(description="Which engine answered.", examples=["retrieval"])


@router.post(
    "/chat", summary="Say something to the chatbot", responses=declare(400, 408, 413, 422, 503)
)
async def chat(state: ServiceState, said: Message) -> Answer:
    """Reply to a message. A WebSocket at the same address takes and returns the same JSON."""
    return Answer.model_validate(await state.chat.reply(said.message, said.session))


@router.websocket("/chat")
async def converse(socket: WebSocket, state: ServiceState, metrics: AppMetrics) -> None:
    """Reply to one message after another; the connection is the session unless one is named."""
    offered = SUBPROTOCOL in socket.scope["subprotocols"]
    await socket.accept(SUBPROTOCOL if offered else None)
    own_session = object()
    with suppress(WebSocketDisconnect):
        while True:
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                break
            said = received.get("text") or received.get("bytes") or ""
            await socket.send_text(await _reply_or_problem(state, metrics, said, own_session))


async def _reply_or_problem(
    state: State, metrics: Metrics, said: str | bytes, own_session: object
) -> str:
    """Return the reply of a WebSocket as JSON; it is counted like a request."""
    start, status = perf_counter(), 200
    try:
        message = Message.model_validate_json(said)
        reply = await state.chat.reply(message.message, message.session or own_session)
        return Answer.model_validate(reply).model_dump_json()
    except (ServiceError, MessageError, ValidationError) as error:
        problem = problem_of(error)
        status = problem.status_code
        if problem.reason:
            metrics.refusals.labels(problem.reason).inc()
        return json.dumps(details(problem), ensure_ascii=False)
    finally:
        metrics.note("/chat", "WEBSOCKET", status, perf_counter() - start)
