"""The engine's own texts in the language of the class; see `course_lib.language`."""

from pathlib import Path

from course_lib.language import Catalogue

texts = Catalogue(Path(__file__).parent / "locale", "grading_engine")
