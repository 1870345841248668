"""The greeting chatbot: a message in, a polite Korean reply out."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from helpers.reader import say

#: The longest message, in characters.
MAX_LENGTH = 500
#: The letters of laughing and crying, where they stand alone: ㅋㅋ, ㅠㅠ; and of no sound, ㅡㅡ.
_LAUGHING = re.compile("(?<![ㄱ-ㅣ])[ㅋㅎㅠㅜㅡ]+(?![ㄱ-ㅣ])")
#: What is said to a message without Korean: English, numbers, emoji.
NOT_KOREAN = "저는 한국어로 하는 인사만 배웠어요. 한국어로 말씀해 주시겠어요?"


class MessageError(ValueError):
    """A message that cannot be answered; the sentence says why."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # in a notebook: the sentence, not our code


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
        What the message was taken for; None where the chatbot refuses.
    """

    text: str
    score: float
    engine: str
    intent: str | None


#: From a message to the reply's text, score and intent.
Engine = Callable[[str], tuple[str, float, str | None]]


def _retrieval() -> Engine:
    from helpers.language.retrieval import load_retrieval

    return load_retrieval()


def _generator(name: str) -> Engine:
    from helpers.language.generation import load_generator

    return load_generator(name)


#: The same of what is said in earnest; None where an engine may chat.
Earnest = Callable[[str], tuple[str, float, str] | None]
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

    def __init__(self, answer: Engine, engine: str, in_earnest: Earnest = lambda message: None):
        self._answer = answer
        self.engine = engine
        self._in_earnest = in_earnest

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
            If a file of the corpus or of the engine is missing or altered.
        """
        if engine not in ENGINES:
            names = ", ".join(ENGINES)
            raise ValueError(
                say(
                    en=f"There is no engine {engine!r}; there is: {names}.",
                    ko=f"{engine!r}(이)라는 엔진은 없습니다. 있는 엔진: {names}",
                )
            )
        retrieval = _retrieval()  # knows what is said in earnest, whichever engine chats
        if engine == "retrieval":
            return cls(retrieval, engine)
        return cls(ENGINES[engine](), engine, retrieval.in_earnest)

    def reply(self, text: str) -> Reply:
        """Reply to a message.

        Parameters
        ----------
        text : str
            At most `MAX_LENGTH` characters. Control characters count as spaces.

        Raises
        ------
        MessageError
            If `text` is no text, blank or too long.
        """
        message = heard(clean(text))
        if not re.search("[ㄱ-ㅣ가-힣]", message):
            return Reply(NOT_KOREAN, 0.0, self.engine, None)
        answer, score, intent = self._in_earnest(message) or self._answer(message)
        return Reply(answer, score, self.engine, intent)


def clean(text: str) -> str:
    r"""Bring a message into one spelling (Unicode NFC), on one line, without control characters.

    Errors are those of `Chatbot.reply`.

    Examples
    --------
    >>> clean(" 안녕\n하세요\x00 ")
    '안녕 하세요'
    >>> clean("ﾷￂﾤﾤￊﾷ")
    '안녕'
    """
    if not isinstance(text, str):
        raise MessageError(
            say(
                en=f"A message must be text, not {type(text).__name__}.",
                ko=f"메시지는 문자열이어야 합니다. 받은 값의 형식: {type(text).__name__}",
            )
        )
    # A Mac sends each syllable as two or three characters: what is counted is what one sees.
    text = unicodedata.normalize("NFC", _full_width(text))
    if len(text) > MAX_LENGTH:
        raise MessageError(
            say(
                en=f"The message has {len(text)} characters: write {MAX_LENGTH} or fewer.",
                ko=f"메시지가 {len(text)}자입니다. {MAX_LENGTH}자 이하로 써 주세요.",
            )
        )
    # Categories C: control and format characters, halves of a character, unassigned ones.
    spaced = (" " if unicodedata.category(character)[0] == "C" else character for character in text)
    message = " ".join("".join(spaced).split())
    if not message:
        raise MessageError(
            say(
                en="The message is blank: write something.",
                ko="메시지가 비어 있습니다. 할 말을 써 주세요.",
            )
        )
    return message


def heard(message: str) -> str:
    """Leave out what gives a cleaned message a tone and no other meaning.

    That is emoji, laughing and crying, and punctuation but a question mark. What has nothing
    else stays as it is; only tears say by themselves that somebody is sad.

    Examples
    --------
    >>> heard("생일 축하해요!!! 🎂 ㅋㅋㅋ")
    '생일 축하해요'
    >>> heard("ㅠㅠ"), heard("ㅋㅋ"), heard("정말요?!?!")
    ('슬퍼요', 'ㅋㅋ', '정말요?')
    """
    quiet = _LAUGHING.sub(" ", "".join(map(_toned_down, message)))
    quiet = re.sub(r"[.,!~…·;:]+(?=\s|\?|$)", " ", quiet)
    quiet = re.sub(r"\s*\?[\s?]*$", "?", " ".join(quiet.split()))
    if re.search(r"\w", quiet):
        return quiet
    return (
        "슬퍼요" if re.search("[ㅠㅜ]", message) and not re.search("[ㅋㅎ]", message) else message
    )


def _toned_down(character):
    # So: emoji and other pictures; Sk: ^ and skin tones; Mn, Me: what is put around a character.
    return " " if unicodedata.category(character) in ("So", "Sk", "Mn", "Me") else character


def _full_width(text):
    """Write half-width Hangul, letter by letter, as syllables: NFKC leaves out the last letter."""
    if not re.search("[\uffa0-\uffdc]", text):
        return text
    letters = re.sub(
        "[\uffa0-\uffdc]+", lambda found: unicodedata.normalize("NFKD", found[0]), text
    )
    # A consonant after a vowel and before no other vowel ends the syllable.
    return re.sub("(?<=[\u1161-\u1175])[\u1100-\u115e](?![\u1161-\u1175])", _ending, letters)


def _ending(found):
    name = unicodedata.name(found[0]).replace("CHOSEONG", "JONGSEONG")
    try:
        return unicodedata.lookup(name)
    except KeyError:  # ㄸ, ㅃ and ㅉ end no syllable
        return found[0]
