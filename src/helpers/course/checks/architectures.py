"""Checks of lesson 16, architectures."""

from collections.abc import Callable
from typing import Any

from fastapi import HTTPException

from helpers.course.checks import Tried, check
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
        "photos are the matter itself, and stay when page and addresses change",
        "사진은 내용 자체이고, 페이지나 주소가 바뀌어도 그대로입니다",
    ),
    "take id": (
        "C",
        "only it sees the request, and others should get a plain id",
        "요청을 보는 것은 컨트롤러뿐이고, 다른 부분은 아이디만 받으면 됩니다",
    ),
    "say 98 %": (
        "V",
        "0.98 is the matter, and how to write it is a matter of showing",
        "0.98은 내용이고, 어떻게 적을지는 보여 주는 방법입니다",
    ),
}


@check(
    "16/mvc",
    hints=[
        {
            "en": "Ask of each duty: would it stay if the service had no network at all? Then "
            "it is the model's.",
            "ko": "할 일마다 물어보세요. 네트워크가 전혀 없어도 해야 하는 일입니까? 그렇다면 "
            "모델의 일입니다.",
        },
        {
            "en": "What only changes how an answer looks is the view's; what knows of paths and "
            "statuses is the controller's.",
            "ko": "답의 모습만 바꾸는 일은 뷰의 일이고, 경로와 상태 코드를 아는 일은 컨트롤러의 "
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
            en="Keep the six duties as they are, and write a letter after each.",
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
                en=f'"{duty}" is for {english}: {why_en}.',
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
    """Return what a controller answers, how often it asked the model, and what views got."""
    model, shown = _Model(), _Shown()
    try:
        answer = controller(photo_id, wants, model, shown.views())
    except HTTPException as raised:  # which FastAPI turns into an answer
        answer = raised.status_code, raised.detail
    return tuple(answer) if isinstance(answer, list) else answer, model.num_asked, shown


@check(
    "16/controller",
    hints=[
        {
            "en": "Ask the model and keep its answer in a variable; then there are two cases.",
            "ko": "모델에게 묻고 답을 변수에 담아 두세요. 그다음은 두 경우로 나뉩니다.",
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
            en=f"Give back two things, the status and the body; you give {found!r}.",
            ko=f"상태 코드와 본문, 두 가지를 돌려주어야 합니다. 지금은 {found!r}입니다.",
        )
    body = found[1]
    if body == 200:
        return say(
            en="The status comes first, then the body.",
            ko="상태 코드가 먼저이고 본문이 다음입니다.",
        )
    if body == [9, 2]:
        return say(
            en="You give back the digits as the model has them: hand them to the view first.",
            ko="모델의 숫자를 그대로 돌려주고 있습니다. 먼저 뷰에 넘기세요.",
        )
    if body == _VIEWS["json"]([9, 2]):
        return say(
            en='The client wants "page" and gets JSON: take the view by the name in `wants`.',
            ko='클라이언트는 "page"를 원하는데 JSON이 나갑니다. `wants`에 적힌 뷰를 쓰세요.',
        )
    if num_asked > 1:
        return say(
            en=f"You ask the model {num_asked} times for one request, and each time it reads "
            "the photo: keep its answer in a variable.",
            ko=f"요청 하나에 모델을 {num_asked}번 부르고, 그때마다 사진을 다시 읽습니다. 답을 "
            "변수에 담아 두세요.",
        )
    if _controlled(controller, "empty", "json")[0] == (404, "unknown"):
        return say(
            en="A photo without digits is there all the same: an empty list is 200, only "
            "`None` is 404.",
            ko="숫자가 없는 사진도 있는 사진입니다. 빈 리스트는 200이고 `None`만 404입니다.",
        )
    unknown = _controlled(controller, "nothing", "page")[0]
    if unknown != (404, "unknown"):
        return say(
            en=f'For an id that nobody knows the answer must be (404, "unknown"), not {unknown}.',
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
            return say(
                en=f"Where the model answers {_Model().digits(photo_id)} you ask it {num_asked} "
                "times, and each time it reads the photo: keep its answer in a variable.",
                ko=f"모델의 답이 {_Model().digits(photo_id)}이면 모델을 {num_asked}번 부르고, "
                "그때마다 사진을 다시 읽습니다. 답을 변수에 담아 두세요.",
            )
        if None in shown:
            return say(
                en="For an unknown id the view gets `None`, and it can show lists only: look first "
                "whether there is an answer.",
                ko="모르는 아이디일 때 뷰에 `None`을 넘깁니다. 뷰는 리스트만 보여 줄 수 있으니, "
                "답이 있는지부터 보세요.",
            )
        if found != right:
            return say(
                en=f'Asked for "{wants}" the answer must be {right}; you give {found}.',
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
            "en": "First collect the beginnings that fit; two things can make one fit.",
            "ko": "먼저 맞는 앞부분을 모으세요. 맞는 경우는 두 가지입니다.",
        },
        {
            "en": 'A beginning fits if `path == start or path.startswith(start + "/")`.',
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
            en='You give back the beginning, "/digits": look up its service in the table.',
            ko='앞부분 "/digits"를 그대로 돌려주고 있습니다. 표에서 서비스를 찾아 돌려주세요.',
        )
    if route("/digits/7", _TABLE) == "nobody":
        return say(
            en='"/digits/7" finds nobody: a beginning fits also if the path goes on after a `/`.',
            ko='"/digits/7"을 맡을 서비스를 찾지 못합니다. 뒤에 `/`가 이어지는 경로에도 맞아야 '
            "합니다.",
        )
    if route("/digits", _TABLE) == "nobody":
        return say(
            en='"/digits" finds nobody: a beginning fits also if it is the whole path.',
            ko='"/digits"를 맡을 서비스를 찾지 못합니다. 경로 전체와 같을 때에도 맞아야 합니다.',
        )
    if route("/help/digits/7", _TABLE) != "nobody":
        return say(
            en='"/help/digits/7" is no path of the vision service: the path must *begin* with '
            '"/digits".',
            ko='"/help/digits/7"은 비전 서비스의 경로가 아닙니다. 경로가 "/digits"로 *시작*해야 '
            "합니다.",
        )
    if route("/digitsville", _TABLE) != "nobody":
        return say(
            en='"/digitsville" is no path of the vision service: a beginning must end before a '
            "`/`.",
            ko='"/digitsville"은 비전 서비스의 경로가 아닙니다. 앞부분 바로 뒤에 `/`가 와야 '
            "합니다.",
        )
    backwards = dict(reversed(_TABLE.items()))
    if any(route("/digits/old/3", table) != "archive" for table in (_TABLE, backwards)):
        return say(
            en='"/digits/old/3" fits "/digits" and "/digits/old": the longer one must win, '
            "wherever it stands in the table.",
            ko='"/digits/old/3"에는 "/digits"와 "/digits/old"가 모두 맞습니다. 표의 어디에 '
            "있든 더 긴 것을 골라야 합니다.",
        )
    if route("/digital", _TABLE) == "vision":
        return say(
            en='"/digital" is no path of the vision service: it only begins with the same letters.',
            ko='"/digital"은 비전 서비스의 경로가 아닙니다. 첫 글자들이 같을 뿐입니다.',
        )
    other = {"/a/b": "first", "/a": "second", "/a/b/c/d": "third", "/ab": "fourth"}
    paths = ["/digits", "/digits/7", "/uploads/a/b/c", "/digits/older", "/nowhere", "/digits/"]
    paths += ["/digits/old", "/digits/old/lost", "/digits/old/lost/found/1", "/", ""]
    trials = [(path, _TABLE) for path in paths]
    trials += [(path, other) for path in ("/a/b/c", "/a/b/c/d/e", "/ab/c", "/abc", "/a/c/b", "/b")]
    if wrong := Tried(route, trials).first_wrong(_routed):
        path, _ = wrong.given
        right, said = wrong.shown()
        return say(
            en=f'"{path}" must go to {right}; you say {said}.',
            ko=f'"{path}"의 답은 {right}인데 {said}이(가) 나옵니다.',
        )
    return None


def _routed(path, table):
    fitting = [start for start in table if path == start or path.startswith(start + "/")]
    return table[max(fitting, key=len)] if fitting else "nobody"
