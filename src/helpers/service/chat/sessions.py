"""The chatbot of the service and its sessions, in which it does not repeat itself."""

import logging
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from functools import cache
from threading import Lock

from anyio import to_thread

from helpers.language.chatbot import Chatbot, Reply
from helpers.language.retrieval import known_answers
from helpers.service.errors import LoadFailed, NotLoaded, ServiceError
from helpers.service.workers import Workers, give_back_memory

#: How many sessions are remembered: those that spoke last.
MAX_SESSIONS = 1000
#: After how many seconds to try again where the operator has to repair something first.
REPAIR_SECONDS = 3600


class ChatSessions:
    """One chatbot, and of each session its last reply; nothing else is kept, and only in memory.

    Parameters
    ----------
    workers : Workers
        The threads in which the engine works.
    """

    def __init__(self, workers: Workers):
        self._workers = workers
        self._chatbot: Chatbot | None = None
        self._has_failed = False
        self._last: OrderedDict[Hashable, str] = OrderedDict()

    async def load(self, engine: str) -> bool:
        """Load an engine in a thread, which takes a second; tell whether it is there.

        Why it is not is written to the log: the other parts of the service go on without it.
        """
        try:
            self._chatbot = await to_thread.run_sync(_shared, engine, abandon_on_cancel=True)
        except Exception:
            logging.getLogger(__name__).exception("The chatbot cannot be loaded.")
            self._has_failed = True
        return self._chatbot is not None

    async def reply(self, message: str, session: Hashable | None = None) -> Reply:
        """Reply to a message; within a session not twice with the same words, if it has others.

        Raises
        ------
        MessageError
            As `helpers.language.chatbot.Chatbot.reply`.
        NotLoaded, LoadFailed
            If the engine is not there yet, or could not be loaded.
        Busy
            If too much is being worked on.
        """
        if self._chatbot is None:
            raise self._absent()
        reply = await self._workers.run(self._chatbot.reply, message)
        return reply if session is None else self._varied(reply, session)

    def _varied(self, reply: Reply, session: Hashable) -> Reply:
        if reply.text == self._last.pop(session, None):
            others = [
                text for text in known_answers().get(reply.intent or "", []) if text != reply.text
            ]
            reply = replace(reply, text=others[0]) if others else reply
        self._last[session] = reply.text
        if len(self._last) > MAX_SESSIONS:
            self._last.popitem(last=False)
        return reply

    def _absent(self) -> ServiceError:
        if self._has_failed:
            return LoadFailed(
                en="The chatbot could not be loaded; the service's log says why.",
                ko="챗봇을 불러오지 못했습니다. 이유는 서비스의 로그에 남아 있습니다.",
                retry_after=REPAIR_SECONDS,
            )
        return NotLoaded(
            en="The chatbot is being loaded: try again in a second.",
            ko="챗봇을 불러오고 있습니다. 잠시 뒤에 다시 시도해 주세요.",
            retry_after=1,
        )


_loading = Lock()


def _shared(engine: str) -> Chatbot:
    """Return the engine's chatbot, one for all apps of this process."""
    with _loading:  # a second app that starts meanwhile waits instead of loading it too
        return _load(engine)


@cache
def _load(engine: str) -> Chatbot:
    try:
        return Chatbot.load(engine)
    finally:
        give_back_memory()  # what an engine needs while it loads is large
