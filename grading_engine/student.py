"""The `student` fixture: a submission's functions as a hidden grader sees them."""

import builtins
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

import numpy as np

from course_lib.answers import bound_names, defined_functions
from course_lib.compare import ATOL, RTOL, describe, find_mismatch, tolerance_used
from grading_engine import diagnosis, models
from grading_engine.copies import copied
from grading_engine.grader import as_solution
from grading_engine.language import texts
from grading_engine.memory import expected as expected_answer
from grading_engine.sandbox import flavours
from grading_engine.sandbox.process import Ended
from grading_engine.sandbox.wire import Folder, Model
from grading_engine.text import plain, used_syntax
from grading_engine.upstream import Upstream

_ = texts.gettext

LOAD_SECONDS = 6
TEST_SECONDS = 6
TIMEOUTS_PER_FUNCTION = 2
SUBMISSION_SECONDS = 180
KILLS = 3


class Failure(AssertionError):
    """A hidden test that a submission does not pass.

    Attributes
    ----------
    outcome : str
        "failed", "timeout", "memory", "exit" or "crash".
    recognise : callable
        Returns the known mistake that does the same, or None; not asked for every input that a search for the
        smallest counterexample tries.
    unwritten : bool
        Whether there is nothing to test: no such function, or one that is still the stub.
    mismatch : Mismatch or None
        The rung that an answer failed at.
    """

    def __init__(self, message, outcome="failed", recognise=lambda: None, unwritten=False, mismatch=None):
        super().__init__(message)
        self.outcome = outcome
        self.recognise = recognise
        self.unwritten = unwritten
        self.mismatch = mismatch


@dataclass(frozen=True)
class Answer:
    """What came back from one call: the value, or the exception, and the arguments afterwards.

    Attributes
    ----------
    through : callable or None
        What called the function and made the value of its answers; see `StudentFunction.must_match`.
    warned : str or None
        The first warning, or "" without any; None where warnings do not matter.
    naming : tuple of str
        Where an exception was asked for: what its message has to name, in whatever words.
    agreements : dict
        Which functions were found to do the same; see `diagnosis.agrees`.
    """

    args: tuple
    value: object = None
    raised: dict | None = None
    after: tuple = ()
    through: Callable | None = None
    warned: str | None = None
    naming: tuple = ()
    agreements: dict = field(default_factory=dict, compare=False, repr=False)


class Student:
    """One submission's functions: ``student.mse`` is a `StudentFunction`.

    The process behind it starts when the first function is called and is replaced when it has ended.
    """

    def __init__(self, problem_set, assembled, graders, processes, seed=0):
        self.seed = seed
        self._problem_set = problem_set
        self._assembled = assembled
        self._graders = graders
        self._processes = processes
        self._process = None
        self._served = ()
        self._alone = ""
        self._broken_in = {}
        self._plans = {}
        self._load_errors = {}
        self._suspected = set()
        self._kills = 0
        self._timeouts = {}
        self._patience = problem_set.flavour.patience
        self._seconds_left = TEST_SECONDS * self._patience
        # One half for tests in company, one for those alone: what eats up the first does not starve the second.
        self._submission_seconds_left = dict.fromkeys(
            (False, True), SUBMISSION_SECONDS / 2 * self._patience)
        self.incidents = []
        self._values = {}
        self.tolerance_used = None
        self.pictures = []

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._problem_set.exercises:
            raise AttributeError(f"{self._problem_set.name} has no function {name}")
        return StudentFunction(self, name, self._graders[name])

    def begin_test(self, function, served=(), alone=False):
        """Forget the last test and choose what the next one runs in.

        Parameters
        ----------
        function : str
            The function that is tested.
        served : tuple of str
            Functions that are answered by their references instead of by the student's code.
        alone : bool
            Load only the answers that the function needs, so that no other cell can spoil it.
        """
        self.incidents = []
        self.tolerance_used = None
        self.pictures = []
        self._seconds_left = TEST_SECONDS * self._patience
        # Alone it also runs without what it has seen in another test: a message shows inputs of its own test only.
        if (alone and not self._processes.trusted) or (served, function if alone else "") != (
                self._served, self._alone):
            self.close()
            self._served, self._alone = served, function if alone else ""
        if self._timeouts.get((function, served), 0) >= TIMEOUTS_PER_FUNCTION:
            raise Failure(_("not started: `{function}` ran out of time in the tests before").format(function=function),
                          "timeout")

    def close(self):
        """End the student's process."""
        if self._process is not None:
            self._processes.end(self._process)
            self._process = None

    @property
    def _broken(self):
        """Cells that ended their process: beside the same cells they do it again, without them perhaps not."""
        return self._broken_in.setdefault(self._alone, {})

    def call(self, function, args):
        """Call a function in the student's process and return its `Answer`; raises `Failure` where there is none."""
        message = {"op": "call", "function": function, "args": models.crossing(args)}
        upstream = Upstream(self._served, self._graders) if self._served else None
        reply = None
        while reply is None:
            process = self._loaded_process()
            if function in self._broken:
                raise Failure(*self._broken[function])
            try:
                reply = self._ask(process, message, self._seconds_left, upstream)
            except Ended as end:
                self._process = None
                self._count(end, function)
        if "missing" in reply:
            raise self._missing(function)
        if "not_callable" in reply:
            raise Failure(_("`{function}` is no function but {what}").format(
                function=function, what=describe(reply["not_callable"])))
        # What is remembered of a call is what went into it.
        given = tuple(Folder(arg.files(), arg.entry) if isinstance(arg, Folder) else arg for arg in args)
        answer = _answer(given, reply)
        if self._problem_set.flavour is flavours.KERAS:
            try:
                answer = replace(answer, value=models.built(answer.value))
                _take_over(args, answer.after)
            except models.Refused as refused:
                raise Failure(_with_name(function, refused)) from None
        return answer

    def elsewhere(self, function, *args):
        """Call a function of the staff in a sandbox that has seen no student's code: for files that a student wrote.

        Parameters
        ----------
        function : callable
            Its source is sent, as a known mistake's is: it imports what it needs.
        *args : object
            What may cross the bridge.

        Returns
        -------
        object
            What it returned.  `Failure` when it raised an exception: then the files are no good.
        """
        name = function.__name__
        process = self._processes.start()
        try:
            seconds = LOAD_SECONDS * self._patience
            process.request({"op": "load", "cell": name, "source": as_solution(function, name),
                             "definitions_only": False}, seconds)
            reply = process.request({"op": "call", "function": name, "args": models.crossing(args)}, seconds)
        except Ended as end:
            raise Failure(_("what was written cannot be read: reading it {problem}").format(problem=end),
                          end.reason) from None
        finally:
            # What a student wrote may have run in it.
            process.kill()
        if "raised" in reply:
            raise Failure(_("what was written cannot be read: {problem}").format(problem=_told(_exception(reply))))
        try:
            return models.built(reply.get("returned"))
        except models.Refused as refused:
            raise Failure(_("what was written {problem}").format(problem=refused)) from None

    def show(self, draw, *args, when_right=False):
        """Put the picture that ``draw(*args)`` returns into the report of this test; see `charts`.

        Drawing takes longer than most tests: one that passes shows it only where ``when_right`` says so.
        """
        self.pictures.append((draw, args, when_right))

    def source(self, function):
        """The cell of an answer as it was handed in, or ""."""
        return self._assembled.solutions.get(function, "")

    def used_syntax(self, function):
        """What the answer's cell uses, and the cells of the student's own that it mentions; see `text.used_syntax`."""
        words = set(re.findall(r"\w+", self.source(function)))
        helpers = [source for source in self._assembled.added if words & set(defined_functions(source))]
        return set().union(*map(used_syntax, [self.source(function), *helpers]))

    def values(self, function):
        """Answers that a function gave so far where values were asked for; no incidents, no exceptions."""
        return self._values.setdefault((function, self._served), [])

    def _count(self, end, function):
        """Take note of how a call ended; raises `Failure` unless it has to be tried again."""
        if end.reason == "killed":
            self._forgive(end)
            return
        if end.reason == "timeout":
            key = function, self._served
            self._timeouts[key] = self._timeouts.get(key, 0) + 1
        raise Failure(_with_name(function, end), end.reason) from None

    def _forgive(self, end):
        """What ends the sandbox itself is not the student's doing; for ever it cannot go on."""
        self._kills += 1
        if self._kills > KILLS:
            raise end

    def _ask(self, process, message, seconds, upstream=None):
        alone = bool(self._alone)
        left = self._submission_seconds_left[alone]
        if left <= 0:
            raise Failure(_("not started: this submission has used up its time"), "timeout")
        begin = monotonic()
        try:
            return process.request(message, max(min(seconds, left), 0.01), upstream=upstream)
        finally:
            took = monotonic() - begin - process.answering
            self._submission_seconds_left[alone] -= took
            if message["op"] == "call":
                self._seconds_left -= took

    def _loaded_process(self):
        """Return a process with the submission's definitions in it; a cell that ends it is left out next time."""
        while self._process is None:
            self._process = self._load()
        return self._process

    def _load(self):
        process = self._processes.start()
        if self._alone not in self._plans:
            self._plans[self._alone] = list(self._definitions())
        for cell, source, definitions_only in self._plans[self._alone]:
            if cell in self._broken:
                continue
            try:
                reply = self._ask(process, {"op": "load", "cell": cell, "source": source,
                                            "definitions_only": definitions_only}, LOAD_SECONDS * self._patience)
                # Once more, so that a cell that broke the process is told from the innocent one after it.
                self._ask(process, {"op": "serve", "functions": list(self._served)},
                          LOAD_SECONDS * self._patience)
            except Ended as end:
                self._suspect(cell, end)
                return None
            except Failure:
                self._processes.end(process)
                raise
            errors = reply.get("errors")
            if isinstance(errors, list) and errors and isinstance(errors[0], dict):
                self._load_errors[cell] = _exception(errors[0])
        return process

    def _suspect(self, cell, end):
        """Leave a cell out from now on that ended its process; the kernel may have chosen the wrong one once."""
        if end.reason == "killed":
            self._forgive(end)
        elif end.reason == "memory" and cell not in self._suspected:
            self._suspected.add(cell)
        else:
            self._broken[cell] = _("the cell of `{name}` {problem}").format(name=cell, problem=end), end.reason

    def _definitions(self):
        """Yield (cell, source, definitions only): the instructor's cells, those the student added, the answers."""
        solutions, added = self._assembled.solutions, self._assembled.added
        if self._alone:
            solutions, added = self._needed(self._alone)
        used = set(re.findall(r"[A-Za-z_]\w*", "\n".join([*solutions.values(), *added])))
        yield "given", self._problem_set.definitions(used), False
        for source in added:
            yield f"added {self._assembled.added.index(source) + 1}", source, True
        for name, source in solutions.items():
            yield name, source, False

    def _needed(self, function):
        """Return what a function may call, itself included: {name: answer} and the added cells, in their order."""
        makers = [*self._assembled.solutions.values(), *self._assembled.added]
        makes = [bound_names(source) for source in makers]
        found, text = set(), function
        while new := {i for i, names in enumerate(makes) if i not in found and (
                "*" in names or not names.isdisjoint(re.findall(r"\w+", text)))}:
            found |= new
            text = "\n".join(makers[i] for i in new)
        sources = {makers[i] for i in found}
        return ({name: source for name, source in self._assembled.solutions.items() if source in sources},
                [source for source in self._assembled.added if source in sources])

    def _missing(self, function):
        error = self._load_errors.get(function)
        if function not in self._assembled.solutions:
            return Failure(_("there is no function `{function}` in the notebook").format(function=function),
                           unwritten=True)
        if error:
            return Failure(_("`{function}` could not be defined: its cell {problem}").format(
                function=function, problem=_told(error)))
        return Failure(_("the cell of `{function}` defines no function of that name").format(function=function))

    def cell_that_assigns(self, name):
        """Return in words where the notebook makes a variable that a function must not count on, or ""."""
        for cell in self._assembled.notebook.cells:
            if cell.cell_type == "code" and any(_assigns(line, name) for line in cell.source.splitlines()):
                title = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                return _("the cell `{name}`").format(name=title) if title else _("another cell")
        return ""


class StudentFunction:
    """One of the student's functions; its methods are the statements that hidden tests consist of."""

    def __init__(self, student, name, grader):
        self._student = student
        self._name = name
        self._grader = grader

    def must_match(self, reference, *args, through=None, **options):
        """Call the function and compare its answer with the reference's, rung by rung; returns the answer's value.

        Parameters
        ----------
        reference : callable
            Gets its own copies of the arguments; its answer says type, shape and dtype too.
        *args : object
            Numbers, arrays, lists, dicts, random generators and functions.
        through : callable, optional
            ``through(function, *args)`` calls the function as often as it likes and returns what is compared.  It
            is done to the student's function and to the reference alike: for sequences of calls, and for
            properties, which it returns as a dict of {what it is: value}.
        **options
            As in `must_return`.
        """
        return self.must_return(expected_answer(reference, args, through), *args, through=through, **options)

    def must_return(self, expected, *args, part=None, rtol=RTOL, atol=ATOL, dtypes=(), quiet=False, through=None):
        """Call the function and compare its answer with a value that is known; returns the answer's value.

        Parameters
        ----------
        expected : object
            The right answer, or what ``through`` makes of it.
        part : int, optional
            Compare this one of several returned values; the others may be wrong.
        rtol, atol, dtypes
            See `course_lib.compare.find_mismatch`.
        quiet : bool
            A warning during the call is a failure too.
        *args, through
            As in `must_match`.
        """
        answer = self._driven(args, through) if through else self._returned(args)
        answer = replace(answer, warned=answer.warned if quiet else None, agreements={})
        self._record(answer)
        value, labels = answer.value, ("",) if through else self._grader.returns
        if part is not None and isinstance(value, (tuple, list)) and len(value) == len(expected):
            value, expected, labels = value[part], expected[part], labels[part:part + 1]
        mismatch = find_mismatch(value, expected, rtol=rtol, atol=atol, labels=labels, dtypes=dtypes,
                                 in_words=self._grader.translated)
        used = tolerance_used(value, expected, rtol=rtol, atol=atol)
        if used is not None:
            self._student.tolerance_used = max(used, self._student.tolerance_used or 0.0)
        if mismatch:
            self._fail(args, mismatch.message, rtol, atol, mismatch)
        if answer.warned:
            self._fail(args, _("warned: {warning}").format(warning=answer.warned), rtol, atol)
        return answer.value

    def returned(self, *args):
        """Call the function and return what it returns, for a test that looks at it in a way of its own."""
        return self._returned(args).value

    def must(self, condition, message, *args):
        """Fail with a message about a call unless the condition holds."""
        if not condition:
            raise Failure(f"{self._shown(args)}\n{self._grader.translated(message)}")

    def must_raise(self, exception, *args, naming):
        """Call the function with arguments that it has to refuse, in a message that names one of ``naming``."""
        answer = replace(self._student.call(self._name, args), naming=naming)
        self._student.incidents.append(answer)
        kind = exception.__name__
        if answer.raised is None:
            self._fail(args, _("returned {what}; raise {error} instead").format(
                what=describe(answer.value), error=kind))
        if not issubclass(getattr(builtins, answer.raised["builtin"]), exception):
            self._refuse_unwritten(answer)
            self._fail(args, _("{problem}; raise {error} instead").format(
                problem=_told(answer.raised), error=kind))
        if not any(name in answer.raised["message"] for name in naming):
            self._fail(args, _("raised {error}({message!r}); name the argument in the message: {names}").format(
                error=kind, message=answer.raised["message"], names=_(" or ").join(naming)))

    def must_keep_inputs(self, *args):
        """Call the function and prove that its arguments are afterwards what they were."""
        before = [Folder(arg.files()) if isinstance(arg, Folder) else arg for arg in models.crossing(args)]
        answer = self._returned(args)
        # Of use within this test only: what is returned here may be right in a form of its own.
        self._student.incidents.append(answer)
        names = self._grader.parameters()
        if len(answer.after) != len(args):
            self._fail(args, _("left no trace of its inputs"))
        for name, was, after in zip(names, before, answer.after, strict=False):
            if not _identical(was, after):
                self._fail(args, _("changed its input `{name}` to {value}; work on a copy").format(
                    name=name, value=describe(after)))

    def must_not_use(self, *names, because):
        """Look at the answer's cell for syntax that the exercise rules out.

        It comes after calls whose values were compared: by them the mistake is recognised.

        Parameters
        ----------
        *names : str
            As in `text.used_syntax`: "@", "for" (comprehensions included), "sum(", ".dot", "tf.".
        because : str
            The reason, as a sentence.
        """
        used = self._student.used_syntax(self._name)
        found = [name for name in names if name in used]
        if found:
            told = _(" and ").join(f"`{name.strip('.(')}`" for name in found)
            raise Failure(_("uses {names}. {because}").format(names=told, because=self._grader.translated(because)),
                          recognise=self._recogniser(using=set(found)))

    def _driven(self, args, through):
        """Let ``through`` do what it does with the student's function; the outcome is one `Answer`."""
        answers = []

        def call(*inner):
            answers.append(self._returned(inner))
            return answers[-1].value

        try:
            value = through(call, *map(copied, args))
            warned = next((answer.warned for answer in answers if answer.warned), "")
            return Answer(args, value, through=through, warned=warned)
        except Exception as error:
            if not answers or isinstance(error, (Failure, Ended)):
                raise
            # What came back cannot be worked with: None instead of a pair, for example.
            raised = {"raised": type(error).__name__, "message": str(error)[:500]}
            self._student.incidents.append(Answer(args, raised=raised, through=through))
            self._fail(answers[-1].args, _("returned {value}, which is not what is asked for").format(
                value=describe(answers[-1].value)))

    def _record(self, answer):
        self._student.values(self._name).append(answer)

    def _returned(self, args):
        answer = self._student.call(self._name, args)
        if answer.raised is not None:
            self._refuse_unwritten(answer)
            self._student.incidents.append(answer)
            self._fail(args, f"{_told(answer.raised)}{self._leftover(answer.raised)}")
        return answer

    def _refuse_unwritten(self, answer):
        if answer.raised["raised"] == "NotImplementedError":
            raise Failure(_("`{function}` is not written yet").format(function=self._name), unwritten=True)
        if answer.raised["builtin"] == "MemoryError":
            problem = _("used too much memory ({message})").format(message=answer.raised["message"])
            raise Failure(f"{self._shown(answer.args)}\n{problem}", "memory")
        if answer.raised["builtin"] in ("SystemExit", "KeyboardInterrupt"):
            raise Failure(f"{self._shown(answer.args)}\n{_('tried to end the Python process')}", "exit")

    def _leftover(self, raised):
        name = re.fullmatch(r"name '(\w+)' is not defined.*", raised["message"])
        if raised["raised"] != "NameError" or not name:
            return ""
        where = self._student.cell_that_assigns(name[1])
        return _(". `{name}` is a variable of {where}, which is not there when your function is used elsewhere: "
                 "pass it as an argument or make it inside the function").format(
                     name=name[1], where=where) if where else ""

    def _fail(self, args, message, rtol=RTOL, atol=ATOL, mismatch=None):
        raise Failure(f"{self._shown(args)}\n{message}", recognise=self._recogniser(rtol, atol), mismatch=mismatch)

    def _recogniser(self, rtol=RTOL, atol=ATOL, using=frozenset()):
        # A mistake that explains this test but not the ones before it is not the one that was made.
        answers = self._student.values(self._name) + self._student.incidents
        mistakes = [mistake for mistake in self._grader.mistakes
                    if not using or using & used_syntax(as_solution(mistake.function, self._name))]
        return lambda: diagnosis.recognise(mistakes, answers, rtol, atol)

    def _shown(self, args):
        names = self._grader.parameters()
        return f"{self._name}({', '.join(f'{n}={describe(a, 90)}' for n, a in zip(names, args, strict=False))})"


def _with_name(function, problem):
    return _("`{function}` {problem}").format(function=function, problem=problem)


def _answer(args, reply):
    """Turn a student's reply into an `Answer`, believing nothing about its form."""
    if "raised" in reply:
        return Answer(args, raised=_exception(reply))
    after = reply.get("args")
    return Answer(args, value=reply.get("returned"), after=tuple(after) if isinstance(after, list) else (),
                  warned=plain(reply.get("warned"))[:300].replace("\n", " "))


def _take_over(args, after):
    """Let the trusted side's models and folders become what the student's function made of its own."""
    for arg, left in zip(args, after, strict=False):
        if models.is_model(arg):
            models.take_over(arg, left)
        elif isinstance(arg, Folder) and isinstance(left, Folder):
            arg.become(left.files())


def _exception(told):
    """What a student's process tells of an exception, as one line each and a number."""
    raised = {key: plain(told.get(key))[:500].replace("\n", " ")
              for key in ("raised", "builtin", "message", "cell", "text")}
    kind = getattr(builtins, raised["builtin"], None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raised["builtin"] = "Exception"
    line = told.get("line")
    return raised | {"line": line if type(line) is int else 0}


def _assigns(line, name):
    """Whether a line of code looks like ``name = ...`` or ``for name in ...``; linear in hostile lines too."""
    target, equals, value = line.partition("=")
    if not equals or value.startswith("="):
        start = line.lstrip()
        target = start.partition(" in ")[0] if start.startswith("for ") else ""
    return re.search(rf"\b{re.escape(name)}\b", target) is not None


def _told(raised):
    """An exception of the student's code in one phrase."""
    told = _("raised {error}: {message}").format(error=raised["raised"], message=raised["message"])
    if raised.get("line"):
        told = _("{told} in line {line}").format(told=told, line=raised["line"])
    return f"{told} (`{raised['text']}`)" if raised.get("text") else told


def _identical(before, after):
    """Whether an argument is what it was; functions and random generators are meant to be used."""
    if isinstance(before, np.ndarray):
        return (isinstance(after, np.ndarray) and after.dtype == before.dtype and after.shape == before.shape
                and after.tobytes() == before.tobytes())
    if isinstance(before, Model):
        return isinstance(after, Model) and models.same(before, after)
    if isinstance(before, Folder):
        return isinstance(after, Folder) and after.files() == before.files()
    if isinstance(before, (tuple, list)):
        return (type(after) is type(before) and len(after) == len(before)
                and all(map(_identical, before, after)))
    if isinstance(before, dict):
        return (isinstance(after, dict) and after.keys() == before.keys()
                and all(_identical(before[key], after[key]) for key in before))
    if isinstance(before, (bool, int, float, str)):
        return type(after) is type(before) and (after == before or before != before)
    return True

