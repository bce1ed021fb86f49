"""``python -m grading_engine`` is the `course` command."""

from grading_engine.cli import main

if __name__ == "__main__":
    main()
