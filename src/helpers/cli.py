"""The `annyeong` command: each of its subcommands is one small function here.

A function imports what it needs, so that `annyeong read` starts without Jupyter and TensorFlow.
"""

import argparse
import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import __version__
from helpers.failures import explain
from helpers.language.chatbot import ENGINES
from helpers.notice import notice_if_slow
from helpers.paths import IS_CHECKOUT, MODELS, ROOT, demand_course, written_whole
from helpers.reader import LANGUAGES, language, say

if TYPE_CHECKING:
    import numpy as np


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 1 after a sentence on stderr.

    Parameters
    ----------
    argv : list of str, optional
        The words after `annyeong`; those of the command line if omitted.
    """
    # None if closed by what started us; they stay open as long as the process.
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what its encoding lacks must not end the rest
            stream.reconfigure(errors="replace")
    words = parser().parse_args(argv)
    try:
        code = words.run(words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as `head`, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is left to write
        return 1
    except OSError as error:
        return _fail(explain(error))
    except (ValueError, KeyboardInterrupt) as error:
        return _fail(str(error) or say(en="Stopped.", ko="멈췄습니다."))
    except ModuleNotFoundError as error:
        return _fail(
            say(
                en=f"{error.name} is not installed; `annyeong doctor` tells you how to fix it.",
                ko=f"{error.name} 패키지가 없습니다. `annyeong doctor`가 고치는 방법을 "
                "알려 줍니다.",
            )
        )
    except _data_error() as error:
        return _fail(str(error))


def _data_error() -> type[Exception]:
    """Return `DataError`, once something has failed: its module needs NumPy."""
    from helpers.data import DataError

    return DataError


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _read(words: argparse.Namespace) -> int:
    with notice_if_slow(
        en="Loading the digit reader ...", ko="숫자 판독기를 불러오고 있습니다 ..."
    ):
        from helpers.vision.photos import draw_reading, read_photo, split_rows
        from helpers.vision.pictures import PhotoError

    if words.save and len(words.photos) > 1 and _target(words.save, Path()) == words.save:
        return _fail(
            say(
                en=f"{words.save} is one file: with several photos give --save a folder.",
                ko=f"{words.save}: 파일 하나에는 결과를 하나만 저장합니다. 사진이 여럿이면 "
                "--save에 폴더를 쓰세요.",
            )
        )
    code, is_unsure = 0, False
    for photo in words.photos:
        try:
            digits = read_photo(photo)
        except PhotoError as error:
            code = _fail(str(error))
            continue
        if not digits:
            code = _fail(
                say(
                    en=f"{photo}: no digits found. Write them large and dark on plain paper.",
                    ko=f"{photo}: 숫자를 찾지 못했습니다. 흰 종이에 크고 진하게 써 보세요.",
                )
            )
            continue
        for row in split_rows(digits):
            reading = "".join(str(digit.value) for digit in row)
            confidences = " ".join(
                f"{digit.probability:.0%}" + "?" * digit.is_unsure for digit in row
            )
            print(f"{photo}: " * (len(words.photos) > 1) + f"{reading}  ({confidences})")
        is_unsure |= any(digit.is_unsure for digit in digits)
        if words.save:
            _save(draw_reading(photo, digits), _target(words.save, photo))
        if words.show:
            shown = Path(tempfile.mkdtemp(prefix="annyeong-")) / f"{photo.stem}.png"
            _save(draw_reading(photo, digits), shown)
            webbrowser.open(shown.as_uri())
    if is_unsure:
        print(
            say(
                en="? marks a digit that the reader is unsure of: check it.",
                ko="?를 붙인 숫자는 확실하지 않습니다. 직접 확인해 보세요.",
            ),
            file=sys.stderr,
        )
    return code


def _target(save: Path, photo: Path) -> Path:
    """Return where to save a reading: in a folder under the photo's name, or at a file."""
    return save / f"{photo.stem}-reading.png" if save.is_dir() or not save.suffix else save


def _save(picture: "np.ndarray", path: Path) -> None:
    import cv2

    is_written = cv2.haveImageWriter(path.name)
    if is_written:
        is_written, data = cv2.imencode(path.suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not is_written or data is None:
        raise ValueError(
            say(
                en=f"{path.name}: pictures are saved as .png or .jpg; choose such a name.",
                ko=f"{path.name}: 그림은 .png나 .jpg로 저장합니다. 파일 이름을 그렇게 지으세요.",
            )
        )
    try:
        with written_whole(path) as temporary:
            temporary.write_bytes(data.tobytes())
    except OSError as error:
        raise ValueError(
            say(
                en=f"{path} cannot be written: save it somewhere else.",
                ko=f"{path}: 쓸 수 없는 곳입니다. 다른 곳에 저장하세요.",
            )
        ) from error


def _lab(words: argparse.Namespace) -> int:
    from helpers.course.lab import is_on_a_hub, lab, lay

    if words.no_server or is_on_a_hub():
        return lay(words.lang, words.lesson)
    return lab(words.lang, words.lesson, port=words.port, browser=not words.no_browser)


def _hub(words: argparse.Namespace) -> int:
    from helpers.course.lab import set_up_hub

    share = set_up_hub(words.lang)
    print(
        say(
            en=f"JupyterLab has the course's settings, in {share}. "
            "`annyeong lab` in a terminal of it lays the lessons out.",
            ko=f"JupyterLab에 과정의 설정을 넣었습니다({share}). JupyterLab의 터미널에서 "
            "`annyeong lab`을 실행하면 수업 사본이 생깁니다.",
        )
    )
    return 0


def _reset(words: argparse.Namespace) -> int:
    from helpers.course.work import reset

    fresh, kept = reset(words.lesson, words.lang)
    shown = fresh.relative_to(ROOT).as_posix()
    print(say(en=f"{shown} is the original again.", ko=f"{shown} 파일을 처음 상태로 되돌렸습니다."))
    if kept:
        name = kept.relative_to(ROOT).as_posix()
        print(say(en=f"Your changed copy is now {name}.", ko=f"고친 내용은 {name}에 있습니다."))
    return 0


def _review(words: argparse.Namespace) -> int:
    demand_course()
    with notice_if_slow(
        en="Looking for today's questions ...", ko="오늘의 문제를 찾고 있습니다 ..."
    ):
        from helpers.course.review import in_terminal

    try:
        in_terminal()
    except (EOFError, KeyboardInterrupt):
        print()
    return 0


def _doctor(words: argparse.Namespace) -> int:
    with notice_if_slow(en="Looking at everything ...", ko="하나씩 살펴보고 있습니다 ..."):
        from helpers.course.doctor import PORT, examine

        report = examine(port=PORT)
    print(report)
    return 0 if report.is_well else 1


def _build(words: argparse.Namespace) -> int:
    from helpers.course import build

    if not IS_CHECKOUT and not words.no_solutions:
        return _fail(
            say(
                en="Notebooks are built in a clone of the course's repository; here "
                "`annyeong build --no-solutions` writes those without solutions.",
                ko="노트북은 과정의 저장소를 복제한 곳에서 만듭니다. 여기에서는 "
                "`annyeong build --no-solutions`로 풀이를 뺀 노트북만 만들 수 있습니다.",
            )
        )
    try:
        if words.check:
            build.check(words.lessons)
            return 0
        written = build.build(words.lessons, force=words.force) if IS_CHECKOUT else []
        if words.no_solutions:
            written = build.hand_out(words.lessons)
    except build.LessonError as error:
        return _fail(str(error))
    for path in written:
        print(path.relative_to(ROOT).as_posix())
    return 0


def _site(words: argparse.Namespace) -> int:
    from helpers.course.site import build_site

    if not IS_CHECKOUT:
        return _fail(
            say(
                en="The web site is built in a clone of the course's repository.",
                ko="웹 사이트는 과정의 저장소를 복제한 곳에서 만듭니다.",
            )
        )
    path = build_site() / "index.html"
    print(path.relative_to(ROOT).as_posix())
    return 0


def _train(words: argparse.Namespace) -> int:
    with notice_if_slow(
        en="Training; this takes a while ...", ko="학습하고 있습니다. 시간이 걸립니다 ..."
    ):
        for line in _TRAINED[words.model](words.out):
            print(line)
    return 0


def _train_digits(folder: Path) -> Iterator[str]:
    from helpers.vision.digits import ship

    for name, accuracy in ship(folder)["test_accuracy"].items():
        yield f"{name}: {accuracy:.2%}"


def _train_hands(folder: Path) -> Iterator[str]:
    from helpers.vision.hands.training import ship

    yield f"hands.onnx: {ship(folder)['test_accuracy']:.2%}"


def _train_retrieval(folder: Path) -> Iterator[str]:
    from helpers.language.retrieval import ship

    yield f"chatbot-retrieval.npz: {ship(folder)['made_from']['wordings']} wordings"


def _train_chatbot(folder: Path) -> Iterator[str]:
    from helpers.language.generation import RECIPES, ship

    yield from _train_retrieval(folder)
    record = ship(folder)
    for name in RECIPES:
        yield f"chatbot-{name}.onnx: threshold {record[name]['threshold']:.3f}"


_TRAINED = {
    "digits": _train_digits,
    "hands": _train_hands,  # the network that knows "none of the ten"
    "chatbot": _train_chatbot,  # all three engines
    "retrieval": _train_retrieval,  # the chatbot's default engine alone, in seconds
}


def _serve(words: argparse.Namespace) -> int:
    # The workers are the threads. NumPy's own threads spin while they wait for each other: on a
    # busy machine a reply takes many times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with notice_if_slow(en="Loading the service ...", ko="서비스를 불러오고 있습니다 ..."):
        from helpers.service.deploy.run import serve, serve_microservices
        from helpers.service.settings import read_settings

    settings = read_settings(host=words.host, port=words.port, folder=words.folder)
    if words.microservices:
        return serve_microservices(settings)
    return serve(settings, words.part) if words.part else serve(settings)


def _chat(words: argparse.Namespace) -> int:
    from helpers.language.chatbot import Chatbot
    from helpers.language.gloss import glossed
    from helpers.language.messages import MessageError

    with notice_if_slow(en="Loading the chatbot ...", ko="챗봇을 불러오고 있습니다 ..."):
        chatbot = Chatbot.load(words.engine)
    print(
        say(
            en="Say hello in Korean; an empty line ends the chat.",
            ko="한국어로 인사를 건네 보세요. 빈 줄을 입력하면 대화가 끝납니다.",
        )
    )
    try:
        while message := input("> ").strip():
            try:
                print(glossed(chatbot.reply(message).text))
            except MessageError as error:
                print(error)
    except (EOFError, KeyboardInterrupt):
        print()
    return 0


def parser() -> argparse.ArgumentParser:
    """Return what reads the words of the command line, with its help in the reader's language."""
    parser = argparse.ArgumentParser(
        prog="annyeong",
        description=say(
            en="Annyeong, Deep Learning: open the course, and use what it builds.",
            ko="안녕, 딥러닝: 과정을 열고, 과정에서 만든 것을 씁니다.",
        ),
    )
    parser.add_argument("--version", action="version", version=f"annyeong {__version__}")
    commands = parser.add_subparsers(required=True, metavar=say(en="COMMAND", ko="명령"))

    def command(
        name: str, run: Callable[[argparse.Namespace], int], en: str, ko: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=say(en, ko), description=say(en, ko))
        added.set_defaults(run=run)
        return added

    def add_lang(command: argparse.ArgumentParser) -> None:
        text = say(en="the course's language", ko="과정의 언어")
        command.add_argument("--lang", choices=LANGUAGES, default=language(), help=text)

    read = command("read", _read, "Read the digits in photos.", "사진에 있는 숫자를 읽습니다.")
    read.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    text = say(en="show the photo with the digits read", ko="읽은 결과를 그려서 보여 줍니다")
    read.add_argument("--show", action="store_true", help=text)
    text = say(
        en="save that picture to a file or a folder", ko="그 그림을 파일이나 폴더에 저장합니다"
    )
    read.add_argument("--save", type=Path, metavar="FILE", help=text)

    en, ko = "Open the course in JupyterLab.", "과정을 주피터랩으로 엽니다."
    lab = command("lab", _lab, en, ko)
    text = say(
        en="a lesson (otherwise the home page" + "; lesson 00 the first time" * IS_CHECKOUT + ")",
        ko="열 수업(쓰지 않으면 홈 페이지" + ", 처음에는 00번 수업" * IS_CHECKOUT + ")",
    )
    lab.add_argument("lesson", nargs="?", metavar="LESSON", help=text)
    add_lang(lab)
    text = say(en="the port to use, or the next free one", ko="쓸 포트. 쓰고 있으면 다음 빈 포트")
    lab.add_argument("--port", type=int, default=8888, help=text)
    text = say(en="do not open a browser", ko="브라우저를 열지 않습니다")
    lab.add_argument("--no-browser", action="store_true", help=text)
    text = say(
        en="only lay the lessons out, for a JupyterLab that runs already",
        ko="이미 실행 중인 주피터랩에서 열 수 있게 수업 사본만 만듭니다",
    )
    lab.add_argument("--no-server", action="store_true", help=text)

    en, ko = (
        "Give this environment's JupyterLab the course's settings, for a hub.",
        "허브에서 쓰도록 이 환경의 주피터랩에 과정의 설정을 넣습니다.",
    )
    add_lang(command("hub", _hub, en, ko))

    en, ko = "Restore a lesson; your copy is kept.", "수업을 처음 상태로 되돌리고 사본은 남깁니다."
    reset = command("reset", _reset, en, ko)
    reset.add_argument("lesson", metavar="LESSON")
    add_lang(reset)

    en, ko = "Answer today's questions from the quizzes.", "오늘의 퀴즈 문제를 복습합니다."
    command("review", _review, en, ko)

    en, ko = (
        "Say what is wrong and how to fix it.",
        "무엇이 잘못되었고 어떻게 고치는지 알려 줍니다.",
    )
    command("doctor", _doctor, en, ko)

    en, ko = (
        "Read digits, hide faces and chat over HTTP.",
        "숫자 읽기, 얼굴 가리기, 대화를 HTTP로 서비스합니다.",
    )
    serve = command("serve", _serve, en, ko)
    text = say(en="the address to listen on (127.0.0.1)", ko="쓸 주소(기본값 127.0.0.1)")
    serve.add_argument("--host", help=text)
    text = say(en="the port (8000)", ko="쓸 포트(기본값 8000)")
    serve.add_argument("--port", type=int, help=text)
    text = say(en="the folder for uploads", ko="업로드를 보관할 폴더")
    serve.add_argument("--folder", type=Path, help=text)
    which = serve.add_mutually_exclusive_group()
    text = say(
        en="serve only this: uploads, vision, chat, page (repeatable) or gateway",
        ko="이것만 서비스합니다: uploads, vision, chat, page(여럿 가능) 또는 gateway",
    )
    which.add_argument("--part", action="append", metavar="PART", help=text)
    text = say(
        en="a process for each part, and a gateway in front",
        ko="부분마다 프로세스를 따로 띄우고 그 앞에 게이트웨이(gateway)를 둡니다",
    )
    which.add_argument("--microservices", action="store_true", help=text)

    build = command("build", _build, "Build the notebooks.", "노트북을 만듭니다.")
    build.add_argument("lessons", nargs="*", metavar="LESSON")
    text = say(
        en="only report what is stale or faulty", ko="원본과 다르거나 잘못된 것만 알려 줍니다"
    )
    build.add_argument("--check", action="store_true", help=text)
    text = say(en="also write notebooks without solutions", ko="풀이를 뺀 노트북도 만듭니다")
    build.add_argument("--no-solutions", action="store_true", help=text)
    text = say(en="execute up-to-date ones too", ko="바뀌지 않은 것도 다시 실행합니다")
    build.add_argument("--force", action="store_true", help=text)

    en, ko = "Build the web site of the course.", "과정의 웹 사이트를 만듭니다."
    command("site", _site, en, ko)

    chat = command("chat", _chat, "Chat with the greeting chatbot.", "인사 챗봇과 대화합니다.")
    text = say(en="the engine (retrieval)", ko="대답할 엔진(기본값 retrieval)")
    chat.add_argument("--engine", choices=ENGINES, default="retrieval", help=text)

    en, ko = "Train the weights that the course ships.", "과정에 들어 있는 가중치를 학습합니다."
    train = command("train", _train, en, ko)
    train.add_argument("model", choices=_TRAINED, help=say(en="which model", ko="학습할 모델"))
    text = say(
        en="write it to this folder instead of data/models (without a checkout: models)",
        ko="data/models(저장소가 없으면 models) 대신 이 폴더에 저장합니다",
    )
    out = MODELS if IS_CHECKOUT else Path("models")  # what is installed stays as it is
    train.add_argument("--out", type=Path, default=out, metavar="FOLDER", help=text)
    return parser


if __name__ == "__main__":
    sys.exit(main())
