"""Visible checks: small known calls that tell a student at once what a function does and what it should do.

    with check(mse) as call:
        call(np.array([3.0, 5.0]), np.array([4.0, 3.0])).gives(2.5)
        call(np.zeros(3), np.zeros((3, 1))).raises(ValueError, naming=("y_true", "y_pred"))
    with check(half_mse_gradient) as call:
        call(X, y, w).is_slope_of(half_mse_cost, along="w")

Each call climbs a ladder and stops at the first rung that fails: callable, returned, type, shape, dtype,
finite, values, inputs untouched.  Leaving the block shows a card and raises `CheckFailed` if anything failed.
A hint, ``check(mse, hint="...")``, is shown from the second failing run on.
"""

import copy
import inspect
import pathlib
import re
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from course_lib import progress
from course_lib.cards import FAIL, PASS, TODO, Card, Row, show
from course_lib.compare import ATOL, RTOL, describe, find_mismatch, kind_of
from course_lib.language import texts

_ = texts.gettext

# Central differences with this step are right to some 1e-9 of the slope for the smooth costs of the course;
# a wrong factor moves the answer by far more than this tolerance.
SLOPE_STEP = 1e-5
SLOPE_RTOL = 1e-5
# Whoever is wrong for the first time finds it alone, mostly, and learns more by that.
TRIES_BEFORE_HINT = 2

# Lines of these folders are not the student's.
_NOT_STUDENT = tuple(str(pathlib.Path(module).parent) for module in (__file__, np.__file__))


class CheckFailed(AssertionError):
    """At least one check of a function failed; the card above says which.

    Attributes
    ----------
    unwritten : bool
        Whether nothing is wrong but that a function is still to be written.
    """

    def __init__(self, message, *, unwritten=False):
        super().__init__(message)
        self.unwritten = unwritten

    def _render_traceback_(self):
        # IPython asks for this: the lines of the check itself would teach a student nothing.
        return [f"{type(self).__name__}: {self}"]


def check(function, hint=""):
    """Open a block of checks of one function.

    Parameters
    ----------
    function : callable
        The student's function itself, not its name.
    hint : str
        A nudge, not the solution, for who has tried in vain: shown from the second failing run of this check on.  What
        stands between grave accents is shown as code.

    Returns
    -------
    Check
        A context manager; what it yields is called with the arguments to try.
    """
    return Check(function, hint)


class Check:
    """The calls of one block; see `check`."""

    def __init__(self, function, hint=""):
        self.function = function
        self.hint = hint
        self.name = getattr(function, "__name__", None) or describe(function)
        self._calls = []

    def __enter__(self):
        return self

    def __call__(self, *args, **kwargs):
        """Prepare one call; the expectation said about it runs it, with copies of these arguments."""
        call = Call(self.function, self.name, args, kwargs)
        self._calls.append(call)
        return call

    def __exit__(self, kind, error, trace):
        if kind is not None:
            return False
        rows = tuple(row for call in self._calls for row in call.rows)
        if not rows or not all(call.rows for call in self._calls):
            raise RuntimeError(f"the check of {self.name} has a call that expects nothing, or no call at all")
        # What is no function fails at every call for the same reason: once is enough.
        card = Card(self.name, rows if callable(self.function) else rows[:1])
        failures = progress.note(self.name, card.status)
        hint = self.hint if card.status == FAIL and failures >= TRIES_BEFORE_HINT else ""
        show(replace(card, hint=hint, progress=progress.so_far()))
        if card.status != PASS:
            raise CheckFailed(_headline(card), unwritten=card.status == TODO)
        return False


class Call:
    """One call of the function under check, and what is expected of it."""

    def __init__(self, function, name, args, kwargs):
        self._function = function
        self._name = name
        self._args = args
        self._kwargs = kwargs
        self.rows = []

    def gives(self, expected, *, labels=(), rtol=RTOL, atol=ATOL, dtypes=(), quiet=False, through=None):
        """Expect this answer.  Of an iterator, such as a generator, the answer is the list of its items.

        Parameters
        ----------
        expected : float, int, str, None, ndarray, tuple, list or dict of these
        labels : sequence of str
            What the elements of an expected tuple, or the one answer, are called.
        rtol, atol, dtypes
            As in `find_mismatch`.
        quiet : bool
            A warning, such as numpy's of an overflow, counts as a failure.
        through : callable, optional
            ``through(function, *args)`` calls the function as often as it likes and returns what is compared, for
            instance a property of the answer as {what it is: value}.
        """
        self._expect_answer(expected, quiet=quiet, through=through, labels=labels or ("",) * bool(through), rtol=rtol,
                            atol=atol, dtypes=dtypes)

    def raises(self, kind, *, naming=()):
        """Expect an exception of this class.

        Parameters
        ----------
        kind : type
            Class of the exception.
        naming : str or tuple of str
            The message must hold this word, or one of these.
        """
        expected = _("raises {error}").format(error=kind.__name__)
        outcome = self._run()
        if outcome.problem and outcome.error is None:
            self._add(outcome, expected, outcome.problem)
        elif outcome.error is None:
            self._add(outcome, expected, _("returned {what}; raise {error} here").format(
                what=kind_of(outcome.answer), error=kind.__name__))
        elif not isinstance(outcome.error, kind):
            self._add(outcome, expected, _("{problem}; raise {error} here").format(
                problem=outcome.problem, error=kind.__name__))
        else:
            self._add(outcome, expected, _message_problem(outcome.error, naming) or outcome.changed)

    def is_slope_of(self, cost, *, along, labels=None):
        """Expect the gradient of a cost: measure its slope by central differences and compare.

        Parameters
        ----------
        cost : callable
            Takes the same arguments as this call and returns a number.
        along : str or tuple of str
            The parameters of `cost`, defaults included, that the gradient belongs to: ``"w"``, or ``("m", "b")``
            for a pair of answers.  Each is a number or a float array; its gradient has the same shape.
        labels : sequence of str, optional
            What the answers are called; "d" and the parameter's name without it.
        """
        names = (along,) if isinstance(along, str) else tuple(along)
        bound = inspect.signature(cost).bind(*copy.deepcopy(self._args), **copy.deepcopy(self._kwargs))
        bound.apply_defaults()
        unknown = [name for name in names if name not in bound.arguments]
        if unknown:
            raise ValueError(f"along names {unknown}, which the cost does not take")
        try:
            slopes = [_measured_slope(cost, bound.arguments, name) for name in names]
        except Exception as error:  # noqa: BLE001 - the cost may be the student's too
            self._add(self._run(), "", _("the cost to compare with: {problem}").format(
                problem=_told(error, getattr(cost, "__name__", ""))))
            return
        steepest = max(float(np.max(np.abs(slope), initial=0.0)) for slope in slopes)
        if not steepest > SLOPE_RTOL:
            self._add(self._run(), "", _("the cost does not change here, so there is no slope to compare with: is the "
                                         "cost right?"))
            return
        expected = slopes[0] if isinstance(along, str) else tuple(slopes)
        self._expect_answer(expected, remark=_("against the slope measured on the cost, "),
                            labels=labels or [f"d{name}" for name in names], rtol=SLOPE_RTOL,
                            atol=SLOPE_RTOL * steepest)

    def _expect_answer(self, expected, *, quiet=False, through=None, remark="", **comparison):
        outcome = self._run(through)
        problem = outcome.problem
        if not problem:
            mismatch = find_mismatch(outcome.answer, expected, **comparison)
            if mismatch:
                problem = remark + mismatch.message
            elif quiet and outcome.warned:
                problem = _("the answer is right, but on the way there numpy warned: {warning}").format(
                    warning=outcome.warned)
        self._add(outcome, describe(expected), problem or outcome.changed)

    def _run(self, through=None):
        return _Outcome(self._function, copy.deepcopy(self._args), copy.deepcopy(self._kwargs), through)

    def _add(self, outcome, expected, problem):
        if outcome.unwritten:
            status, problem = TODO, outcome.unwritten
        else:
            status = FAIL if problem else PASS
        # An exception that was not asked for is told in the sentence already.
        got = outcome.shown if status == PASS or outcome.error is None else ""
        self.rows.append(Row(status, self._written(), got, "" if status == TODO else expected, problem or ""))

    def _written(self):
        arguments = [_shown_argument(value) for value in self._args]
        arguments += [f"{name}={_shown_argument(value)}" for name, value in self._kwargs.items()]
        return f"{self._name}({', '.join(arguments)})"


class _Outcome:
    """What one run of a function did: its answer, or its error, and whether it changed its inputs."""

    def __init__(self, function, args, kwargs, through=None):
        self.answer = None
        self.error = None
        self.warned = ""
        self.problem = ""
        self.changed = ""
        self.shown = ""
        self._name = getattr(function, "__name__", "")
        if not callable(function):
            self.problem = _("this is {what}, not a function: define it with `def`").format(what=kind_of(function))
            return
        before = copy.deepcopy((args, kwargs))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                answer = through(function, *args, **kwargs) if through else function(*args, **kwargs)
                self.answer = list(answer) if isinstance(answer, Iterator) else answer
            except Exception as error:  # noqa: BLE001 - whatever a student's function raises is an outcome
                self.error = error
                self.problem = _told(error, self._name)
                self.shown = f"{type(error).__name__}: {error}"
            else:
                self.shown = describe(self.answer)
        self.warned = str(caught[0].message) if caught else ""
        self.changed = _changed_input(function, before, (args, kwargs))

    @property
    def unwritten(self):
        """What is still to be written, in words; empty when the function ran or failed otherwise."""
        return _told(self.error, self._name) if isinstance(self.error, NotImplementedError) else ""


def _shown_argument(value):
    """An argument, in full where it is short: of a long array the shape says more than its first numbers."""
    if isinstance(value, np.ndarray) and value.size > 9:
        return f"<array {value.shape}>"
    return describe(value, 60)


def _told(error, checked=""):
    """An exception in words, with the line of the student's code that raised it, for the function under check."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if not frame.filename.startswith(_NOT_STUDENT)]
    if isinstance(error, NotImplementedError):
        # What raised it is the function itself, or another exercise that it builds on.
        own = not frames or frames[-1].name == checked
        return _("not written yet") if own else _("needs {function}, which is not written yet").format(
            function=frames[-1].name)
    text = _("raised {error}").format(error=type(error).__name__)
    if str(error):
        text += f": {error}"
    lines = [frame.line for frame in frames if frame.line]
    return _("{told}, at `{line}`").format(told=text, line=lines[-1]) if lines else text


def _message_problem(error, naming):
    """Why an expected exception is still not right, or None."""
    names = (naming,) if isinstance(naming, str) else tuple(naming)
    if not names or any(re.search(rf"\b{re.escape(name)}\b", str(error)) for name in names):
        return None
    wanted = _(" or ").join(names)
    if not str(error):
        return _("raised {error}, but the message says nothing; it must name {names}").format(
            error=type(error).__name__, names=wanted)
    return _('raised {error}, but the message says "{message}"; it must name {names}').format(
        error=type(error).__name__, message=error, names=wanted)


def _measured_slope(cost, arguments, name):
    """Central differences of a cost along one argument: a float, or an array of the argument's shape."""
    values = np.array(arguments[name], dtype=np.float64)
    slope = np.empty(values.shape)
    for index in np.ndindex(values.shape):
        step = SLOPE_STEP * max(1.0, abs(values[index]))
        up, down = values.copy(), values.copy()
        up[index] += step
        down[index] -= step
        rise = _cost_at(cost, arguments, name, up) - _cost_at(cost, arguments, name, down)
        slope[index] = rise / (up[index] - down[index])
    return slope if slope.ndim else float(slope)


def _cost_at(cost, arguments, name, value):
    # Fresh copies each time: a cost that changes its inputs must not spoil the measurement.
    fresh = copy.deepcopy(dict(arguments))
    fresh[name] = value.copy() if value.ndim else float(value)
    return float(cost(**fresh))


def _changed_input(function, before, after):
    """A sentence on the first argument that the call changed, or an empty string."""
    for i, (old, new) in enumerate(zip(before[0], after[0], strict=True)):
        if not _same(old, new):
            return _("changed its input {name}: work on a copy").format(name=_parameter_name(function, i))
    for name, old in before[1].items():
        if not _same(old, after[1][name]):
            return _("changed its input {name}: work on a copy").format(name=name)
    return ""


def _parameter_name(function, position):
    try:
        return list(inspect.signature(function).parameters)[position]
    except (IndexError, TypeError, ValueError):
        return _("number {n}").format(n=position + 1)


def _same(old, new):
    """Whether arrays and containers of them are unchanged; a generator, say, is meant to move on."""
    if type(old) is not type(new):
        return False
    if isinstance(old, np.ndarray):
        same_form = old.shape == new.shape and old.dtype == new.dtype
        return same_form and np.array_equal(old, new, equal_nan=old.dtype.kind in "fc")
    if isinstance(old, (tuple, list)):
        return len(old) == len(new) and all(_same(a, b) for a, b in zip(old, new, strict=True))
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    if isinstance(old, (bool, int, float, str)):
        return old == new or old != old  # the second for nan
    return True


def _headline(card):
    """The outcome in one line that also makes sense without the card."""
    text = f"{card.name}: {card.summary}"
    first = next(row for row in card.rows if row.status != PASS)
    if card.status == TODO:
        return text
    message = first.message if len(first.message) <= 200 else first.message[:199] + "…"
    return " ".join(_("{summary}. First: {call}: {message}").format(
        summary=text, call=first.call, message=message).split())
