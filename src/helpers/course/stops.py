"""What a learner reads where a cell stops: a sentence that says what to do.

Python's traceback is for errors in the learner's own code. One sentence says more when a lesson's
claim no longer holds because a number was edited, a cell runs before those it needs, a package is
missing or hidden by a file of the same name, a folder cannot be written or a training is
interrupted.
"""

import ast
import json
import linecache
import re
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any

from helpers.course.doctor import shadow_problem
from helpers.course.shadows import shadows
from helpers.failures import explain
from helpers.reader import notebook, say

#: What a kernel of the lab runs first; it leaves no name behind.
STARTUP = "__import__('helpers.course.stops', fromlist=['install']).install()"


def install(shell: Any = None) -> None:
    """Have an IPython shell, this one if none is given, say a sentence where it can.

    The cell counts as failed all the same. The learner's own modules beside the notebook can be
    imported, after the packages: a ``numpy.py`` there does no harm.
    """
    from IPython import get_ipython

    if sys.flags.safe_path:  # as the lab starts it: the notebook's folder is not looked into yet
        sys.path.append("")
    shell = shell or get_ipython()
    kinds = (
        AssertionError,
        LookupError,
        NameError,
        ImportError,
        PermissionError,
        KeyboardInterrupt,
    )
    shell.set_custom_exc(kinds, _show)


def _show(shell, kind, error, trace, tb_offset=None):
    """Print the sentence for an error, or IPython's traceback where there is none."""
    sentence = sentence_for(error, notebook_code())
    if sentence is None:
        return shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
    print(f"⚠ {sentence}")
    return [sentence]


def sentence_for(error: BaseException, code: str) -> str | None:
    """Return what to tell a learner of an error; None where their own code is to be looked at.

    Parameters
    ----------
    error : BaseException
        With the traceback it was raised with.
    code : str
        All code of the lesson's notebook.

    Examples
    --------
    >>> sentence_for(NameError("rows", name="rows"), "rows = 3")[:42]
    '`rows` is made in a cell above: run the ce'
    >>> sentence_for(NameError("rowz", name="rowz"), "rows = 3") is None
    True
    """
    match error:
        case KeyboardInterrupt():
            return str(error) or say(
                en="Stopped. What the cell had finished stays; run it again to start it anew.",
                ko="멈췄습니다. 이미 끝난 일은 남아 있습니다. 셀을 다시 실행하면 처음부터 다시 "
                "합니다.",
            )
        case AssertionError() | LookupError() if _is_a_claim(error):
            return say(
                en="What the lesson says here does not hold any more"
                f"{_of(error)}. If you changed something above, compare with what it was: why "
                "does it make the difference? The cells below can still be run.",
                ko=f"여기서 수업이 한 말이 이제는 맞지 않습니다{_of(error)}. 위에서 무언가를 "
                "바꾸었다면 원래의 값과 비교해 보세요. 왜 달라졌을까요? 아래의 셀은 계속 실행할 "
                "수 있습니다.",
            )
        case NameError(name=str(name)) if name in _names_made_by(code):
            return say(
                en=f"`{name}` is made in a cell above: run the cells above first (in the menu: "
                "Run, Run All Above Selected Cell).",
                ko=f"`{name}`은(는) 위에 있는 셀에서 만듭니다. 위의 셀을 먼저 실행하세요(메뉴: "
                "실행, 선택한 셀 위의 모든 셀 실행).",
            )
        case ImportError(name=str(name)) if shadow := _shadow_of(name):
            problem = shadow_problem(shadow)
            return f"{problem.sentence} {problem.fix}"
        case ModuleNotFoundError(name=str(name)) if re.search(
            rf"\b{name.partition('.')[0]}\b", code
        ):
            return say(
                en=f"The package {name} is not installed: `annyeong doctor` in a terminal tells "
                "what to do.",
                ko=f"{name} 패키지가 설치되어 있지 않습니다. 터미널에서 `annyeong doctor`를 "
                "실행하면 방법을 알려 줍니다.",
            )
        case PermissionError(filename=str()):
            return explain(error)
    return None


def _shadow_of(module: str) -> Path | None:
    """Return the learner's own file that has the name of a package, if there is one."""
    name, here = module.partition(".")[0], Path.cwd()
    mine = (here / f"{name}.py", here / name / "__init__.py")
    return next((path for path in shadows(here) if path in mine), None)


def notebook_code() -> str:
    """Return the code of the notebook that this kernel serves; all lessons' if that is not known.

    It may have been moved since the kernel started.
    """
    here, named = Path.cwd(), notebook()
    paths = [path for path in (named, here / named.name) if path.is_file()] if named else []
    paths = paths[:1] or sorted(here.glob("[0-9][0-9]-*.ipynb"))
    return "\n".join(_code_in(path, path.stat().st_mtime) for path in paths)


@cache
def _code_in(path: Path, modified: float) -> str:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@cache
def _names_made_by(code: str) -> set[str]:
    """Return the names that code assigns, defines or imports at its outermost level."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a cell that the learner is writing: look at the lines alone
        return set(
            re.findall(r"^(?:def |class |import |from \S+ import )?(\w+)", code, re.MULTILINE)
        )
    return {name for node in tree.body for part in ast.walk(node) for name in _made(part)}


def _made(node):
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name for alias in aliases)


def _is_a_claim(error: BaseException) -> bool:
    """Tell whether an assert of the cell itself failed, its own or one of NumPy's.

    A number that was edited may also leave an assert without what it looks up.
    """
    at = error.__traceback__
    while at and at.tb_frame.f_code.co_name != "<module>":
        at = at.tb_next  # past IPython, down to the cell
    if at is None:
        return isinstance(error, AssertionError) and error.__traceback__ is None
    if isinstance(error, AssertionError) and at.tb_next is None:
        return True
    line = linecache.getline(at.tb_frame.f_code.co_filename, at.tb_lineno)
    return line.lstrip().startswith(("assert ", "np.testing.assert_"))


def _of(error: BaseException) -> str:
    """Return what no longer holds, in brackets: a claim's message of one line, else its code."""
    said = "" if isinstance(error, LookupError) else str(error).strip()
    if not said or "\n" in said:
        lines = [
            at.line for at in traceback.extract_tb(error.__traceback__) if at.name == "<module>"
        ]
        said = f"`{lines[-1]}`" if lines and lines[-1] else ""
    return f" ({said})" if said else ""
