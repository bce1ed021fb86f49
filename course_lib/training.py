"""Long training, shortened where a notebook is executed only to be graded."""

import os

from course_lib.language import texts


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
    if number <= 1 or not os.environ.get("COURSE_GRADING"):
        return number
    print(texts.gettext("shortened for grading: 1 epoch instead of {n}").format(n=number))
    return 1
