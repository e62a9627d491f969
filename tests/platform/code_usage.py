"""The error codes that tests assert and that the service produces, read from the syntax trees of the sources."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

_TRUE_IF_FOUND = (ast.Eq, ast.In, ast.Is)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def asserted(sources: Iterable[str]) -> set[str]:
    """Return the texts that a test function compares with a code in an assertion.

    Counted are texts in a positive comparison (`==`, `in`, `is`) of an `assert` whose other side reads a code, such as
    `answer.json()["code"]`, and the values of a parameter in such a comparison. Comments, other strings, messages and
    negative comparisons do not count.
    """
    trees = [ast.parse(source) for source in sources]
    readers = {function.name for tree in trees for function in _functions(tree) if _returns_a_code(function)}
    return {text for tree in trees for test in _tests(tree) for text in _asserted_by(test, tree, readers)}


def produced(sources: Iterable[str]) -> set[str]:
    """Return the names of the kinds that a function uses as a value, outside decorators and comparisons."""
    functions = (function for source in sources for function in _functions(ast.parse(source)))
    return {name for function in functions for statement in function.body for name in _kinds(statement)}


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS))


def _tests(tree: ast.Module) -> Iterator[Function]:
    return (function for function in _functions(tree) if function.name.startswith("test_"))


def _returns_a_code(function: Function) -> bool:
    returns = (node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value)
    return any(_reads_a_code(value, frozenset()) for value in returns)


def _reads_a_code(node: ast.AST, readers: Iterable[str]) -> bool:
    """Return whether an expression reads a code, directly or through a function."""
    return any(_is_a_code(part) or _calls(part, readers) for part in ast.walk(node))


def _is_a_code(node: ast.AST) -> bool:
    """Return whether a node is `["code"]`, `.get("code")`, `.code` or `.kind`."""
    if isinstance(node, ast.Attribute):
        return node.attr in {"code", "kind"}
    keys = [node.slice] if isinstance(node, ast.Subscript) else node.args if isinstance(node, ast.Call) else []
    reads = isinstance(node, ast.Subscript) or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".get"))
    return reads and any(isinstance(key, ast.Constant) and key.value == "code" for key in keys)


def _calls(node: ast.AST, names: Iterable[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _asserted_by(test: Function, tree: ast.Module, readers: set[str]) -> Iterator[str]:
    parameters = dict(_parameters(test, tree))
    for comparison in _comparisons(test):
        operands = [comparison.left, *comparison.comparators]
        if any(_reads_a_code(operand, readers) for operand in operands):
            for part in chain.from_iterable(map(ast.walk, operands)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
                elif isinstance(part, ast.Name):
                    yield from parameters.get(part.id, ())


def _comparisons(test: Function) -> Iterator[ast.Compare]:
    """Yield the comparisons that must hold for an assertion of the test to pass."""
    open_nodes: list[ast.AST] = [node.test for node in ast.walk(test) if isinstance(node, ast.Assert)]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.Compare) and all(isinstance(each, _TRUE_IF_FOUND) for each in node.ops):
            yield node
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            open_nodes += node.values


def _parameters(test: Function, tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Yield each parametrized argument of a test with the texts that it takes."""
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.parametrize":
            names, rows = _names(decorator.args[0]), _rows(decorator.args[1], tree)
            for position, name in enumerate(names):
                yield name, {text for row in rows for text in _texts(_cell(row, position, of=len(names)))}


def _cell(row: ast.expr, position: int, *, of: int) -> ast.expr:
    """Return one value of a row; the whole row if its values cannot be told apart."""
    apart = of > 1 and isinstance(row, ast.Tuple) and len(row.elts) == of
    return row.elts[position] if apart and isinstance(row, ast.Tuple) else row


def _names(argument: ast.expr) -> list[str]:
    value = ast.literal_eval(argument)
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else list(value)


def _rows(values: ast.expr, tree: ast.Module) -> Sequence[ast.expr]:
    if isinstance(values, ast.Name):
        values = next((value for name, value in _assignments(tree) if name == values.id), values)
    return values.elts if isinstance(values, ast.List | ast.Tuple) else ()


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            yield statement.targets[0].id, statement.value
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield statement.target.id, statement.value


def _texts(value: ast.expr) -> Iterator[str]:
    return (node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _kinds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.Compare, *_FUNCTIONS)):
        return  # a comparison produces nothing; `produced` visits an inner function itself
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "reasons":
        yield node.attr
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _kinds(child)


def read(folder: Path, pattern: str) -> list[str]:
    """Return the sources in a folder."""
    return [path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern))]
