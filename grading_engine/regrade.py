"""Grading again what a changed grader, mark, seed or submission touches, and nothing else.

What is touched tells `results`; the marks to start from are nbgrader's gradebook's.  No mark gets lower unless that
is asked for: a mark that is kept keeps its report and what is remembered of it, so it shows up again next time.
"""

from dataclasses import dataclass, replace

from nbgrader.api import Gradebook

from grading_engine import autograde, grading, pipeline, results
from grading_engine.course import TEST_PREFIX, CourseError, problem_set
from grading_engine.workers import in_workers, what_went_wrong

_SHOWN_TESTS = 3


@dataclass(frozen=True)
class Change:
    """A function of one student that has another mark now, or would have, or needs a person.

    Attributes
    ----------
    old, new : float or None
        What was recorded, and what the hidden tests say now; None where the engine failed.
    kept : bool
        Whether the old mark stays.
    reason : str
    """

    student: str
    function: str
    old: float | None
    new: float | None
    kept: bool
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of one student whose marks are touched.

    Attributes
    ----------
    ran : tuple of str
        Functions that were graded again.
    changes : tuple of Change
    problem : str
        Why nothing was graded again.
    """

    student: str
    ran: tuple = ()
    changes: tuple = ()
    problem: str = ""


@dataclass(frozen=True)
class Job:
    """All that a worker needs to grade one student again.

    Attributes
    ----------
    origins : dict of str to Origin
        What marks would be made from now.
    known : dict of str to Result
        What is remembered, as far as it is what the gradebook holds.
    marks : dict of str to Mark
        By cell.
    """

    student: str
    problem_set: str
    assembled: object
    origins: dict
    known: dict
    marks: dict

    @property
    def touched(self):
        """Functions that have to be graded again, in the notebook's order."""
        return tuple(name for name, origin in self.origins.items() if name not in self.known
                     or self.known[name].origin != origin or self.known[name].grade.status == "error")

    def old(self, function):
        """The engine's recorded mark of a function."""
        mark = self.marks.get(TEST_PREFIX + function)
        return mark and mark.auto


@dataclass(frozen=True)
class Done:
    """What a worker sends back: the notebook with old and new reports, {function: Result} to remember, the changes."""

    graded: pipeline.Graded
    remembered: dict
    changes: tuple


def regrade(workspace, exercises, seed, *, accept_lower=False, unsafe=False, workers=2,
            on_done=lambda done, total: None):
    """Grade again what is touched and record it; returns an `Outcome` per touched student, sorted.

    Parameters
    ----------
    workspace : Workspace
    exercises : ProblemSet
    seed : int
    accept_lower : bool
        Record marks that are lower than before too.
    unsafe : bool
        Run student code without a sandbox.
    workers : int
        Processes that grade.
    on_done : callable
        ``on_done(done, total)`` is called after every student.
    """
    marks = {student: entry.marks for student, entry in results.recorded(workspace, exercises).items()}
    if not marks:
        raise CourseError(f"nobody's {exercises.name} is graded yet: run `course autograde {exercises.name}`")
    outcomes, jobs = {}, {}
    for student in marks:
        try:
            job = _plan(workspace, exercises, student, marks[student], seed, unsafe)
        except Exception as error:  # noqa: BLE001 - one student's unreadable file is theirs alone
            outcomes[student] = Outcome(student, problem=what_went_wrong(student, error))
            continue
        if job.touched:
            jobs[student] = job

    def take(student, done, problem):
        job = jobs[student]
        problem = problem or _record(workspace, exercises, job, done)
        if problem:
            outcomes[student] = Outcome(student, problem=problem)
        else:
            outcomes[student] = Outcome(student, job.touched, done.changes)
        on_done(sum(student in outcomes for student in jobs), len(jobs))

    if jobs:
        autograde.update_gradebook(workspace, exercises)
        in_workers(_grade_again, list(jobs), lambda student: (jobs[student], seed, accept_lower, unsafe), take, workers)
    return [outcomes[student] for student in sorted(outcomes)]


def _plan(workspace, exercises, student, marks, seed, unsafe):
    path = autograde.notebook_path(workspace, exercises, student)
    _, assembled = autograde.opened(autograde.handed_in(path), exercises.name)
    job = Job(student, exercises.name, assembled, results.origins(exercises, assembled, seed, unsafe),
              results.load(workspace, exercises, student), marks)
    # Whoever else wrote into the gradebook: what is remembered of a mark is not what made the one that is there.
    return replace(job, known={name: result for name, result in job.known.items()
                               if name in exercises.exercises and result.grade.score == job.old(name)})


def _grade_again(job, seed, accept_lower, unsafe):
    """Grade one student again in a worker."""
    exercises = problem_set(job.problem_set)
    fresh = grading.grade(exercises, job.assembled, seed, unsafe, _to_run(exercises, job))
    merged = {name: result.grade for name, result in job.known.items()}
    remembered, changes = dict(job.known), []
    for name in job.touched:
        old, new = job.old(name), fresh.functions[name]
        kept = old is not None and (new.score is None or (new.score < old and not accept_lower))
        if not kept:
            merged[name], remembered[name] = new, results.Result(new, job.origins[name])
        elif name in job.known:
            merged[name] = replace(merged[name], max_score=new.max_score)
        else:
            merged[name] = replace(new, score=old)
        if kept or new.score != old or new.score is None:
            changes.append(Change(job.student, name, old, new.score, kept, _reason(job, new)))
    functions = {name: merged[name] for name in exercises.exercises}
    graded = pipeline.written_into(job.assembled.notebook, replace(fresh, functions=functions),
                                   exercises.flavour, unsafe)
    return Done(graded, remembered, tuple(changes))


def _to_run(exercises, job):
    """The touched functions, and those that may be to blame for them: what is inherited is known only beside them."""
    wanted = set(job.touched)
    for name in job.touched:
        wanted |= {other for other in job.assembled.built_on(name, exercises.exercises)
                   if other not in job.known or not _is_right(job.known[other].grade)}
    return [name for name in exercises.exercises if name in wanted]


def _is_right(grade):
    return grade.status == "pass" and not any(test.inherited for test in grade.tests)


def _record(workspace, exercises, job, done):
    problem = autograde.record(workspace, exercises, job.student, done.graded, done.remembered)
    if not problem:
        _settle(workspace, exercises, job, done.graded.grade)
    return problem


def _settle(workspace, exercises, job, grade):
    """Take from the people's list what they have marked already and what is still as they saw it.

    nbgrader puts everything that has a mark by hand back onto that list, whatever changed.
    """
    if not any(result.origin.submission == job.origins[name].submission for name, result in job.known.items()):
        return  # handed in again, or nobody knows: somebody has to look
    changed = {TEST_PREFIX + name for name, function in grade.functions.items() if function.score != job.old(name)}
    settled = [cell for cell, mark in job.marks.items()
               if mark.manual is not None and not mark.waits and cell not in changed]
    with Gradebook(workspace.coursedir.db_url, workspace.coursedir.course_id) as gradebook:
        for cell in settled:
            entry = gradebook.find_grade(cell, exercises.name, exercises.name, job.student)
            entry.needs_manual_grade = False
        gradebook.db.commit()


def _reason(job, new):
    """Why a function's mark is not what it was."""
    known, origin = job.known.get(new.name), job.origins[new.name]
    said = ["nothing is remembered of the last grading"] if known is None else _causes(known, new, origin)
    mark = job.marks.get(TEST_PREFIX + new.name)
    if mark and mark.manual is not None:
        said = [*said, f"the {mark.manual:g} given by hand stay"]
    return "; ".join(said)


def _causes(known, new, origin):
    before = known.origin
    said = []
    if before.points != origin.points:
        said.append(f"points {before.points:g} -> {origin.points:g}")
    if before.submission != origin.submission:
        said.append("the submission changed")
    if before.seed != origin.seed:
        said.append("new seed")
    if before.sandboxed != origin.sandboxed:
        said.append("in the sandbox now" if origin.sandboxed else "without a sandbox now")
    tests = _changed_tests(known.grade.tests, new.tests)
    said += tests[:_SHOWN_TESTS]
    said += [f"and {len(tests) - _SHOWN_TESTS} tests more"] if len(tests) > _SHOWN_TESTS else []
    return said or ["the grader changed"]


def _changed_tests(old, new):
    """Sentences about the tests that came out otherwise, came in or went away."""
    before = {test.name: test.outcome for test in old}
    said = [f"{test.title}: {before[test.name]} -> {test.outcome}" if test.name in before
            else f"{test.title}: new, {test.outcome}" for test in new if before.get(test.name) != test.outcome]
    now = {test.name for test in new}
    return said + [f"{test.title}: not tested any more" for test in old if test.name not in now]
