"""Checks of lesson 17, serving with FastAPI: they attack what the learner made."""

import posixpath
import re
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import cv2
import numpy as np
from fastapi import FastAPI

from helpers.course.checks import check, same, shown
from helpers.reader import say

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it says which other client it would rather have
    from fastapi.testclient import TestClient

MOST_BYTES = 10_000
#: How many pictures are sent at the end, so that names drawn from few meet.
NUM_MORE = 40
#: How many seconds a quick response may take while something slow is going on.
PATIENCE = 2

_FAULTS = {
    "A": "path",
    "B": "limit",
    "C": "leak",
    "D": "reload",
    "E": "range",
    "F": "leak",
    "G": "blocking",
    "H": "stops",
    "I": "twice",
}
_CLUES = {
    "A": {
        "en": "what happens with a file called `../../evil.png`?",
        "ko": "파일 이름이 `../../evil.png`라면 어떻게 될까요?",
    },
    "B": {
        "en": "what if somebody sends a 20 GB film, or a program?",
        "ko": "누군가 20 GB짜리 영화나 프로그램을 보낸다면 어떻게 될까요?",
    },
    "C": {
        "en": "what does the client learn about the server's disk?",
        "ko": "클라이언트가 서버의 디스크에 대해 무엇을 알게 되나요?",
    },
    "D": {
        "en": "how often does it run, although the data never change?",
        "ko": "바뀌지 않는 데이터인데 이 줄은 몇 번 실행되나요?",
    },
    "E": {
        "en": "which label does Python return for the index -1?",
        "ko": "index가 -1이면 파이썬은 무엇을 내줄까요?",
    },
    "F": {
        "en": "for whom is the text of an exception written?",
        "ko": "예외 메시지는 누가 읽으라고 쓴 것일까요?",
    },
    "G": {
        "en": "who gets a response while fifty photos are searched for faces?",
        "ko": "사진 쉰 장에서 얼굴을 찾는 동안 다른 사람은 응답을 받을 수 있나요?",
    },
    "H": {
        "en": "what happens to the other photos if this one is broken?",
        "ko": "이 사진이 깨져 있으면 나머지 사진은 어떻게 되나요?",
    },
    "I": {
        "en": "what does the loop find when it runs a second time?",
        "ko": "다음에 다시 돌 때 반복문은 무엇을 만날까요?",
    },
}


@check(
    "17/review",
    hints=[
        {
            "en": "Ask about each line: what could a stranger put in, and how often does it run?",
            "ko": "줄마다 물어보세요. 낯선 사람이 여기에 무엇을 넣을 수 있을까? 이 줄은 몇 번 "
            "실행될까?",
        },
        {
            "en": "Each word is used once, except one, which is used twice.",
            "ko": "단어는 한 번씩 쓰이는데, 하나만 두 번 쓰입니다.",
        },
        {
            "en": "`leak` belongs to both C and F; `range` belongs to E, `twice` to I.",
            "ko": "`leak`은 C와 F입니다. E는 `range`, I는 `twice`입니다.",
        },
    ],
)
def check_review(faults: Any) -> str | None:
    """Judge a dict from the lines' letters to the names of their faults."""
    if not isinstance(faults, dict) or set(faults) != set(_FAULTS):
        return say(
            en=f"Name a fault for each of the letters {', '.join(_FAULTS)}.",
            ko=f"{', '.join(_FAULTS)}마다 잘못을 하나씩 적으세요.",
        )
    for letter, given in faults.items():
        fault = given.strip().lower() if isinstance(given, str) else given
        if fault not in _FAULTS.values():
            known = ", ".join(dict.fromkeys(_FAULTS.values()))
            return say(
                en=f"`{fault}` is not one of the words: {known}.",
                ko=f"`{fault}`은(는) 목록에 없는 단어입니다. 쓸 수 있는 단어: {known}.",
            )
        if fault != _FAULTS[letter]:
            return say(
                en=f"Look at line {letter} again: {_CLUES[letter]['en']}",
                ko=f"{letter} 줄을 다시 보세요. {_CLUES[letter]['ko']}",
            )
    return None


_UPLOADS = "/srv/service/uploads"


@check(
    "17/evil-name",
    hints=[
        {
            "en": "`replace` runs once, from left to right. What is left of `....//`?",
            "ko": "`replace`는 왼쪽에서 오른쪽으로 한 번만 지나갑니다. `....//`에서는 무엇이 "
            "남을까요?",
        },
        {
            "en": "Or think of a path that needs no `../`: one that starts at the root, `/`.",
            "ko": "`../`가 필요 없는 경로도 있습니다. 맨 위 폴더 `/`에서 시작하는 경로입니다.",
        },
        {
            "en": '`"....//....//evil.txt"` becomes `../../evil.txt`.',
            "ko": '`"....//....//evil.txt"`는 `../../evil.txt`가 됩니다.',
        },
    ],
)
def check_evil_name(name: Any) -> str | None:
    """Judge a file name that must leave the folder although each ``../`` is taken out."""
    if not isinstance(name, str) or not name or "\0" in name:
        return say(
            en=f"A file name is a string with something in it; you have {name!r}.",
            ko=f"파일 이름은 비어 있지 않은 문자열이어야 합니다. 지금은 {name!r}입니다.",
        )
    left = name.replace("../", "")
    path = posixpath.normpath(posixpath.join(_UPLOADS, left))
    shown = f"`{name}`, `{left}`, `{path}`"
    if left.endswith("/") or path == _UPLOADS or _UPLOADS.startswith(f"{path}/"):
        return say(
            en=f"This is a folder and no file (name, after the replacement, place): {shown}.",
            ko=f"파일이 아니라 폴더입니다(이름, 바꾼 뒤, 위치): {shown}.",
        )
    if path.startswith(f"{_UPLOADS}/"):
        if name != left:
            return say(
                en=f"Each `../` is taken out, and the file stays inside: {shown}. What if what "
                "is left is `../` again?",
                ko=f"`../`가 모두 지워져서 파일이 안에 생깁니다: {shown}. 지우고 남은 것이 다시 "
                "`../`가 된다면 어떨까요?",
            )
        if "\\" in name:
            return say(
                en=f"On Linux and macOS a backslash is a character like any other: {shown}.",
                ko=f"리눅스와 맥에서 역슬래시는 그냥 글자입니다: {shown}.",
            )
        return say(
            en=f"The file stays inside of the folder: {shown}.",
            ko=f"파일이 폴더 안에 생깁니다: {shown}.",
        )
    return None


@check(
    "17/upload",
    hints=[
        {
            "en": "Which name can nobody choose? One that is computed from the content: "
            "`hashlib.sha256(data).hexdigest()`.",
            "ko": "아무도 고를 수 없는 이름은 무엇일까요? 내용에서 나오는 이름, "
            "`hashlib.sha256(data).hexdigest()`입니다.",
        },
        {
            "en": "`file.file.read(max_bytes + 1)` reads no more than is needed to see that it is "
            "too much; `raise HTTPException(413, ...)` refuses.",
            "ko": "`file.file.read(max_bytes + 1)`은 너무 크다는 것을 알 만큼만 읽습니다. "
            "`raise HTTPException(413, ...)`으로 거절합니다.",
        },
        {
            "en": 'A picture begins with `b"\\x89PNG"` or `b"\\xff\\xd8\\xff"`: `data.startswith` '
            "takes both in a tuple. Respond with `/uploads/` and the hash, not with a path.",
            "ko": '사진은 `b"\\x89PNG"`나 `b"\\xff\\xd8\\xff"`로 시작합니다. `data.startswith`에 '
            "둘을 튜플로 줄 수 있습니다. 경로 대신 `/uploads/`와 해시로 응답하세요.",
        },
    ],
)
def check_upload(make_app: Callable) -> str | None:
    """Judge a function (folder, max_bytes) -> FastAPI app with POST /upload."""
    with TemporaryDirectory() as temporary:
        uploads = Path(temporary, "service", "data", "uploads")
        uploads.mkdir(parents=True)
        app = make_app(uploads, MOST_BYTES)
        return _no_app(app) or _attack_upload(app, uploads, Path(temporary))
    return None


def _no_app(app):
    if not isinstance(app, FastAPI):
        return say(
            en=f"Return the app, not {type(app).__name__}: `return app`.",
            ko=f"앱을 돌려주어야 하는데 {type(app).__name__}이(가) 나옵니다. `return app`",
        )


class _Sender(TestClient):
    """A client that keeps the pictures that the app accepted."""

    def __init__(self, app: FastAPI):
        super().__init__(app, raise_server_exceptions=False)
        self.accepted: set[bytes] = set()

    def upload(self, name: str, data: bytes) -> Any:
        answer = self.post("/upload", files={"file": (name, data, "image/png")})
        if answer.is_success:
            self.accepted.add(data)
        return answer


def _attack_upload(app, uploads, root):
    with _Sender(app) as client:  # which runs what the app does when it starts
        return (
            _send_good_ones(client, uploads)
            or _send_evil_names(client, uploads, root)
            or _send_the_same_name(client, uploads)
            or _ask_where_it_lies(client, root)
            or _send_other_things(client, uploads)
            or _send_too_much(client, uploads)
            or _look_where_it_lies(client, uploads)
            or _send_many(client, uploads)
        )


def _send_good_ones(client, uploads):
    again = _png()
    for name, data in [("seven.png", again), ("내 7.jpg", _jpeg()), ("again.png", again)]:
        answer = client.upload(name, data)
        if answer.status_code >= 500 and name == "seven.png":
            with TestClient(client.app) as raising:  # the error itself, if it comes once more
                raising.post("/upload", files={"file": (name, data, "image/png")})
        if answer.status_code >= 500 and name == "again.png":
            return say(
                en=f"When the same picture is sent again, the app fails with {answer.status_code}: "
                "accept it the second time, too.",
                ko=f"같은 사진을 다시 보내면 앱이 {answer.status_code}(으)로 실패합니다. 두 "
                "번째에도 받아야 합니다.",
            )
        if not answer.is_success or not {"filename", "path"} <= _fields(answer).keys():
            kind = name.partition(".")[2].replace("jpg", "jpeg").upper()
            return say(
                en=f"To a good picture ({kind}) respond with 200, filename and path, not with "
                f"{answer.status_code} {answer.text[:60]}.",
                ko=f"제대로 된 사진({kind})에는 200과 filename, path로 응답해야 합니다. 지금 응답: "
                f"{answer.status_code} {answer.text[:60]}",
            )
        if fault := _other_name(answer, name):
            return fault
        if data not in _contents(uploads) and name == "again.png":
            return say(
                en="When the same picture is sent again, the file of the first one is ruined: it "
                "is no longer what was sent.",
                ko="같은 사진을 다시 보내면 먼저 저장한 파일이 망가집니다. 보낸 것과 달라졌습니다.",
            )
        if data not in _contents(uploads):
            return say(
                en="A good picture was accepted, but no file in the folder has what was sent.",
                ko="제대로 된 사진을 받고도, 보낸 그대로인 파일이 폴더에 없습니다.",
            )


def _other_name(answer, name):
    """Return what is wrong with the name that is answered, or None."""
    if _fields(answer).get("filename") != name:
        return say(
            en=f"The response must contain the name as it was sent, {name!r}; it has "
            f"{_fields(answer).get('filename')!r}.",
            ko=f"응답에는 보낸 이름 {name!r}이(가) 그대로 있어야 하는데 "
            f"{_fields(answer).get('filename')!r}이(가) 나옵니다.",
        )


def _fields(answer):
    """Return the object that a response holds in JSON; an empty one if it holds none."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _send_evil_names(client, uploads, root):
    evil = ["../../evil.png", "....//....//evil.png", str(root / "evil.png")]
    for name in [*evil, "x" * 300 + ".png"]:
        answer = client.upload(name, _png())
        shown = name.replace(str(root), "")[:24]
        if any(path.is_file() and uploads not in path.parents for path in root.rglob("*")):
            return say(
                en=f"The attack succeeds: `{shown}` was written outside the folder.",
                ko=f"공격이 성공했습니다. `{shown}` 파일이 폴더 밖에 쓰였습니다.",
            )
        if answer.status_code >= 500:
            return say(
                en=f"A file called `{shown}` makes the app fail with {answer.status_code}: don't "
                "use the name for the file.",
                ko=f"파일 이름이 `{shown}`이면 앱이 {answer.status_code}(으)로 실패합니다. 이름이 "
                "저장에 쓰이지 않게 하세요.",
            )
        # (A whole path of Windows never arrives as it was sent.)
        if answer.is_success and name.startswith("../") and (fault := _other_name(answer, name)):
            return fault


def _send_the_same_name(client, uploads):
    first, second = (_png().ljust(200, b"\0") for _ in range(2))  # of one length, too
    for data in (first, second):
        client.upload("photo.png", data)
    if not {first, second} <= _contents(uploads):
        return say(
            en="Two people each send a `photo.png`, and only one is left: the second overwrote it.",
            ko="두 사람이 저마다 `photo.png`를 보내면 나중 것이 먼저 것을 덮어써서 하나만 "
            "남습니다.",
        )


def _ask_where_it_lies(client, root):
    answer = client.upload("photo.png", _png())
    if str(root) in str(list(_fields(answer).values())).replace("\\\\", "\\"):
        return say(
            en="The response gives away where the file is on the server's disk.",
            ko="응답이 서버 디스크의 어디에 파일이 있는지 알려 줍니다.",
        )


def _send_other_things(client, uploads):
    page = b"<script>alert(1)</script>"
    status = client.upload("page.png", page).status_code
    if page in _contents(uploads) and status == 415:
        return say(
            en="The response to a web page called `page.png` is 415, and yet it was stored: check "
            "before you write.",
            ko="`page.png`라는 웹 페이지에 415로 응답하지만 파일은 이미 저장되어 있습니다. "
            "저장하기 전에 검사하세요.",
        )
    if page in _contents(uploads):
        return say(
            en="A web page with a script, called `page.png`, is stored: look at the first bytes, "
            "and respond with 415.",
            ko="`page.png`라는 이름의 스크립트가 든 웹 페이지가 저장됩니다. 첫 바이트를 보고 "
            "415로 응답하세요.",
        )
    if status != 415:
        return say(
            en=f"A web page called `page.png` is not stored, but the response is {status}. Use "
            "415, which says that the type of the file is wrong.",
            ko=f"`page.png`라는 웹 페이지를 저장하지 않지만 {status}(으)로 응답합니다. 파일의 "
            "종류가 틀렸다는 415로 응답하세요.",
        )
    others = {"notes.txt": b"seven", "film.png": b"GIF89a" + bytes(20), "run.jpg": b"\x7fELF" * 9}
    others |= {"late.png": b"x" + _png(), "nearly.png": b"\x88" + _png()[1:], "none.png": b""}
    others |= {"nearly.jpg": _jpeg()[:2] + b"\x00" + _jpeg()[3:], "low.png": b"\x89png" + bytes(9)}
    for name, data in others.items():
        if client.upload(name, data).status_code != 415 or data in _contents(uploads):
            return say(
                en=f"`{name}` starts with {data[:6]!r} and is neither PNG nor JPEG: respond with "
                "415. List the first bytes that are allowed, not those that are forbidden.",
                ko=f"`{name}`은(는) {data[:6]!r}(으)로 시작하므로 PNG도 JPEG도 아닙니다. 415로 "
                "응답하세요. 안 되는 것이 아니라 되는 것의 첫 바이트를 정하세요.",
            )


def _send_too_much(client, uploads):
    whole = _png()
    whole += bytes(MOST_BYTES - len(whole))
    if not client.upload("whole.png", whole).is_success:
        return say(
            en=f"A picture of just {MOST_BYTES} bytes, the most allowed, is refused.",
            ko=f"허용된 최대 크기인 {MOST_BYTES}바이트 사진이 거절됩니다.",
        )
    if whole not in _contents(uploads):
        return say(
            en=f"Not all of a picture of {MOST_BYTES} bytes was stored.",
            ko=f"{MOST_BYTES}바이트 사진이 다 저장되지 않았습니다.",
        )
    kept, huge = _contents(uploads), _png()
    answer = client.upload("huge.png", huge + bytes(MOST_BYTES + 1 - len(huge)))
    if answer.status_code != 413:
        return say(
            en=f"{MOST_BYTES + 1} bytes are one too many: respond with 413 and store nothing.",
            ko=f"{MOST_BYTES + 1}바이트는 한 바이트가 넘칩니다. 413으로 응답하고 아무것도 남기지 "
            "마세요.",
        )
    if _contents(uploads) != kept:
        return say(
            en=f"The response to {MOST_BYTES + 1} bytes is 413, and yet some of them were stored.",
            ko=f"{MOST_BYTES + 1}바이트에 413으로 응답하지만 그 일부가 저장되어 있습니다.",
        )


def _look_where_it_lies(client, uploads):
    """Hold the path that is answered against the file, and against the name that was sent."""
    data = _png()
    address = str(_fields(client.upload("mypick.myending", data)).get("path"))
    name = address.removeprefix("/uploads/")
    if name == address or not (uploads / name).is_file() or (uploads / name).read_bytes() != data:
        return say(
            en=f"The path must be `/uploads/` and the name of the stored file; there is no such "
            f"file for {address[:60]!r}.",
            ko="path는 `/uploads/`와 저장한 파일의 이름이어야 하는데, "
            f"{address[:60]!r}에 맞는 파일이 없습니다.",
        )
    if "myending" in address and "mypick" not in address:
        return say(
            en="The ending that was sent, `.myending`, is part of the stored file's name: a "
            "picture called `page.html` would be stored as a web page. Give it no ending, or one "
            "that you choose by the first bytes.",
            ko="보낸 이름의 끝 `.myending`이 저장한 파일의 이름에 들어 있습니다. 사진의 이름이 "
            "`page.html`이면 웹 페이지로 저장됩니다. 확장자를 붙이지 않거나, 첫 바이트를 보고 "
            "정하세요.",
        )
    if "mypick" in address:
        return say(
            en="The name that was sent, `mypick.myending`, is part of the stored file's name: use "
            "one that no client can choose.",
            ko="보낸 이름 `mypick.myending`이 저장한 파일의 이름에 들어 있습니다. 클라이언트가 "
            "고를 수 없는 이름을 쓰세요.",
        )


def _send_many(client, uploads):
    """Send more pictures; in the end every one that was accepted must be there."""
    for _ in range(NUM_MORE):
        client.upload("photo.png", _png())
    if not client.accepted <= _contents(uploads):
        return say(
            en=f"Of {len(client.accepted)} pictures that were accepted, not all are still there as "
            "they were sent: two pictures must never get the same name.",
            ko=f"받은 사진 {len(client.accepted)}장 가운데 보낸 그대로 남아 있지 않은 것이 "
            "있습니다. 서로 다른 사진이 같은 이름을 얻으면 안 됩니다.",
        )


def _png():
    """Return a picture that nobody has sent before."""
    return cv2.imencode(".png", np.random.default_rng().integers(0, 256, (4, 4), np.uint8))[
        1
    ].tobytes()


def _jpeg():
    return cv2.imencode(".jpg", np.random.default_rng().integers(0, 256, (8, 8), np.uint8))[
        1
    ].tobytes()


def _contents(folder):
    return {path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@check(
    "17/vision",
    hints=[
        {
            "en": "What is the same for every request belongs before the routes. A slow route is a "
            "plain `def`: FastAPI calls it in a thread.",
            "ko": "모든 요청에 똑같은 것은 라우트 앞에서 한 번만 합니다. 오래 걸리는 라우트는 "
            "그냥 `def`로 쓰세요. 그러면 FastAPI가 스레드에서 부릅니다.",
        },
        {
            "en": "Check before you look: `if not 0 <= index < len(y_train): raise "
            "HTTPException(400, ...)`, with a sentence of your own that names the range.",
            "ko": "꺼내기 전에 확인하세요. `if not 0 <= index < len(y_train): raise "
            "HTTPException(400, ...)`을 쓰고, 범위를 알려 주는 문장을 직접 쓰세요.",
        },
        {
            "en": "`try` and `except ValueError` go *inside* the loop; the picture goes to "
            '`results / f"{path.stem}-face.png"`.',
            "ko": "`try`와 `except ValueError`는 반복문 *안*에 둡니다. 결과는 "
            '`results / f"{path.stem}-face.png"`에 씁니다.',
        },
    ],
)
def check_vision(make_app: Any) -> str | None:
    """Judge a function (uploads, results, load_mnist, hide_faces) -> FastAPI app."""
    return _attack_samples(make_app) or _attack_mosaic(make_app) or _keep_it_busy(make_app)


_LABELS = np.random.default_rng(17).integers(0, 10, 60000, np.uint8)


#: What may stand beside 60000 where the last index is not named itself.
_BELOW = r"below|less|under|fewer|smaller|before|<|\)|미만|작"


def _load_mnist():
    return (np.broadcast_to(np.uint8(0), (60000, 28, 28)), _LABELS), (None, None)


def _hide_faces(data):
    if not data.startswith(b"good"):
        raise ValueError("cannot decode /srv/service/uploads/two.png")
    return b"hidden " + data


@contextmanager
def _folders(files=()):
    with TemporaryDirectory() as temporary:
        uploads, results = Path(temporary, "uploads"), Path(temporary, "results")
        uploads.mkdir()
        results.mkdir()
        for name in files:
            (uploads / name).write_bytes(files[name])
        yield uploads, results


def _attack_samples(make_app):
    loads = []

    def load():
        loads.append("once more")
        return _load_mnist()

    with _folders() as folders:
        app = make_app(*folders, load, _hide_faces)
        if fault := _no_app(app):
            return fault
        with TestClient(app) as client:  # which runs what the app does when it starts
            for index in (100, 59999, 7, 0):
                label = _fields(client.get(f"/mnist-sample/{index}")).get("label")
                if not same(label, _LABELS[index]):
                    right, said = shown(_LABELS[index], label)
                    return say(
                        en=f"Sample {index} has the label {right}; you respond with {said}.",
                        ko=f"{index}번 표본의 레이블은 {right}인데 {said}(으)로 응답합니다.",
                    )
        if len(loads) > 1:
            return say(
                en=f"Four requests loaded the data set {len(loads)} times: once is enough.",
                ko=f"요청 네 번에 데이터를 {len(loads)}번 읽었습니다. 한 번이면 됩니다.",
            )
        with TestClient(make_app(*folders, load, _hide_faces), raise_server_exceptions=False) as it:
            return _ask_beyond(it)


def _ask_beyond(client):
    """Ask for samples that don't exist."""
    for index in (60000, -1):
        answer = client.get(f"/mnist-sample/{index}")
        status = answer.status_code
        if re.search(r"out of bounds|\w+Error\(|Traceback", answer.text):
            return say(
                en=f"The response to the index {index} is the text of the exception: write a "
                "sentence of your own.",
                ko=f"index {index}에 예외 메시지로 응답합니다. 문장을 직접 쓰세요.",
            )
        if status != 400:
            return say(
                en=f"The attack succeeds: the response to index {index} is {status}, not 400.",
                ko=f"공격이 성공했습니다. index {index}에 400이 아니라 {status}(으)로 응답합니다.",
            )
        # Of 60000 itself an answer may speak without naming the range.
        names_end = re.search(_BELOW, answer.text, re.IGNORECASE) if index < 0 else True
        if not re.search(r"59[,.  ]?999" + r"|60[,.  ]?000" * bool(names_end), answer.text):
            return say(
                en="The 400 doesn't say which indices are allowed: 0 to 59999.",
                ko="400의 응답에 index의 범위(0부터 59999까지)가 없습니다.",
            )


def _attack_mosaic(make_app):
    files = {
        "one.png": b"good",
        "two.png": b"broken",
        "wow.my.jpeg": b"good too",
        "zoo.jpg": b"bad",
    }
    with _folders(files) as (uploads, results):
        with TestClient(make_app(uploads, results, _load_mnist, _hide_faces)) as client:
            try:
                answer, later = (_fields(client.get("/mosaic")) for _ in range(2))
            except ValueError:
                return say(
                    en="One broken picture stops everything: the good ones are not processed.",
                    ko="깨진 사진 하나가 전체를 멈춥니다. 옆에 있는 멀쩡한 사진이 처리되지 "
                    "않습니다.",
                )
        if {path.name: path.read_bytes() for path in uploads.iterdir()} != files:
            return say(
                en="The uploads have changed: put the results elsewhere, or next time they will be "
                "taken for uploads.",
                ko="업로드가 처음과 달라졌습니다. 결과를 다른 곳에 두지 않으면 다음번에는 결과를 "
                "업로드로 알고 또 처리합니다.",
            )
        if fault := _judge_answer(answer, uploads) or _judge_results(results):
            return fault
        if _judge_answer(later, uploads):
            return say(
                en=f"When asked a second time, /mosaic responds with {later}: start each request "
                "with empty lists.",
                ko=f"/mosaic를 두 번째로 부르면 {later}(으)로 응답합니다. 요청마다 빈 리스트에서 "
                "시작하세요.",
            )
        return None


def _judge_answer(answer, uploads):
    if "/srv" in str(answer):
        return say(
            en="The reason is the text of the exception, and gives away a path on the server.",
            ko="이유에 예외 메시지가 그대로 들어 있어서 서버의 경로가 드러납니다.",
        )
    processed, failures = answer.get("processed_files", []), answer.get("failed_files", [])
    if not all(isinstance(failure, dict) for failure in failures):
        return say(
            en="For each failed file the response needs its `filename` and a `reason`; you "
            f"respond with {failures}.",
            ko="처리하지 못한 파일마다 `filename`과 `reason`이 있어야 하는데 "
            f"{failures}(으)로 응답합니다.",
        )
    failed = [failure.get("filename") for failure in failures]
    if (sorted(processed, key=str), sorted(failed, key=str)) != (
        ["one.png", "wow.my.jpeg"],
        ["two.png", "zoo.jpg"],
    ):
        return say(
            en="The uploads are one.png, two.png (broken), wow.my.jpeg and zoo.jpg (broken). You "
            f"list {processed} as processed and {failed} as failed.",
            ko=f"one.png, two.png(깨짐), wow.my.jpeg, zoo.jpg(깨짐) 가운데 {processed}을(를) "
            f"처리했고 {failed}을(를) 못 했다고 응답합니다.",
        )
    for failure in failures:
        reason = failure.get("reason")
        if not isinstance(reason, str) or not reason.strip():
            return say(
                en=f"The failure of {failure['filename']} comes without a reason: say in one "
                "sentence what is wrong.",
                ko=f"{failure['filename']}이(가) 왜 실패했는지가 없습니다. 무엇이 문제인지 "
                "문장으로 알리세요.",
            )
        if re.fullmatch(r"\W*\w*(Error|Exception)\W*", reason):
            return say(
                en=f"The reason for {failure['filename']} is {reason!r}, the name of an exception: "
                "write a sentence of your own.",
                ko=f"{failure['filename']}의 이유가 예외의 이름인 {reason!r}입니다. 문장을 직접 "
                "쓰세요.",
            )
        if str(uploads) in reason or re.search(r"Path\(|\w+Error\(", reason):
            return say(
                en=f"The reason for {failure['filename']} gives away the inside of the server, a "
                "path or the name of an exception: write a sentence for the sender of the file.",
                ko=f"{failure['filename']}의 이유에 경로나 예외의 이름 같은 서버 안의 사정이 "
                "드러납니다. 파일을 보낸 사람이 읽을 문장을 쓰세요.",
            )


def _judge_results(results):
    right = {"one-face.png": b"hidden good", "wow.my-face.png": b"hidden good too"}
    found = {path.name: path.read_bytes() for path in results.iterdir()}
    if found.keys() != right.keys():
        return say(
            en=f"`results` should have one-face.png and wow.my-face.png; it has "
            f"{sorted(found) or 'nothing'}.",
            ko=f"`results`에 one-face.png와 wow.my-face.png가 있어야 하는데 "
            f"{sorted(found) or '아무것도 없는 상태'}입니다.",
        )
    if found != right:
        return say(
            en="The files in `results` must contain what `hide_faces` returns, and nothing else.",
            ko="`results`의 파일에는 `hide_faces`가 돌려준 것이 그대로 들어 있어야 합니다.",
        )


def _keep_it_busy(make_app):
    at_work, is_answered, waits = Event(), Event(), []

    def hide_slowly(data):
        at_work.set()
        waits.append(is_answered.wait(PATIENCE))
        return data

    with (
        _folders({"one.png": b"good"}) as folders,
        TestClient(make_app(*folders, _load_mnist, hide_slowly)) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        work = pool.submit(client.get, "/mosaic")
        at_work.wait(PATIENCE)
        client.get("/mnist-sample/100")
        is_answered.set()
        work.result()
    if not all(waits):
        return say(
            en="While faces are being searched for, nobody else gets a response: the event loop is "
            "blocked.",
            ko="얼굴을 찾는 동안 아무도 응답을 받지 못합니다. 이벤트 루프가 막혔습니다.",
        )
