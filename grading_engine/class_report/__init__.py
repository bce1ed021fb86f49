"""One page from which a TA and an instructor understand a class: marks, mistakes, what waits for a person."""

from grading_engine.class_report.page import FOLDER, write

__all__ = ["FOLDER", "write"]
