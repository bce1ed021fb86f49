"""Submissions that are alike: what copydetect finds in the students' own functions.

Exercises of a few lines have a few natural forms, so most pairs of right answers are alike and nobody copied.  What
counts is therefore only code that is unusual: not in the notebook that was handed out, in none of the forms that the
kit itself knows (solution, accepted variants, known mistakes), and with at most a few of the class.

A pair is shown when it shares `LEAST` characters of such code, in `FUNCTIONS` functions or more, and when that is at
least `SHARE` of the unusual code of the one who has less of it.  A character is one of copydetect's, for which a name
is one character long, and neither comments nor blanks count.

Tried on classes whose students drew each function independently from the kit's own right and wrong forms: with all
forms known to the comparison it shows no pair.  With half of them withheld, as if the students had found as many
forms that nobody thought of and written them down alike, it shows at most 2 of the 1770 pairs of a class of sixty,
and on average 1.4 to 3.4 of the 66 pairs of a class of twelve.
"""

import ast
import io
import itertools
import warnings
from collections import Counter
from dataclasses import dataclass

from copydetect.detector import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage

from course_lib.answers import visible
from grading_engine.grader import Grader, as_solution

# The shortest run of characters that counts as shared: copydetect's own default.
RUN = 25
LEAST, SHARE, FUNCTIONS = 150, 0.6, 2
# Code is usual that more than so many students have.
_COMMON, _COMMON_SHARE = 5, 0.1
# Of a cell's source; nobody reads more side by side.
_LONGEST = 20_000


@dataclass(frozen=True)
class Match:
    """A function of two students, with what they share.

    Attributes
    ----------
    pieces : tuple of two lists of (str, bool)
        The source of either in pieces, and whether each is shared.
    to_the_letter : bool
        Whether the two sources are equal, names, comments and all.
    """

    function: str
    pieces: tuple
    to_the_letter: bool


@dataclass(frozen=True)
class Pair:
    """Two students whose functions are alike.

    Attributes
    ----------
    share : float
        The part of the unusual code, of the one who has less of it, that the other has too.
    shared : int
        Characters of it.
    """

    students: tuple
    share: float
    shared: int
    matches: list


def pairs(students, problem_set):
    """Return the `Pair`s of students that are worth a look, those with the largest share first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # students' code has strings and escapes that Python warns of
        usual = _known_forms(problem_set)
        prints = {student.number: _fingerprints(student) for student in students}
        usual |= _common(prints.values())
        for fingerprint in itertools.chain.from_iterable(one.values() for one in prints.values()):
            _leave_out(fingerprint, usual)
        found = [pair for one, other in itertools.combinations(students, 2)
                 if (pair := _pair(one, other, prints[one.number], prints[other.number]))]
    return sorted(found, key=lambda pair: (-pair.share, -pair.shared, *(one.number for one in pair.students)))


def _fingerprints(student):
    return {function: _fingerprint(source) for function, source in student.sources.items()}


def _fingerprint(source):
    # Every run counts, not a sample: which runs a sample takes depends on hashes that differ from process to process.
    return CodeFingerprint("answer.py", RUN, 1, fp=io.StringIO(source[:_LONGEST].strip()), language="python")


def _known_forms(problem_set):
    """Hashes of what was handed out and of the forms that the kit knows, with and without a docstring."""
    handed_out = [visible(cell.source) for cell in problem_set.cleared.cells if cell.cell_type == "code"]
    forms = [exercise.solution for exercise in problem_set.exercises.values()]
    for name, exercise in problem_set.exercises.items():
        grader = Grader(exercise.grader)
        written = [*grader.variants.values(), *(mistake.function for mistake in grader.mistakes)]
        forms += [as_solution(function, name) for function in written]
    sources = handed_out + forms + [source for form in forms for source in _with_and_without_docstring(form)]
    return {value for source in sources for value in _fingerprint(source).hashes}


def _with_and_without_docstring(form):
    function = ast.parse(form).body[-1]
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:]
    yield ast.unparse(function)
    function.body.insert(0, ast.Expr(ast.Constant("What it does.")))
    yield ast.unparse(function)


def _common(prints):
    """Hashes that more than a few students have."""
    prints = list(prints)
    count = Counter(value for one in prints for value in set().union(*(each.hashes for each in one.values())))
    most = max(_COMMON, _COMMON_SHARE * len(prints))
    return {value for value, students in count.items() if students > most}


def _leave_out(fingerprint, usual):
    """What copydetect does with boilerplate, which it loses its count of where a run occurs twice."""
    fingerprint.hashes = set(fingerprint.hashes) - usual
    fingerprint.hash_idx = {value: places for value, places in fingerprint.hash_idx.items() if value not in usual}
    fingerprint.token_coverage = get_token_coverage(fingerprint.hash_idx, RUN, len(fingerprint.filtered_code))


def _pair(one, other, prints, others):
    compared = [(function, compare_files(prints[function], others[function])) for function in prints
                if function in others and not prints[function].hashes.isdisjoint(others[function].hashes)]
    shared = sum(int(overlap) for function, (overlap, *_rest) in compared)
    if shared < LEAST or len(compared) < FUNCTIONS:
        return None
    smaller = min(sum(float(fingerprint.token_coverage) for fingerprint in each.values()) for each in (prints, others))
    share = min(1.0, shared / smaller)
    if share < SHARE:
        return None
    matches = [Match(function, tuple(_pieces(each[function].raw_code, places)
                                     for each, places in zip((prints, others), slices, strict=True)),
                     prints[function].raw_code == others[function].raw_code)
               for function, (_overlap, _similarities, slices) in compared]
    return Pair((one, other), share, shared, matches)


def _pieces(source, slices):
    """Cut a source where shared code begins and ends."""
    pieces, place = [], 0
    for begin, end in sorted(zip(*(side.astype(int).tolist() for side in slices), strict=True)):
        begin = max(begin, place)
        if end > begin:
            pieces += [(source[place:begin], False), (source[begin:end], True)]
            place = end
    return [(text, shared) for text, shared in [*pieces, (source[place:], False)] if text]
