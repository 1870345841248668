"""The course's widgets on a page without a kernel: the files it needs, and their elements.

The page loads ``alive.js`` as a module. It finds the elements below and mounts in each the code
that JupyterLab runs, too, with a model of its own in place of the kernel's: an explorer plays the
frames that the build recorded, the pad computes the network in the page.
"""

import html
import json
import shutil
from pathlib import Path
from typing import Any

from helpers.course.pad import SCRIPTS, pad_words
from helpers.course.page import STYLE, page_code, source
from helpers.course.quiz import Question, quiz_words
from helpers.paths import MODELS, written_whole
from helpers.reader import language, say

#: The shipped network, as the pad reads it.
MODEL = "digits.onnx"


def lay_out(folder: str | Path) -> list[Path]:
    """Write into a folder what the widgets of a page need: ``alive.js``, to load, and the rest.

    Parameters
    ----------
    folder : path
        It is created if it is missing.

    Returns
    -------
    list of Path
        The files.

    Examples
    --------
    >>> import tempfile
    >>> sorted(path.name for path in lay_out(tempfile.mkdtemp()))
    ['alive.js', 'digits.onnx', 'network.js', 'pad.js', 'quiz.js', 'widgets.css', 'widgets.js']
    """
    folder = Path(folder)
    scripts = {
        "alive.js": source("alive.js").read_text(encoding="utf-8"),
        "network.js": source("network.js").read_text(encoding="utf-8"),
        "widgets.js": page_code("widgets.js"),
        "pad.js": page_code(*SCRIPTS),
        "quiz.js": page_code("quiz.js"),
        STYLE.name: STYLE.read_text(encoding="utf-8"),
    }
    for name, text in scripts.items():
        with written_whole(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    with written_whole(folder / MODEL) as temporary:
        shutil.copyfile(MODELS / MODEL, temporary)
    return [folder / name for name in (*scripts, MODEL)]


def explorer_html(output: dict[str, Any], frames: str, picture: str) -> str:
    """Return the element of an explorer.

    Parameters
    ----------
    output : dict
        What the notebook holds under `helpers.course.frames.MIME`; its ``frames`` is where the
        file lies below ``notebooks/``.
    frames : str
        The address of that file, from the page.
    picture : str
        The ``<img>`` of its static picture, with its alternative text.
    """
    words = {
        "asleep": say(
            en="The pictures of this figure did not arrive. Load the page again.",
            ko="이 그림의 장면들을 받지 못했습니다. 페이지를 새로 고치세요.",
        )
    }
    state = {"controls": output["controls"], "chosen": output["chosen"], "words": words}
    return _element("explorer", state, picture, explorer=frames)


def pad_html(model: str, otherwise: str = "") -> str:
    """Return the element of the pad.

    Parameters
    ----------
    model : str
        The address of `MODEL`, from the page.
    otherwise : str
        The HTML to show where no script runs.
    """
    words = pad_words() | {
        "asleep": say(
            en="The network did not arrive. Load the page again.",
            ko="신경망을 받지 못했습니다. 페이지를 새로 고치세요.",
        ),
        "lang": language(),
        "maps": say(en="What the layers see", ko="층이 보는 것"),
        "maps_hint": say(
            en="The digit on its way through the network. Each small picture is a feature map: "
            "what one filter responds to, and where.",
            ko="숫자가 신경망을 지나는 모습입니다. 작은 그림 하나가 특징 맵(feature map) 하나이며, "
            "필터 하나가 어디에 얼마나 반응했는지 보여 줍니다.",
        ),
        "own": say(
            en="Look into your own network: the .onnx file of lesson 06",
            ko="내 신경망 들여다보기: 6번 수업에서 저장한 .onnx 파일",
        ),
        "own_reads": say(
            en="{name} reads your digits now.", ko="이제 {name} 신경망이 숫자를 읽습니다."
        ),
        "own_none": say(
            en="{name} holds no network from 28 × 28 pixels to ten digits. Choose the .onnx file "
            "that you saved in lesson 06.",
            ko="{name}에는 28×28 화소를 받아 숫자 열 개의 확률을 내는 신경망이 없습니다. "
            "6번 수업에서 저장한 .onnx 파일을 고르세요.",
        ),
        "own_unknown": say(
            en="{name} uses the operation {operator}, which this page cannot compute; it knows "
            "those of the networks in lesson 06.",
            ko="{name}에 쓰인 {operator} 연산을 이 페이지는 계산하지 못합니다. "
            "6번 수업의 신경망에 나오는 연산만 계산합니다.",
        ),
    }
    return _element("pad", {"words": words}, otherwise, model=model)


def quiz_html(name: str, questions: list[Question], otherwise: str = "") -> str:
    """Return the element of a quiz; the browser keeps the choices.

    Parameters
    ----------
    name : str
        Under which they are kept, ``"02/quiz"``.
    questions : list of dict
        From `helpers.course.quiz.in_language`.
    otherwise : str
        The HTML to show where no script runs.
    """
    state = {"name": name, "questions": questions, "words": quiz_words()}
    return _element("quiz", state, otherwise)


def _element(kind: str, state: dict[str, Any], inside: str, **addresses: str) -> str:
    data = {"state": json.dumps(state, ensure_ascii=False), **addresses}
    attributes = "".join(f' data-{name}="{html.escape(text)}"' for name, text in data.items())
    return f'<div class="annyeong-{kind}"{attributes}>{inside}</div>'
