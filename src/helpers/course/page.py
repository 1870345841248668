"""What all widgets share in the page: their sheet, their common code and what they say."""

from pathlib import Path

from helpers.reader import say

#: The sheet of all widgets; JupyterLab uses it for verdicts and exercises too.
STYLE = Path(__file__).with_name("widgets.css")


def page_code(*names: str) -> str:
    """Return the JavaScript of a widget, after what all widgets share and what it shares."""
    return "".join(
        source(name).read_text(encoding="utf-8") for name in ("widgets-common.js", *names)
    )


def source(name: str) -> Path:
    """Return the file of a script: of the course, or one that the service has a part in."""
    here = Path(__file__).with_name(name)
    return here if here.is_file() else Path(__file__).parents[1] / name


def asleep() -> dict[str, str]:
    """Return what a widget without a kernel says."""
    return {"asleep": say(en="Run this cell to play again.", ko="이 셀을 다시 실행해 보세요.")}
