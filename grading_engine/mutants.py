"""Automatic mutants: the instructor's solution with one slip in it.

Signs, comparisons and constants are changed by cosmic-ray's operators; what goes wrong in numpy code besides is
here: swapped arguments and operands, a dropped statement, a lost transpose, another axis, sum for mean.
"""

import ast
import copy
from dataclasses import dataclass

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

# On floats these only raise TypeError, which would count as a kill that proves nothing; and cosmic-ray puts
# variables in and out in ways that nobody writes.
_USELESS = ("RShift", "LShift", "BitOr", "BitAnd", "BitXor", "Variable", "_Is", "_IsNot", "Decorator")

_SIBLINGS = {"mean": "sum", "sum": "mean", "min": "max", "max": "min", "zeros": "ones", "ones": "zeros"}
# Without them the same number comes back in another type, or the same array.
_TRANSPARENT = ("float", "asarray", "list", "range", "enumerate")


@dataclass(frozen=True)
class Mutant:
    """A wrong solution that was made by a rule.

    Attributes
    ----------
    name : str
        The line before and after, which is how a grader's file refers to it.
    source : str
        The whole function.
    """

    name: str
    source: str


def mutants(source):
    """Return the mutants of a solution's function, without duplicates, in a fixed order.

    Parameters
    ----------
    source : str
        Python code whose last statement is the function; what comes before it is kept as it is.
    """
    tree = ast.parse(source)
    function = tree.body[-1]
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:]
    original = ast.unparse(tree)
    made = {}
    for changed in (*_by_cosmic_ray(original), *_by_numpy_slips(tree)):
        try:
            text = ast.unparse(ast.parse(changed))
        except SyntaxError:
            continue
        if text != original:
            made.setdefault(text, Mutant(_difference(original, text), text))
    return list(made.values())


def _by_cosmic_ray(source):
    for name in sorted(operator_names()):
        if any(word in name for word in _USELESS):
            continue
        operator = get_operator(name)()
        occurrence = 0
        while (changed := mutate_code(source, operator, occurrence)) is not None:
            yield changed
            occurrence += 1


def _by_numpy_slips(tree):
    for index, node in enumerate(ast.walk(tree)):
        for slip in (_swapped_arguments, _swapped_operands, _dropped_statement, _lost_transpose, _changed_axis,
                     _sibling, _unwrapped):
            for variant in range(8):
                changed = copy.deepcopy(tree)
                place = next(n for i, n in enumerate(ast.walk(changed)) if i == index)
                if type(place) is not type(node) or not slip(changed, place, variant):
                    break
                yield ast.unparse(ast.fix_missing_locations(changed))


def _swapped_arguments(tree, node, variant):
    """f(a, b) becomes f(b, a)."""
    if not isinstance(node, ast.Call) or variant + 1 >= len(node.args):
        return False
    node.args[variant], node.args[variant + 1] = node.args[variant + 1], node.args[variant]
    return True


def _swapped_operands(tree, node, variant):
    """a - b becomes b - a."""
    if not isinstance(node, ast.BinOp) or variant or not isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
        return False
    node.left, node.right = node.right, node.left
    return True


def _dropped_statement(tree, node, variant):
    """A statement is gone; a return stays."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or isinstance(node, ast.Module) or variant >= len(body):
        return False
    # What cannot be dropped is replaced by itself, so that the statements after it still get their turn.
    if not isinstance(body[variant], ast.Return):
        body[variant] = ast.Pass()
    return True


def _lost_transpose(tree, node, variant):
    """X.T becomes X."""
    return variant == 0 and _replace(tree, node, node.value) if isinstance(node, ast.Attribute) and node.attr == "T" \
        else False


def _changed_axis(tree, node, variant):
    """axis=0 becomes axis=1, or is gone."""
    if not isinstance(node, ast.Call):
        return False
    axes = [keyword for keyword in node.keywords if keyword.arg == "axis"]
    if not axes or variant > 1:
        return False
    if variant == 1:
        node.keywords.remove(axes[0])
    else:
        axes[0].value = ast.Constant(0 if ast.unparse(axes[0].value) != "0" else 1)
    return True


def _sibling(tree, node, variant):
    """np.mean becomes np.sum."""
    if variant or not isinstance(node, ast.Attribute) or node.attr not in _SIBLINGS:
        return False
    node.attr = _SIBLINGS[node.attr]
    return True


def _unwrapped(tree, node, variant):
    """np.sqrt(x) becomes x."""
    if variant or not isinstance(node, ast.Call) or len(node.args) != 1:
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name not in _TRANSPARENT and not name.endswith("Error") and _replace(tree, node, node.args[0])


def _replace(tree, old, new):
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
                return True
            if isinstance(value, list) and any(item is old for item in value):
                setattr(parent, field, [new if item is old else item for item in value])
                return True
    return False


def _difference(before, after):
    """The first line that differs, before and after; a line that is gone has nothing after the arrow."""
    old, new = before.splitlines(), after.splitlines()
    at = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(new) - 1)
    return f"{old[at].strip()}  ->  {new[at].strip()}"
