"""The staff's grading engine: sandbox, hidden tests, nbgrader stages, reports and the `course` command."""
