"""The greeting chatbot: a message in, a polite Korean reply out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from helpers.language.messages import clean, strip_tone
from helpers.reader import say

if TYPE_CHECKING:
    from helpers.language.retrieval import Retrieval

#: The reply to a message without Korean: English, numbers, emoji.
NOT_KOREAN = "저는 한국어로 하는 인사만 배웠어요. 한국어로 말씀해 주시겠어요?"


@dataclass(frozen=True)
class Reply:
    """What the chatbot says.

    Attributes
    ----------
    text : str
        In Korean.
    score : float
        How well the message fits what the engine knows, in [0, 1].
    engine : str
        Which engine answered.
    intent : str or None
        The intent that the message was assigned to; None where the chatbot refuses.
    """

    text: str
    score: float
    engine: str
    intent: str | None


#: From a message to the reply's text, score and intent.
Engine = Callable[[str], tuple[str, float, str | None]]


def _retrieval() -> "Retrieval":
    from helpers.language.retrieval import load_retrieval

    return load_retrieval()


def _generator(name: str) -> Engine:
    from helpers.language.generation import load_generator

    return load_generator(name)


#: The same for a serious message; None where an engine may chat. See `helpers.language.safety`.
Safety = Callable[[str], tuple[str, float, str] | None]
#: How each engine is loaded, by name.
ENGINES: dict[str, Callable[[], Engine]] = {
    "retrieval": _retrieval,
    "gru": partial(_generator, "gru"),
    "transformer": partial(_generator, "transformer"),
}


class Chatbot:
    """A chatbot that knows everyday courtesy and refuses politely what it does not know.

    Examples
    --------
    >>> reply = Chatbot.load().reply("이름이 뭐예요?")
    >>> reply.intent, reply.engine
    ('ask_name', 'retrieval')
    """

    def __init__(self, answer: Engine, engine: str, serious_reply: Safety = lambda message: None):
        self._answer = answer
        self.engine = engine
        self._serious_reply = serious_reply

    @classmethod
    def load(cls, engine: str = "retrieval") -> "Chatbot":
        """Load an engine, which takes about a second.

        Parameters
        ----------
        engine : str
            A name in `ENGINES`.

        Raises
        ------
        ValueError
            If there is no such engine.
        DataError
            If a file of the corpus or of the engine is missing or changed.
        """
        if engine not in ENGINES:
            names = ", ".join(ENGINES)
            raise ValueError(
                say(
                    en=f"There is no engine {engine!r}; there is: {names}.",
                    ko=f"{engine!r}(이)라는 엔진은 없습니다. 있는 엔진: {names}",
                )
            )
        retrieval = _retrieval()  # recognises serious messages, whichever engine chats
        if engine == "retrieval":
            return cls(retrieval, engine)
        return cls(ENGINES[engine](), engine, retrieval.serious_reply)

    def reply(self, text: str) -> Reply:
        """Reply to a message.

        Parameters
        ----------
        text : str
            Up to `helpers.language.messages.MAX_LENGTH` characters. Control characters count as
            spaces.

        Raises
        ------
        MessageError
            If `text` is not text, blank or too long.
        """
        message = strip_tone(clean(text))
        if not re.search("[ㄱ-ㅣ가-힣]", message):
            return Reply(NOT_KOREAN, 0.0, self.engine, None)
        answer, score, intent = self._serious_reply(message) or self._answer(message)
        return Reply(answer, score, self.engine, intent)
