"""What the figures of an item say, in words."""

from grading_engine.language import texts

_ = texts.gettext

# Shares of the class, and correlations, from which a remark is made.
NEARLY_ALL, MANY, FEW = 0.8, 1 / 3, 0.25
WEAK, REVERSED = 0.1, -0.2


def of_function(row, students):
    """Return sentences about a function.

    Parameters
    ----------
    row : FunctionRow
    students : int
        How many are graded.
    """
    if len(row.by_status["missing"]) == students:
        return [_("Nobody wrote it.")]
    said = []
    losing = sum(len(row.by_status[status]) for status in ("partial", "none", "missing"))
    if losing >= NEARLY_ALL * students:
        said.append(_("Nearly everybody loses points here."))
    elif losing == 0 and not row.by_status["waits"]:
        said.append(_("Everybody has full marks."))
    if len(row.by_status["missing"]) >= MANY * students:
        said.append(_("Many did not write it."))
    said += _of_discrimination(row.discrimination)
    wrong = losing - len(row.by_status["missing"])
    most = max(row.mistakes, key=lambda mistake: len(mistake.students), default=None)
    if most and wrong > 2 and len(most.students) > wrong / 2:
        said.append(_("Most of those who get it wrong make mistake {number}.").format(number=most.number))
    return said


def of_question(row, students):
    """Return sentences about a plot or a written answer (an `ItemRow`)."""
    answered = students - len(row.unanswered)
    if answered == 0:
        return [_("Nobody answered.")]
    said = [_("Few answered.")] if answered <= FEW * students else []
    if row.mean is not None and row.mean <= 1 - NEARLY_ALL:
        said.append(_("Nearly all points are lost here."))
    return said + _of_discrimination(row.discrimination)


def _of_discrimination(value):
    if value is None:
        return []
    if value <= REVERSED:
        return [_("Strong students lose more here than weak ones: look at the task and its grader.")]
    return [_("Hardly tells strong from weak.")] if value < WEAK else []
