"""What a verification says about the graders: figures, measured tolerances, and a page to look at."""

import json
import math
from collections import Counter
from html import escape

from grading_engine.course import problem_set
from grading_engine.verify import MARGIN, SEED

KINDS = ("solution", "stub", "variant", "mistake", "mutant")


def figures(verdicts):
    """Return the strength of the graders as a dict that `json` can write.

    Shares are of 1.  ``mistakes_killed`` and ``mistakes_named`` are over the known mistakes, ``mutants_killed`` over
    the automatic mutants that are not equivalent, ``messages_shared`` over the known mistakes of a function that leave
    the student with the same words as another one.  ``misnamed`` counts wrong hints over everything that was tried.
    """
    mistakes = [verdict for verdict in verdicts if verdict.trial.kind == "mistake"]
    mutants = [verdict for verdict in verdicts if verdict.trial.kind == "mutant"]
    survivors = [verdict for verdict in mutants if not verdict.killed]
    unexplained = [verdict for verdict in survivors if verdict.problem]
    words = Counter((verdict.trial.problem_set, verdict.trial.function, verdict.message) for verdict in mistakes)
    return {
        "mistakes": len(mistakes), "mistakes_killed": _share(mistakes, lambda v: v.killed),
        "mistakes_named": _share(mistakes, lambda v: v.named == (v.trial.version,)),
        "messages_shared": _share(mistakes, lambda v: words[v.trial.problem_set, v.trial.function, v.message] > 1),
        "mutants": len(mutants), "equivalent": len(survivors) - len(unexplained), "survived": len(unexplained),
        "mutants_killed": _share([v for v in mutants if v.killed or v.problem], lambda v: v.killed),
        "mutants_named": _share([v for v in mutants if v.killed], lambda v: bool(v.named)),
        "misnamed": sum(len(verdict.misnamed) for verdict in verdicts),
        "variants_accepted": _share([v for v in verdicts if v.trial.kind == "variant"], lambda v: not v.problem),
    }


def tolerances(verdicts):
    """Return {function: {test: {"right": ..., "wrong": ...}}}, in units of what the test tolerates.

    ``right`` is the largest error of a right version, ``wrong`` the smallest one of a wrong version that the test
    caught by its values.  A test has to keep both at a distance from 1.
    """
    found = {}
    for verdict in verdicts:
        for name, used in verdict.tolerance_used.items():
            function, test = name.split(".") if verdict.trial.kind == "solution" else (verdict.trial.function, name)
            entry = found.setdefault(function, {}).setdefault(test, {})
            if verdict.trial.kind in ("solution", "variant"):
                entry["right"] = max(used, entry.get("right", 0.0))
            elif used > 1:
                entry["wrong"] = min(used, entry.get("wrong", math.inf))
    return found


def closing_gaps(verdicts):
    """Return a sentence for every test whose tolerance is too near to right or to wrong answers."""
    for function, tests in tolerances(verdicts).items():
        for test, entry in tests.items():
            if entry.get("right", 0.0) > 1 / MARGIN:
                yield f"{function}, {test}: a right version uses {entry['right']:.2g} of the tolerance: widen it"
            if entry.get("wrong", math.inf) < MARGIN:
                yield f"{function}, {test}: a wrong version is only {entry['wrong']:.2g} tolerances away: narrow it"


def store_tolerances(verdicts):
    """Write the figures of each problem set beside its graders, as far as they are the same everywhere.

    Automatic mutants are left out: some return memory that nothing was written to.
    """
    for name in dict.fromkeys(verdict.trial.problem_set for verdict in verdicts):
        fixed = [v for v in verdicts
                 if v.trial.problem_set == name and v.trial.seed == SEED and v.trial.kind != "mutant"]
        table = {function: {test: {key: float(f"{value:.0e}") for key, value in sorted(entry.items())}
                            for test, entry in sorted(tests.items())}
                 for function, tests in sorted(tolerances(fixed).items())}
        (problem_set(name).graders / "tolerances.json").write_text(json.dumps(table, indent=1) + "\n")


def by_function(verdicts):
    """Return {(problem set, function): {kind: [Verdict, ...]}}, in the order of the trials."""
    rows = {}
    for verdict in verdicts:
        key = verdict.trial.problem_set, verdict.trial.function or "the whole notebook"
        rows.setdefault(key, {kind: [] for kind in KINDS})[verdict.trial.kind].append(verdict)
    return rows


def page(verdicts):
    """Return the verification as one self-contained HTML page."""
    body = "".join(
        f"<tr><td>{escape(name)}</td><td><code>{escape(function)}</code></td>"
        + "".join(_cell(kind, kinds[kind]) for kind in KINDS) + "</tr>"
        for (name, function), kinds in by_function(verdicts).items())
    numbers = "".join(f"<tr><td>{escape(key.replace('_', ' '))}</td><td>{value:g}</td></tr>"
                      for key, value in figures(verdicts).items())
    bad = "".join(f"<li><code>{escape(v.trial.function)}</code> {escape(v.trial.kind)} "
                  f"<code>{escape(v.trial.version)}</code>: {escape(v.problem)}</li>" for v in verdicts if v.problem)
    gaps = "".join(f"<li>{escape(gap)}</li>" for gap in closing_gaps(verdicts))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Verification of the graders</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2em auto; padding: 0 1em;
  color-scheme: light dark; }}
table {{ border-collapse: collapse; margin: 1em 0; }} td, th {{ padding: .3em .8em; border-bottom: 1px solid #8884;
  text-align: left; font-variant-numeric: tabular-nums; }} .good {{ color: #1a7f37; }} .bad {{ color: #cf222e; }}
</style></head><body><h1>Verification of the graders</h1>
<p>Each cell: how many went as they must, of how many. Why a mutant is equivalent stands in the grader's file.</p>
<table><tr><th>problem set</th><th>function</th>{"".join(f"<th>{kind}s</th>" for kind in KINDS)}</tr>{body}</table>
<h2>What went wrong</h2><ul>{bad + gaps or "<li>nothing</li>"}</ul>
<h2>Figures</h2><table>{numbers}</table></body></html>
"""


def _share(items, condition):
    return round(sum(map(condition, items)) / len(items), 4) if items else 1.0


def summary(kind, verdicts):
    """How the trials of one kind and function went, in a few words."""
    good = sum(not verdict.problem for verdict in verdicts)
    if kind != "mutant" or not verdicts:
        return f"{good} of {len(verdicts)}" if verdicts else ""
    killed = sum(verdict.killed for verdict in verdicts)
    survived = sum(bool(verdict.problem) for verdict in verdicts)
    equivalent = len(verdicts) - killed - survived
    return ", ".join([f"{killed} killed", *([f"{equivalent} equivalent"] if equivalent else []),
                      *([f"{survived} survived"] if survived else [])])


def _cell(kind, verdicts):
    good = not any(verdict.problem for verdict in verdicts)
    return f'<td class="{"good" if good else "bad"}">{summary(kind, verdicts)}</td>'
