"""What a hidden grader's file is written with: known mistakes and accepted variants."""

import ast
import contextlib
import importlib.util
import inspect
import sys
import textwrap
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_lib.language import Catalogue

_SLOW = ("tensorflow", "keras", "sklearn")
_SENTENCE = "_known_mistake"
_VARIANT = "_accepted_variant"
_SOURCE = "_source"


def known_mistake(sentence):
    """Mark a wrong solution, under the sentence that a student who made this mistake should read.

    The decorated function has the signature of the exercise and makes one mistake only.  It must not need
    anything but numpy as ``np``, since it is also tried as a submission.
    """

    def mark(function):
        setattr(function, _SENTENCE, sentence)
        return function

    return mark


def accepted_variant(function):
    """Mark a right solution that is written otherwise than the instructor's; it must get full marks."""
    setattr(function, _VARIANT, True)
    return function


def slip(function, before, after):
    """Return a function that differs from ``function`` in one place of its source, for mistakes in long functions.

    ::

        bias_forgotten = known_mistake("The bias is never added.")(slip(with_loops, " + bias[c]", ""))

    Raises
    ------
    ValueError
        When ``before`` does not stand there exactly once.
    """
    source = as_solution(function, function.__name__)
    if source.count(before) != 1:
        raise ValueError(f"{before!r} stands {source.count(before)} times in {function.__name__}, not once")
    namespace = {"__name__": function.__module__}
    exec(source.replace(before, after), namespace)
    changed = namespace[function.__name__]
    setattr(changed, _SOURCE, source.replace(before, after))
    return changed


@dataclass(frozen=True)
class Mistake:
    """A known mistake: its name, its sentence and the wrong solution."""

    name: str
    sentence: str
    function: Callable


class Grader:
    """One hidden grader's module, as the engine looks at it.

    Attributes
    ----------
    reference : callable
        The right answer, from TensorFlow.
    returns : tuple of str
        What the values of an answer are called, with their axes; empty where the file does not say.
    equivalent_mutants : dict of str to str
        Automatic mutants (see `mutants`) that are right all the same, and why.
    task : Task or None
        What a network is trained for, where the function is one that designs it; see `training`.
    no_mutants : str
        Why there are none of this function, or "".
    """

    def __init__(self, path):
        self.path = Path(path)
        self.module = _module(self.path)
        self.reference = self.module.reference
        self.returns = getattr(self.module, "RETURNS", ())
        self.equivalent_mutants = getattr(self.module, "EQUIVALENT_MUTANTS", {})
        self.task = getattr(self.module, "TASK", None)
        self.no_mutants = getattr(self.module, "NO_MUTANTS", "")
        self._texts = catalogue(self.path.parent)

    @property
    def mistakes(self):
        """The file's known mistakes, in its order."""
        return [Mistake(name, self.translated(getattr(value, _SENTENCE)), value)
                for name, value in vars(self.module).items() if hasattr(value, _SENTENCE)]

    @property
    def variants(self):
        """The file's accepted variants: {name: function}."""
        return {name: value for name, value in vars(self.module).items() if hasattr(value, _VARIANT)}

    def translated(self, text):
        """Return a text of the file in the language of the class, where there is a translation."""
        return self._texts.gettext(text)

    def parameters(self):
        """Names of the function's arguments, as the reference has them."""
        return list(inspect.signature(self.reference).parameters)


def as_solution(function, name):
    """Return the source of a known mistake or variant as a student would have handed it in, called ``name``."""
    source = getattr(function, _SOURCE, None) or textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[-1]
    definition.name = name
    definition.decorator_list = []
    return f"import numpy as np\n\n\n{ast.unparse(definition)}\n"


def catalogue(folder):
    """Return the `Catalogue` of a problem set's graders, which lies beside them: their texts are the staff's."""
    return Catalogue(folder / "locale", folder.name)


class _WhenUsed(types.ModuleType):
    """Stands for a library that takes seconds to load, until something of it is used: many answers are remembered."""

    def __getattr__(self, attribute):
        if attribute.startswith("_"):
            raise AttributeError(attribute)  # pytest looks at everything in a file for marks of its own
        # Both at once: Keras loads TensorFlow.
        for name in _SLOW:
            if isinstance(sys.modules.get(name), _WhenUsed):
                del sys.modules[name]
        return getattr(importlib.import_module(self.__name__), attribute)


@contextlib.contextmanager
def _loaded_when_used():
    stand_ins = {name: _WhenUsed(name) for name in _SLOW if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _module(path):
    """Import a grader's file once; its folder's name keeps equally named files of two sets apart."""
    name = f"graders.{path.parent.name}.{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        with _loaded_when_used():
            spec.loader.exec_module(module)
    return sys.modules[name]
