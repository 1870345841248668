"""The state that the routes of one app share, and the dependency that provides it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from helpers.service.chat.sessions import ChatSessions
from helpers.service.digits.batcher import Batcher
from helpers.service.faces.mosaic import MosaicJob
from helpers.service.settings import Settings
from helpers.service.uploads.storage import Store
from helpers.service.workers import Workers
from helpers.vision.photos import Digit


@dataclass
class State:
    """The resources of one app, made when it starts.

    Attributes
    ----------
    settings : Settings
    parts : dict of str to bool
        Its parts, and whether each is ready.
    store : Store
        The uploads.
    workers : Workers
        For pictures, which take seconds.
    quick : Workers
        For what takes milliseconds and must not wait behind pictures.
    mosaics : MosaicJob
    read_small : Batcher
        Reads digits of at most 28x28 pixels.
    chat : ChatSessions
    """

    settings: Settings
    parts: dict[str, bool]
    store: Store
    workers: Workers
    quick: Workers
    mosaics: MosaicJob
    read_small: Batcher[bytes, list[Digit] | None]
    chat: ChatSessions


def state_of(connection: HTTPConnection) -> State:
    """Return the state of the app that a request, or a WebSocket, is for."""
    return connection.app.state.service


async def _state(connection: HTTPConnection) -> State:
    return state_of(connection)


#: The parameter of a route, HTTP or WebSocket, that needs the state.
ServiceState = Annotated[State, Depends(_state)]
