"""What an exercise is made of: its words, its cases, one right answer and the usual wrong ones."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One call of the learner's function.

    Parameters
    ----------
    args : tuple
        Positional arguments of the call. Each call gets its own copy.
    max_lines : int, optional
        How many lines of Python the call may run. Set where the point of the exercise is to leave the
        loop over the pixels to NumPy.
    """

    args: tuple
    max_lines: int | None = None


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners really give, and the hint that helps them on.

    Parameters
    ----------
    answer : object
        A function where the exercise asks for a function, a value where it asks for a value.
    hint : str
        One or two sentences. Names of code stand in backticks.
    """

    answer: object
    hint: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    name : str
        ``"topic.task"``.
    title : str
        The heading of the exercise in the chapter.
    prompt : str
        The task, in Markdown.
    reference : object
        The solution: a function, whose source is shown as the solution, or a value.
    mistakes : tuple of Mistake
        At least three.
    cases : callable, optional
        Returns the list of cases. None where the answer is a value.
    properties : callable, optional
        For values with many right answers: takes the answer as an array and returns
        ``[(what must hold, whether it holds), ...]``.
    stub_text, solution_text : str, optional
        The cells of an exercise whose answer is a value. For a function both come from its source.
    whole : bool, default False
        The answer must be of integer type, as a size or a count must.
    exact_shape : bool, default False
        Refuse the extra leading axes of length 1 that are otherwise overlooked.
    """

    name: str
    title: str
    prompt: str
    reference: object
    mistakes: tuple[Mistake, ...]
    cases: Callable[[], list[Case]] | None = None
    properties: Callable[[object], list[tuple[str, bool]]] | None = None
    stub_text: str | None = None
    solution_text: str | None = None
    whole: bool = False
    exact_shape: bool = False

    @property
    def wants_function(self) -> bool:
        """Whether the answer is a function."""
        return self.cases is not None

    @property
    def solution(self) -> str:
        """The source text of one right answer."""
        if self.wants_function:
            return textwrap.dedent(inspect.getsource(self.reference)).rstrip("\n")
        return self.solution_text

    @property
    def stub(self) -> str:
        """The text that the learner starts from: the signature and the docstring, or `...` to fill in."""
        return function_stub(self.solution) if self.wants_function else self.stub_text

    @property
    def variable(self) -> str:
        """The name that the answer has in the notebook."""
        first = ast.parse(self.stub).body[0]
        return first.name if isinstance(first, ast.FunctionDef) else first.targets[0].id

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments of the learner's function."""
        return tuple(inspect.signature(self.reference).parameters) if self.wants_function else ()


def function_stub(source: str) -> str:
    """Keep the signature and the docstring of a function and replace the rest by ``...``.

    Examples
    --------
    >>> print(function_stub('def double(x):\\n    "Twice x."\\n    return 2 * x'))
    def double(x):
        "Twice x."
        ...
    """
    function = ast.parse(source).body[0]
    docstring = function.body[0]
    kept = source.splitlines()[: docstring.end_lineno]
    return "\n".join([*kept, "    ..."])
