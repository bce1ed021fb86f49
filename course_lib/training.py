"""Notebooks that are executed only to be graded: how they know, and long training, which is shortened there."""

import os

from course_lib.language import texts


def being_graded():
    """Whether this notebook is executed by a grader: this course's, or nbgrader as it comes."""
    return bool(os.environ.get("COURSE_GRADING") or os.environ.get("NBGRADER_EXECUTION"))


def epochs(number):
    """Say for how many epochs to train: as many as are asked for, but at most one while the notebook is graded.

    When a class is graded, every notebook is executed once more, without a GPU, with the environment variable
    ``COURSE_GRADING`` set.  The marks do not depend on what is trained there.

    Parameters
    ----------
    number : int
        Epochs to train for in everyday work, 0 or more.

    Returns
    -------
    int
        ``number``; while grading 1 if ``number`` is larger, and then a printed line says so.
    """
    if number <= 1 or not being_graded():
        return number
    print(texts.gettext("shortened for grading: 1 epoch instead of {n}").format(n=number))
    return 1
