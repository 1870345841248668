"""From our docstrings to reStructuredText: what `help()` shows well means something else there."""

import re

_OUTSIDE_CODE = re.compile(r"(``.*?``|`[^`]*`)|\|")


def as_restructured(lines: list[str]) -> None:
    r"""Change the lines of a docstring in place: tables of Markdown, and bars in running text.

    Examples
    --------
    >>> lines = ["| step | module |", "|---|---|", "| ink | `ink` |", "", "the norm |W|"]
    >>> as_restructured(lines)
    >>> print("\n".join(lines))
    .. list-table::
       :header-rows: 1
    <BLANKLINE>
       * - step
         - module
       * - ink
         - `ink`
    <BLANKLINE>
    the norm \|W\|
    """
    changed: list[str] = []
    for line in lines:
        if not line.startswith("|"):
            changed.append(line if line.lstrip().startswith((">>>", "...")) else _escaped(line))
        elif not re.fullmatch(r"[|:\- ]+", line):
            if not (changed and changed[-1].startswith("     - ")):
                changed += [".. list-table::", "   :header-rows: 1", ""]
            first, *rest = [cell.strip() for cell in line.strip("|").split("|")]
            changed += [f"   * - {first}", *(f"     - {cell}" for cell in rest)]
    lines[:] = changed


def _escaped(line: str) -> str:
    return _OUTSIDE_CODE.sub(lambda found: found[1] or r"\|", line)
