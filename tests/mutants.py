"""Answers that are wrong by one slip: a solution changed in one place, and blind guesses."""

import ast
from collections.abc import Iterator
from copy import deepcopy

_OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Div, ast.Mod],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
_COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
#: What blind guesses give back, whatever they are asked.
CONSTANTS = (0, 1, 0.5, -1, "", "x", True, False, [], (), {})


def mutants(code: str) -> Iterator[tuple[str, str]]:
    """Give each change of one place in an answer: the changed line, and all of its code.

    Operators, comparisons, constants, names, calls, slices, and what is left out: a term, an
    argument, a line, a condition.

    Examples
    --------
    >>> [line for line, _ in mutants("area = width * 2")][:3]
    ['pass', 'area = width / 2', 'area = width + 2']
    """
    tree = ast.parse(code)
    seen = {ast.unparse(tree)}
    for path in _paths(tree):
        for change in _changes(_at(tree, path), tree):
            changed, line = _replaced(tree, path, change)
            if changed not in seen:
                seen.add(changed)
                yield line, changed


def guesses(code: str) -> Iterator[str]:
    """Give answers that know nothing: constants, or for a function its first or last argument."""
    answer = ast.parse(code).body[-1]
    if isinstance(answer, ast.Assign):
        yield from (f"{answer.targets[0].id} = {constant!r}" for constant in CONSTANTS)
    else:
        head = f"def {answer.name}({ast.unparse(answer.args)}):\n    return "
        names = [argument.arg for argument in answer.args.args]
        for constant in CONSTANTS:
            yield f"{head}{constant!r}"
        for name in dict.fromkeys([names[0], names[-1]]):
            yield f"{head}{name}"


def vandal(code: str) -> str | None:
    """Return an answer that is right and spoils what it was given; None for no function."""
    answer = ast.parse(code).body[-1]
    if not isinstance(answer, ast.FunctionDef):
        return None
    return f"""{code}

def _spoiling(answer):
    def spoiled(*given):
        result = answer(*given)
        for one in given:
            if hasattr(one, "fill") and one.flags.writeable:
                one.fill(0)
            elif hasattr(one, "clear"):
                one.clear()
        return result
    return spoiled

{answer.name} = _spoiling({answer.name})"""


#: What makes another kind of thing of a right result, and a result that is nearly right.
DISGUISES = {
    "text": "str(result)",
    "in a list": "[result]",
    "in a dictionary": "{'answer': result}",
    "an object": "object()",
    "rows of different lengths": "[[1, 2], [3]]",
    "nearly": "np.asarray(result) * 1.001 if hasattr(result, 'dtype') else result * 1.001",
}


def disguised(code: str, change: str) -> str:
    """Return an answer that makes something else of the right result."""
    answer = ast.parse(code).body[-1]
    if isinstance(answer, ast.Assign):
        return f"{code}\nimport numpy as np\nresult = {answer.targets[0].id}\n" + (
            f"{answer.targets[0].id} = {change}"
        )
    return f"""{code}
import numpy as np

def _disguising(answer):
    def other(*given):
        result = answer(*given)
        return {change}
    return other

{answer.name} = _disguising({answer.name})"""


def _paths(node, path=()):
    """Give the way to each node: a field, or a field and a place in it, at every step."""
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return  # it only guards against lists of different lengths
    yield path
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from _paths(value, (*path, (field, None)))
        elif isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from _paths(item, (*path, (field, place)))


def _at(tree, path):
    for field, place in path:
        tree = getattr(tree, field) if place is None else getattr(tree, field)[place]
    return tree


def _replaced(tree, path, new):
    """Return the whole code with another node at `path`, and the line that has changed."""
    tree = deepcopy(tree)
    if not path:
        return ast.unparse(new), ast.unparse(new)
    *way, (field, place) = path
    parent = _at(tree, way)
    if place is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[place] = new
    steps = [_at(tree, path[: n + 1]) for n in range(len(path))]
    statement = [node for node in steps if isinstance(node, ast.stmt)][-1]
    return ast.unparse(ast.fix_missing_locations(tree)), ast.unparse(statement).split("\n")[0]


def _changes(node, tree):
    """Give what may stand in a node's place."""
    match node:
        case ast.BinOp():
            for operator in _OPERATORS.get(type(node.op), []):
                yield ast.BinOp(node.left, operator(), node.right)
            yield from (node.left, node.right)
        case ast.Compare(ops=[operator]):
            for other in _COMPARISONS[type(operator)]:
                yield ast.Compare(node.left, [other()], node.comparators)
            yield from (ast.Constant(True), ast.Constant(False))
        case ast.Compare():  # a chain: each of its links changed, and left out
            for place, operator in enumerate(node.ops):
                for other in _COMPARISONS[type(operator)]:
                    links = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                    yield ast.Compare(node.left, links, node.comparators)
            yield ast.Compare(node.left, node.ops[:1], node.comparators[:1])
            yield ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])
        case ast.BoolOp(op=operator):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), node.values)
            yield from node.values
        case ast.UnaryOp():
            yield node.operand
        case ast.IfExp():
            yield from (node.body, node.orelse)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(value=str(value)) if " " not in value and not value.startswith("/"):
            yield ast.Constant(value + "?")  # no sentence: that may be worded in any way
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(value + b"?")
        case ast.Name(ctx=ast.Load()):
            for name in sorted(_names(tree) - {node.id}):
                yield ast.Name(name, ast.Load())
        case ast.Call():
            yield from _changed_calls(node)
        case ast.Subscript(ctx=ast.Load()):
            yield node.value
        case ast.Slice(lower=None):
            yield ast.Slice(ast.Constant(1), node.upper, node.step)
        case ast.Slice(upper=ast.AST()):
            yield ast.Slice(None, node.upper, node.step)
            yield ast.Slice(node.lower, None, node.step)
        case ast.Tuple(elts=[first, second], ctx=ast.Load()):
            yield ast.Tuple([second, first], ast.Load())
        case ast.Starred():
            yield node.value
        case ast.comprehension(ifs=[_, *_]):
            yield ast.comprehension(node.target, node.iter, [], 0)
        case ast.Assign() | ast.AugAssign() | ast.Expr() | ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.If():
            yield from (ast.Pass(), ast.If(ast.Constant(True), node.body, node.orelse))


def _changed_calls(call):
    """Give a call left out, and with arguments left out or exchanged."""
    if call.args:
        yield call.args[0]
    if isinstance(call.func, ast.Attribute):
        yield call.func.value
    for place, keyword in enumerate(call.keywords):
        if keyword.arg == "strict":
            continue
        keywords = [*call.keywords[:place], *call.keywords[place + 1 :]]
        yield ast.Call(call.func, call.args, keywords)
    if len(call.args) == 2:
        yield ast.Call(call.func, call.args[::-1], call.keywords)
        yield ast.Call(call.func, call.args[:1], call.keywords)


def _names(tree):
    """Return the names of an answer's own: its arguments and what it assigns."""
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return arguments | stored
