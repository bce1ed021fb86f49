"""The ladder by which an answer is compared with the expected one: type, shape, dtype, finite, values.

It stops at the first rung that fails, because the rungs above say nothing useful then: values of the wrong
shape broadcast into nonsense.  The same ladder serves the visible checks and the hidden graders.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.language import texts

_ = texts.gettext

# Two right programs that sum in a different order differ by some 1e-15 of the largest term; a wrong constant or
# a missing term moves the answer by far more than 1e-7.
RTOL = 1e-7
ATOL = 1e-9


@dataclass(frozen=True)
class Mismatch:
    """The first rung that an answer fails.

    Attributes
    ----------
    rung : str
        "type", "shape", "dtype", "finite" or "values".
    message : str
        What is wrong, in words that a student reads.
    arrays : tuple of ndarray
        The wrong array and the right one, where they differ in values only.
    label : str
        What that array is called.
    """

    rung: str
    message: str
    arrays: tuple = ()
    label: str = ""


def find_mismatch(got, expected, *, rtol=RTOL, atol=ATOL, labels=(), dtypes=(), in_words=str):
    """Compare an answer with the expected one and return the first `Mismatch`, or None when they agree.

    Parameters
    ----------
    got : object
        The answer.
    expected : float, int, str, None, ndarray, tuple, list or dict of these
        A float accepts any real floating scalar, a tuple also a list of the same length.
    rtol, atol : float
        Values agree when ``abs(got - expected) <= atol + rtol * abs(expected)``; nan never agrees.
    labels : sequence of str
        What the elements of an expected tuple, or the one answer, are called: ``("w (features + 1,)",)``.
        With the label "" the entries of an expected dict are called by their keys.
    dtypes : tuple of type
        An array's dtype may be any subtype of these, such as `np.floating`, instead of the expected one.
    in_words : callable
        Returns what a label, or the key of an entry, is called in the message.
    """
    ladder = _Ladder(rtol, atol, dtypes, in_words)
    labels = tuple(map(in_words, labels))
    if isinstance(expected, (tuple, list)):
        return ladder.sequence(got, expected, labels)
    label = labels[0] if len(labels) == 1 else _unnamed()
    return ladder.value(got, expected, label if isinstance(expected, dict) else label or _unnamed())


def tolerance_used(got, expected, *, rtol=RTOL, atol=ATOL):
    """Return the largest error of an answer in units of what is tolerated, or None where there is none to measure.

    Up to 1 the answer passes.  None stands for answers that differ in more than their values, and for expected
    values that are no numbers.
    """
    if isinstance(expected, dict):
        if not isinstance(got, dict) or got.keys() != expected.keys():
            return None
        # Counts and sentences beside the values are compared exactly: nothing of a tolerance is used.
        numbers = [key for key, value in expected.items() if not isinstance(value, (bool, int, str, type(None)))]
        got, expected = [got[key] for key in numbers], [expected[key] for key in numbers]
    if isinstance(expected, (tuple, list)):
        if not isinstance(got, (tuple, list)) or len(got) != len(expected):
            return None
        parts = [tolerance_used(g, e, rtol=rtol, atol=atol) for g, e in zip(got, expected, strict=True)]
        return None if None in parts else max(parts, default=0.0)
    numbers = (float, np.floating, np.ndarray)
    if not isinstance(expected, numbers) or not isinstance(got, numbers) or np.shape(got) != np.shape(expected):
        return None
    got, expected = np.asarray(got, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if not np.isfinite(got).all() or not np.isfinite(expected).all():
        return None
    return float(np.max(np.abs(got - expected) / (atol + rtol * np.abs(expected)), initial=0.0))


def describe(value, limit=200):
    """A value as a student would write it, short enough for one line of a message."""
    if isinstance(value, np.ndarray):
        # A corner of an array of many axes is long already.
        text = np.array2string(value, precision=4, threshold=8, edgeitems=3 if value.ndim <= 4 else 1, separator=", ")
        text = re.sub(r"(?<=\[) +| +(?=\])", "", " ".join(text.split())).replace(" ,", ",")
        if value.size > 8:
            text = _("{array} with shape {shape}").format(array=text, shape=value.shape)
    elif isinstance(value, (float, np.floating)):
        text = f"{float(value):.10g}"
    elif isinstance(value, (np.integer, np.bool_)):
        text = repr(value.item())
    elif isinstance(value, np.random.Generator):
        text = "rng"
    elif isinstance(value, dict):
        text = "{" + _joined((f"{key!r}: {describe(item, limit)}" for key, item in value.items()), limit) + "}"
    elif isinstance(value, (tuple, list)):
        inner = _joined((describe(item, limit) for item in value), limit)
        text = f"({inner}{',' * (len(value) == 1)})" if isinstance(value, tuple) else f"[{inner}]"
    elif callable(value):
        text = getattr(value, "__name__", type(value).__name__)
    else:
        text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _joined(texts, limit):
    """Join texts with commas, but no more of them than are shown."""
    shown, length = [], 0
    for text in texts:
        shown.append(text)
        length += len(text) + 2
        if length > limit + 2:
            break
    return ", ".join(shown)


@dataclass(frozen=True)
class _Ladder:
    rtol: float
    atol: float
    dtypes: tuple
    in_words: Callable

    def sequence(self, got, expected, labels=()):
        names = [labels[i] if i < len(labels) else _("value {n}").format(n=i + 1) for i in range(len(expected))]
        listing = ", ".join(name.split(" ")[0] for name in names) if labels else ""
        wanted = _values(len(expected)) + (f" ({listing})" if listing else "")
        if not isinstance(got, (tuple, list)) or len(got) != len(expected):
            what = _values(len(got)) if isinstance(got, (tuple, list)) else kind_of(got)
            return Mismatch("type", _("returned {what}; return {wanted}").format(what=what, wanted=wanted))
        for name, one_got, one_expected in zip(names, got, expected, strict=True):
            mismatch = self.value(one_got, one_expected, name)
            if mismatch:
                return mismatch
        return None

    def value(self, got, expected, label):
        if isinstance(expected, (tuple, list)):
            return self.sequence(got, expected)
        if isinstance(expected, dict):
            return self._dict(got, expected, label)
        if isinstance(expected, np.ndarray):
            return self._array(got, expected, label)
        if isinstance(expected, (bool, str, type(None))):
            if isinstance(got, np.bool_):
                got = bool(got)
            if type(got) is type(expected) and got == expected:
                return None
            return _other_value(label, got, expected)
        return self._scalar(got, expected, label)

    def _dict(self, got, expected, label):
        whole = label or _unnamed()
        if not isinstance(got, dict):
            return Mismatch("type", _("{label} is {what}; return a dict").format(label=whole, what=kind_of(got)))
        if set(got) != set(expected):
            return Mismatch("type", _("{label} has the keys {keys}; expected {expected}").format(
                label=whole, keys=describe(sorted(map(str, got))), expected=sorted(expected)))
        for key, value in expected.items():
            mismatch = self.value(got[key], value, f"{label}[{key!r}]" if label else self.in_words(str(key)))
            if mismatch:
                return mismatch
        return None

    def _scalar(self, got, expected, label):
        whole = isinstance(expected, (int, np.integer))
        allowed = (int, np.integer) if whole else (float, np.floating)
        if isinstance(got, np.ndarray) and got.shape == ():
            got = got[()]
        if isinstance(got, np.ndarray):
            return Mismatch("shape", _("{label} is an array of shape {shape}; expected a single number").format(
                label=label, shape=got.shape))
        if isinstance(got, bool) or not isinstance(got, allowed):
            sentence = _("{label} is {what}; return an int") if whole else _("{label} is {what}; return a float")
            return Mismatch("type", sentence.format(label=label, what=kind_of(got)))
        if isinstance(got, np.floating) and got.dtype.itemsize < 8 and not self._is_allowed(got.dtype):
            return Mismatch("dtype", _("{label} is {dtype}; compute in float64").format(
                label=label, dtype=got.dtype.name))
        if whole:
            return None if got == expected else _other_value(label, got, expected)
        if np.isfinite(expected) and not np.isfinite(got):
            return _other_value(label, got, expected, rung="finite")
        if not _close(got, expected, self.rtol, self.atol):
            return _other_value(label, got, expected)
        return None

    def _array(self, got, expected, label):
        if not isinstance(got, np.ndarray):
            return Mismatch("type", _("{label} is {what}; return a numpy array of shape {shape}").format(
                label=label, what=kind_of(got), shape=expected.shape))
        if got.shape != expected.shape:
            return Mismatch("shape", _("{label} has shape {shape}; expected shape {expected}").format(
                label=label, shape=got.shape, expected=expected.shape))
        same_kind = got.dtype.kind == expected.dtype.kind
        if not self._is_allowed(got.dtype) and (
                not same_kind or (got.dtype.kind == "f" and got.dtype.itemsize != expected.dtype.itemsize)):
            return Mismatch("dtype", _("{label} has dtype {dtype}; expected {expected}").format(
                label=label, dtype=got.dtype, expected=expected.dtype))
        broken = ~np.isfinite(got) & np.isfinite(expected)
        if broken.any():
            index = _index(int(np.argmax(broken)), got.shape)
            message = _("{label} is {got} at index {index}; expected {expected}").format(
                label=label, got=got[index], index=_shown(index), expected=describe(expected[index]))
            return Mismatch("finite", message, (got, expected), label)
        return self._elements(got, expected, label)

    def _elements(self, got, expected, label):
        wrong = ~_close(got, expected, self.rtol, self.atol)
        if not wrong.any():
            return None
        first = _index(int(np.argmax(wrong)), got.shape)
        with np.errstate(over="ignore", invalid="ignore"):
            error = np.where(wrong, np.abs(np.subtract(got, expected, dtype=np.float64)), -1.0)
        worst = _index(int(np.argmax(error)), got.shape)
        told = {"label": label, "got": describe(got[first]), "index": _shown(first),
                "expected": describe(expected[first]), "n": int(wrong.sum()), "total": got.size,
                "worst": _shown(worst), "worst_got": describe(got[worst]), "worst_expected": describe(expected[worst])}
        if worst == first:
            sentence = _("{label} is {got} at index {index}; expected {expected} ({n} of {total} elements differ)")
        else:
            sentence = _("{label} is {got} at index {index}; expected {expected} ({n} of {total} elements differ, the "
                         "worst at index {worst}: {worst_got} instead of {worst_expected})")
        return Mismatch("values", sentence.format(**told), (got, expected), label)

    def _is_allowed(self, dtype):
        return any(np.issubdtype(dtype, allowed) for allowed in self.dtypes)


def _unnamed():
    return _("the returned value")


def _values(number):
    return texts.ngettext("{n} values", "{n} values", number).format(n=number)


def _other_value(label, got, expected, rung="values"):
    return Mismatch(rung, _("{label} is {got}; expected {expected}").format(
        label=label, got=describe(got), expected=describe(expected)))


def _close(got, expected, rtol, atol):
    got = np.asarray(got, dtype=np.float64)
    expected = np.asarray(expected, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(got - expected) <= atol + rtol * np.abs(expected)
        return (got == expected) | (np.isfinite(expected) & near)


def _index(flat, shape):
    return tuple(int(i) for i in np.unravel_index(flat, shape))


def _shown(index):
    return str(index[0]) if len(index) == 1 else str(index)


def kind_of(value):
    """What an answer is, in a few words: "a list", "None (is a return missing?)"."""
    if value is None:
        return _("None (is a `return` missing?)")
    if isinstance(value, np.ndarray):
        return _("an array of shape {shape}").format(shape=value.shape)
    if isinstance(value, (tuple, list)):
        return texts.ngettext("a {kind} of {n} values", "a {kind} of {n} values", len(value)).format(
            kind=type(value).__name__, n=len(value))
    name = getattr(value, "type_name", type(value).__name__)
    return (_("an {kind}") if name[:1].lower() in "aeiou" else _("a {kind}")).format(kind=name)
