"""Checks of lesson 16, architectures."""

from collections.abc import Callable
from typing import Any

import numpy as np
from fastapi import HTTPException

from helpers.course.checks import Tried, Unfit, check, refuse_coroutine
from helpers.reader import say

_PARTS = {"M": ("the model", "모델"), "V": ("the view", "뷰"), "C": ("the controller", "컨트롤러")}
_DUTIES = {
    "find ink": (
        "M",
        "it is part of reading digits, no matter who asks or how",
        "누가 어떻게 묻든 숫자를 읽으려면 해야 하는 일입니다",
    ),
    "say 404": (
        "C",
        "a status belongs to HTTP, and the model and the view know nothing about HTTP",
        "상태 코드는 HTTP의 것이고, 모델과 뷰는 HTTP를 모릅니다",
    ),
    "draw boxes": (
        "V",
        "it shows what was found and finds nothing new",
        "새로 찾는 것이 아니라 찾은 것을 보여 주는 일입니다",
    ),
    "keep photo": (
        "M",
        "photos are the data themselves, and stay as they are when page and addresses change",
        "사진은 데이터 자체이고, 페이지나 주소가 바뀌어도 그대로입니다",
    ),
    "take id": (
        "C",
        "only the controller sees the request; the others just get an id",
        "요청을 보는 것은 컨트롤러뿐이고, 다른 부분은 아이디만 받으면 됩니다",
    ),
    "say 98 %": (
        "V",
        "0.98 is the result, and how to write it is a question of showing it",
        "0.98은 결과이고, 어떻게 적을지는 보여 주는 방법입니다",
    ),
}


@check(
    "16/mvc",
    hints=[
        {
            "en": "Ask of each job: is it needed to keep a photo or to find its digits, however "
            "the request comes in and however the result is shown? Then it is the model's.",
            "ko": "할 일마다 물어보세요. 요청이 어떻게 들어오고 결과를 어떻게 보여 주든, 사진을 "
            "보관하거나 숫자를 알아내려면 해야 하는 일인가요? 그렇다면 모델의 일입니다.",
        },
        {
            "en": "What only changes how a result looks is the view's; what knows about paths and "
            "status codes is the controller's.",
            "ko": "결과의 모습만 바꾸는 일은 뷰의 일이고, 경로와 상태 코드를 아는 일은 컨트롤러의 "
            "일입니다.",
        },
        {
            "en": "There are two of each: two `M`, two `V`, two `C`.",
            "ko": "`M`, `V`, `C`가 두 개씩입니다.",
        },
    ],
)
def check_mvc(duties: Any) -> str | None:
    """Judge a dictionary from six duties to M, V or C."""
    if not isinstance(duties, dict) or set(duties) != set(_DUTIES):
        return say(
            en="Keep the six jobs as they are, and write a letter for each.",
            ko="여섯 가지 할 일은 그대로 두고 저마다 글자 하나를 쓰세요.",
        )
    for duty, given in duties.items():
        given = given.strip().upper() if isinstance(given, str) else given
        right, why_en, why_ko = _DUTIES[duty]
        if not isinstance(given, str) or given not in _PARTS:
            return say(
                en=f'"{duty}" has {given!r}: write "M", "V" or "C".',
                ko=f'"{duty}"에 {given!r}이(가) 있습니다. "M", "V", "C" 가운데 하나를 쓰세요.',
            )
        if given != right:
            english, korean = _PARTS[right]
            return say(
                en=f'"{duty}" is a job for {english}: {why_en}.',
                ko=f'"{duty}"의 자리는 {korean}입니다. {why_ko}.',
            )
    return None


class _Model:
    """Knows two uploads, one of them without digits; counts how often it is asked."""

    def __init__(self):
        self.num_asked = 0

    def digits(self, photo_id):
        self.num_asked += 1
        return {"zip": [9, 2], "empty": []}.get(photo_id)


_VIEWS = {
    "json": lambda digits: {"digits": digits},
    "page": lambda digits: f"<p>{digits}</p>",
}


class _Shown(list):
    """What the views were given."""

    def views(self):
        def noting(view):
            def note(digits):
                self.append(digits)
                return view(digits)

            return note

        return {name: noting(view) for name, view in _VIEWS.items()}


def _controlled(controller, photo_id, wants):
    """Return the response, how often the controller asked the model, and what views got."""
    model, shown = _Model(), _Shown()
    try:
        answer = controller(photo_id, wants, model, shown.views())
    except HTTPException as raised:  # which FastAPI turns into a response
        answer = raised.status_code, raised.detail
    return tuple(answer) if isinstance(answer, list) else answer, model.num_asked, shown


@check(
    "16/controller",
    hints=[
        {
            "en": "Ask the model and keep the result in a variable; then there are two cases.",
            "ko": "모델에게 묻고 결과를 변수에 담아 두세요. 그다음은 두 경우로 나뉩니다.",
        },
        {
            "en": "Compare with `is None`; the view is `views[wants]`, and it takes the digits.",
            "ko": "`is None`으로 비교하세요. 뷰는 `views[wants]`이고 숫자의 리스트를 받습니다.",
        },
        {
            "en": '`if digits is None: return 404, "unknown"`, and after it '
            "`return 200, views[wants](digits)`.",
            "ko": '`if digits is None: return 404, "unknown"` 다음에 '
            "`return 200, views[wants](digits)`를 쓰세요.",
        },
    ],
)
def check_controller(controller: Any) -> str | None:
    """Judge a function (photo_id, wants, model, views) -> (status, body)."""
    found, num_asked, _ = _controlled(controller, "zip", "page")
    if not isinstance(found, tuple) or len(found) != 2:
        return say(
            en=f"Return two things, the status code and the body; you return {found!r}.",
            ko=f"상태 코드와 본문, 두 가지를 돌려주어야 합니다. 지금은 {found!r}입니다.",
        )
    body = found[1]
    if body == 200:
        return say(
            en="The status code comes first, then the body.",
            ko="상태 코드가 먼저이고 본문이 다음입니다.",
        )
    if body == [9, 2]:
        return say(
            en="You return the digits as the model has them: give them to the view first.",
            ko="모델의 숫자를 그대로 돌려주고 있습니다. 먼저 뷰에 넘기세요.",
        )
    if callable(body):
        return say(
            en="You return the view itself: call it, and give it the digits.",
            ko="뷰를 그대로 돌려주고 있습니다. 숫자를 주고 뷰를 부르세요.",
        )
    if body == _VIEWS["json"]([9, 2]):
        return say(
            en='The client wants "page" and gets JSON: use the view that `wants` names.',
            ko='클라이언트는 "page"를 원하는데 JSON이 나갑니다. `wants`에 적힌 뷰를 쓰세요.',
        )
    if num_asked > 1:
        return say(
            en=f"You ask the model {num_asked} times for one request, and each time it reads "
            "the photo: keep the result in a variable.",
            ko=f"요청 하나에 모델을 {num_asked}번 부르고, 그때마다 사진을 다시 읽습니다. 결과를 "
            "변수에 담아 두세요.",
        )
    if found == (404, "unknown"):
        return say(
            en="There is such an upload, and you return 404: only if the model returns `None` is "
            "it 404.",
            ko="그런 업로드가 있는데 404를 돌려줍니다. 모델이 `None`을 돌려줄 때만 404입니다.",
        )
    if _controlled(controller, "empty", "json")[0] == (404, "unknown"):
        return say(
            en="A photo without digits still exists: an empty list is 200, only `None` is 404.",
            ko="숫자가 없는 사진도 있는 사진입니다. 빈 리스트는 200이고 `None`만 404입니다.",
        )
    unknown = _controlled(controller, "nothing", "page")[0]
    if unknown != (404, "unknown"):
        return say(
            en=f'For an unknown id, return (404, "unknown"), not {unknown}.',
            ko=f'모르는 아이디에는 (404, "unknown")을 돌려주어야 합니다. 지금은 {unknown}입니다.',
        )
    for photo_id, wants, right in [
        ("zip", "page", (200, "<p>[9, 2]</p>")),
        ("zip", "json", (200, {"digits": [9, 2]})),
        ("empty", "page", (200, "<p>[]</p>")),
        ("empty", "json", (200, {"digits": []})),
        ("nothing", "json", (404, "unknown")),
    ]:
        found, num_asked, shown = _controlled(controller, photo_id, wants)
        if num_asked > 1:
            given = _Model().digits(photo_id)
            return say(
                en=f"If the model returns {given}, you ask it {num_asked} times, and each time it "
                "reads the photo: keep the result in a variable.",
                ko=f"모델이 {given}을(를) 돌려주면 모델을 {num_asked}번 부르고, 그때마다 사진을 "
                "다시 읽습니다. 결과를 변수에 담아 두세요.",
            )
        if None in shown:
            return say(
                en="For an unknown id you pass `None` to the view, which can only show lists: "
                "first check whether there is such an upload.",
                ko="모르는 아이디일 때 뷰에 `None`을 넘깁니다. 뷰는 리스트만 보여 줄 수 있으니, "
                "업로드가 있는지부터 보세요.",
            )
        if found != right:
            return say(
                en=f'For "{wants}" return {right}; you return {found}.',
                ko=f'"{wants}"에는 {right}을(를) 돌려주어야 합니다. 지금은 {found}입니다.',
            )
    return None


_TABLE = {
    "/digits": "vision",
    "/uploads": "uploads",
    "/digits/old": "archive",
    "/digits/old/lost/found": "cellar",
}


@check(
    "16/route",
    hints=[
        {
            "en": "First collect the prefixes that fit; there are two ways to fit.",
            "ko": "먼저 맞는 앞부분을 모으세요. 맞는 경우는 두 가지입니다.",
        },
        {
            "en": 'A prefix fits if `path == start or path.startswith(start + "/")`.',
            "ko": '`path == start or path.startswith(start + "/")`이면 맞는 앞부분입니다.',
        },
        {
            "en": '`table[max(fitting, key=len)] if fitting else "nobody"`',
            "ko": '`table[max(fitting, key=len)] if fitting else "nobody"`',
        },
    ],
)
def check_route(route: Callable) -> str | None:
    """Judge a function (path, table) -> service."""
    if route("/digits/7", _TABLE) == "/digits":
        return say(
            en='You return the prefix, "/digits": look up its service in the table.',
            ko='앞부분 "/digits"를 그대로 돌려주고 있습니다. 표에서 서비스를 찾아 돌려주세요.',
        )
    if route("/digits/7", _TABLE) == "nobody":
        return say(
            en='"/digits/7" finds nobody: a prefix also fits if a `/` comes after it.',
            ko='"/digits/7"을 맡을 서비스를 찾지 못합니다. 뒤에 `/`가 이어지는 경로에도 맞아야 '
            "합니다.",
        )
    if route("/digits", _TABLE) == "nobody":
        return say(
            en='"/digits" finds nobody: a prefix also fits if it is the whole path.',
            ko='"/digits"를 맡을 서비스를 찾지 못합니다. 경로 전체와 같을 때에도 맞아야 합니다.',
        )
    if route("/help/digits/7", _TABLE) != "nobody":
        return say(
            en='"/help/digits/7" does not belong to the vision service: the path must *start* with '
            '"/digits".',
            ko='"/help/digits/7"은 비전 서비스의 경로가 아닙니다. 경로가 "/digits"로 *시작*해야 '
            "합니다.",
        )
    if route("/digitsville", _TABLE) != "nobody":
        return say(
            en='"/digitsville" does not belong to the vision service: after the prefix there must '
            "be a `/`.",
            ko='"/digitsville"은 비전 서비스의 경로가 아닙니다. 앞부분 바로 뒤에 `/`가 와야 '
            "합니다.",
        )
    backwards = dict(reversed(_TABLE.items()))
    if any(route("/digits/old/3", table) != "archive" for table in (_TABLE, backwards)):
        return say(
            en='"/digits" and "/digits/old" both fit "/digits/old/3": the longer one must win, '
            "wherever it is in the table.",
            ko='"/digits/old/3"에는 "/digits"와 "/digits/old"가 모두 맞습니다. 표의 어디에 '
            "있든 더 긴 것을 골라야 합니다.",
        )
    if route("/digital", _TABLE) == "vision":
        return say(
            en='"/digital" is not for the vision service: only its first letters are the same.',
            ko='"/digital"은 비전 서비스의 경로가 아닙니다. 첫 글자들이 같을 뿐입니다.',
        )
    other = {"/a/b": "first", "/a": "second", "/a/b/c/d": "third", "/ab": "fourth"}
    paths = ["/digits", "/digits/7", "/uploads/a/b/c", "/digits/older", "/nowhere", "/digits/"]
    paths += ["/digits/old", "/digits/old/lost", "/digits/old/lost/found/1", "/"]
    trials = [(path, _TABLE) for path in paths]
    trials += [(path, other) for path in ("/a/b/c", "/a/b/c/d/e", "/ab/c", "/abc", "/a/c/b", "/b")]
    if wrong := Tried(route, trials).first_wrong(_routed):
        path, _ = wrong.given
        right, said = wrong.shown()
        return say(
            en=f'"{path}" must go to {right}; you return {said}.',
            ko=f'"{path}"의 답은 {right}인데 {said}이(가) 나옵니다.',
        )
    return None


def _routed(path, table):
    fitting = [start for start in table if path == start or path.startswith(start + "/")]
    return table[max(fitting, key=len)] if fitting else "nobody"


class _Day:
    """An upload service that is up and down in turn, and a reader of its photos."""

    def __init__(self):
        draws = np.random.default_rng(16)
        ids = [f"{number:06x}" for number in draws.choice(16**6, 4, replace=False)]
        self.zip, self.empty, self.late, self.never = ids
        self.texts = {self.zip: f"{draws.integers(10_000, 99_999)}", self.empty: ""}
        self.texts[self.late] = f"{draws.integers(100, 999)}"
        self.kept = {self.zip, self.empty}
        self.is_up = True

    def fetch(self, photo_id):
        if not self.is_up:
            raise ConnectionError("the upload service is down")
        return b"photo " + photo_id.encode() if photo_id in self.kept else None

    def read(self, photo):
        if photo is None:
            raise Unfit(
                say(
                    en="You let `read` read `None`: first check whether there is such an upload.",
                    ko="`read`에 `None`을 넘깁니다. 그런 업로드가 있는지부터 보세요.",
                )
            )
        return self.texts[photo.removeprefix(b"photo ").decode()]


@check(
    "16/digits",
    hints=[
        {
            "en": "`digits` has to keep something from one request to the next: a dictionary that "
            "is made once, outside of `digits`.",
            "ko": "`digits`는 요청과 요청 사이에 무언가를 간직해야 합니다. `digits` 바깥에서 "
            "딕셔너리를 한 번만 만드세요.",
        },
        {
            "en": "`try: photo = fetch(photo_id)` and `except ConnectionError:`, in which you look "
            "whether you have the digits of this id already.",
            "ko": "`try: photo = fetch(photo_id)`와 `except ConnectionError:`를 쓰고, 거기에서 이 "
            "아이디의 숫자가 이미 있는지 보세요.",
        },
        {
            "en": "`if photo_id in known: return 200, known[photo_id]`; after reading, "
            "`known[photo_id] = read(photo)`. Remember only what will stay true.",
            "ko": "`if photo_id in known: return 200, known[photo_id]`, 읽은 다음에는 "
            "`known[photo_id] = read(photo)`. 앞으로도 맞을 것만 기억하세요.",
        },
    ],
)
def check_digits(make_digits: Callable) -> str | None:
    """Judge a function (fetch, read) -> digits by a day on which uploads go down twice."""
    day = _Day()
    digits = make_digits(day.fetch, day.read)
    known = (200, day.texts[day.zip])
    if found := _differs(digits, day.zip, known):
        return say(
            en=f"While everything is up, return {known}; you return {found}.",
            ko=f"모두 켜져 있을 때 {known}을(를) 돌려주어야 합니다. 지금은 {found}입니다.",
        )
    if found := _differs(digits, day.empty, (200, "")):
        return say(
            en=f'A photo without digits gives (200, ""); you return {found}.',
            ko=f'숫자가 없는 사진이면 (200, "")입니다. 지금은 {found}입니다.',
        )
    if found := _differs(digits, day.late, (404, "unknown")):
        return say(
            en=f'If there is no such upload, return (404, "unknown"); you return {found}.',
            ko=f'그런 업로드가 없으면 (404, "unknown")을 돌려주세요. 지금은 {found}입니다.',
        )
    day.is_up = False
    found = _differs(digits, day.late, (502, "later"))
    if fault := _in_the_dark(day, digits) or _up_again(day, digits):
        return fault
    if found:
        return say(
            en="There was no such upload before, but it may have come since: while uploads are "
            f'down you can\'t know, so return (502, "later"), not {found}.',
            ko="아까는 그런 업로드가 없었지만 그사이에 올라왔을 수 있습니다. 업로드가 꺼져 있으면 "
            f'알 수 없으므로 {found}이(가) 아니라 (502, "later")를 돌려주세요.',
        )
    return None


def _in_the_dark(day, digits):
    """Ask while uploads are down."""
    if found := _differs(digits, day.never, (502, "later")):
        if found == "ConnectionError":
            return say(
                en="While uploads are down your function stops with a ConnectionError: catch it.",
                ko="업로드가 꺼지면 함수가 ConnectionError로 멈춥니다. 그 오류를 받아 처리하세요.",
            )
        if found == (404, "unknown"):
            return say(
                en="While uploads are down you return 404 for an id that you haven't met. Whether "
                'there is such an upload you can\'t know: return (502, "later").',
                ko="업로드가 꺼져 있는데 처음 보는 아이디에 404를 돌려줍니다. 그런 업로드가 있는지 "
                '알 수 없으므로 (502, "later")를 돌려주세요.',
            )
        others = [(200, text) for text in day.texts.values() if text]
        message = say(
            en='For an id that you haven\'t met before, return (502, "later") while uploads are '
            f"down; you return {found}.",
            ko='업로드가 꺼져 있을 때 처음 보는 아이디에는 (502, "later")를 돌려주어야 합니다. '
            f"지금은 {found}입니다.",
        )
        whose = say(en=" Whose digits are these?", ko=" 누구의 숫자인가요?")
        return message + whose if found in others else message
    known = (200, day.texts[day.zip])
    if found := _differs(digits, day.zip, known):
        return say(
            en=f"You gave {known[1]} before; now uploads are down and you return {found}. "
            "Remember the digits, or the photo.",
            ko=f"아까는 {known[1]}을(를) 알려 주었는데 업로드가 꺼지자 {found}을(를) 돌려줍니다. "
            "숫자나 사진을 기억해 두세요.",
        )
    if found := _differs(digits, day.empty, (200, "")):
        return say(
            en="That a photo has no digits is something to remember too: you returned "
            f'(200, "") before, and {found} while uploads are down.',
            ko="사진에 숫자가 없다는 것도 기억해야 합니다. 아까는 "
            f'(200, "")였는데 업로드가 꺼지자 {found}을(를) 돌려줍니다.',
        )
    return None


def _up_again(day, digits):
    """Ask for a photo that came later, and once more while uploads are down."""
    day.is_up = True
    day.kept.add(day.late)
    late = (200, day.texts[day.late])
    if found := _differs(digits, day.late, late):
        return say(
            en=f"A photo was uploaded after you had been asked for it, and you still return "
            f"{found}: don't remember what may change.",
            ko=f"물어본 뒤에 올라온 사진인데 아직도 {found}을(를) 돌려줍니다. 바뀔 수 있는 것은 "
            "기억하지 마세요.",
        )
    if found := _differs(digits, day.never, (404, "unknown")):
        return say(
            en=f'Uploads are up again and there is no such upload: (404, "unknown"), not {found}.',
            ko=f'업로드가 다시 켜졌고 그런 업로드는 없습니다. {found}이(가) 아니라 (404, "unknown")'
            "입니다.",
        )
    day.is_up = False
    for photo_id in (day.late, day.zip):
        right = (200, day.texts[photo_id])
        if found := _differs(digits, photo_id, right):
            return say(
                en=f"When uploads go down for the second time, return {right}; you return {found}.",
                ko=f"업로드가 두 번째로 꺼졌을 때 {right}을(를) 돌려주어야 합니다. 지금은 "
                f"{found}입니다.",
            )
    return None


def _differs(digits, photo_id, right):
    """Return what a function gives for an id if it is not right, else None."""
    try:
        found = digits(photo_id)
    except HTTPException as raised:
        found = raised.status_code, raised.detail
    except ConnectionError:
        return "ConnectionError"
    refuse_coroutine(found)
    found = tuple(found) if isinstance(found, list) else found
    return None if found == right else found if found is not None else "None"
