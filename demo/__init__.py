"""A class of twelve on nbgrader's real road, from the release to the pages of feedback."""
