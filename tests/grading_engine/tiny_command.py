"""The `course` command with the tiny course in the kit's place, for tests that need it as a process of its own.

``python -P -m tests.grading_engine.tiny_command ROOT COMMAND ...``; its workers import this module too.
"""

import os
import sys

from grading_engine import cli, course

# Workers are started without the arguments, but with the environment.
ROOT = os.environ.setdefault("TINY_COURSE", sys.argv[1] if len(sys.argv) > 1 else "")
course.ProblemSet.__init__.__defaults__ = (course.Path(ROOT),)
course.problem_sets.__defaults__ = (course.Path(ROOT),)

if __name__ == "__main__":
    del sys.argv[1]
    cli.main()
