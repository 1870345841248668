"""What all widgets share in the page: their sheet, their common code and what they say."""

from pathlib import Path

from helpers.reader import say

#: The sheet of all widgets; JupyterLab uses it for verdicts and exercises too.
STYLE = Path(__file__).with_name("widgets.css")


def page_code(name: str) -> str:
    """Return the JavaScript of a widget, after what all widgets share."""
    names = ("widgets-common.js", name)
    return "".join(Path(__file__).with_name(part).read_text(encoding="utf-8") for part in names)


def asleep() -> dict[str, str]:
    """Return what a widget without a kernel says."""
    return {"asleep": say(en="Run this cell to play again.", ko="이 셀을 다시 실행해 보세요.")}
