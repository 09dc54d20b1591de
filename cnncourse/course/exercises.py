"""How an exercise is declared: its words, its cases, one right answer, the usual wrong ones with their hints.

The decorated function is the solution, and the stub is its signature:

    @exercise("convolution.output_size", "How many positions", "Write `output_size(…)` …", cases=_size_cases)
    def output_size(size, kernel_size):
        ...

    output_size.mistake("Add 1: …", lambda size, kernel_size: size - kernel_size)
"""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Case:
    """One call of the learner's function, with copies of `args`."""

    args: tuple


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners really give (a function, or a value), and the hint that helps them on."""

    answer: object
    hint: str


@dataclass(eq=False, repr=False)
class Exercise:
    """One exercise, as `exercise` or `value_exercise` declares it; called, it is its solution."""

    name: str
    title: str
    prompt: str
    function: Callable | None = None
    cases: Callable[[], list[Case]] | None = None
    value_stub: str = ""
    value_solution: str = ""
    properties: Callable[[object], list[tuple[str, bool]]] | None = None
    whole: bool = False
    exact_shape: bool = False
    mistakes: list[Mistake] = field(default_factory=list)

    def __call__(self, *args, **named):
        return self.function(*args, **named)

    def mistake(self, hint: str, answer: object = None):
        """Add a wrong answer with the hint that it must get; without `answer`, as a decorator of one."""
        if answer is None:
            return lambda function: self.mistake(hint, function)
        self.mistakes.append(Mistake(answer, hint))
        return answer

    @property
    def wants_function(self) -> bool:
        """Whether the answer is a function."""
        return self.function is not None

    @cached_property
    def reference(self) -> object:
        """The right answer: the function, or the value that the solution's text leaves in its variable."""
        if self.wants_function:
            return self.function
        namespace = {"np": np}
        exec(self.value_solution, namespace)
        return np.asarray(namespace[self.variable])

    @cached_property
    def worked(self) -> list[tuple[tuple, object]]:
        """The arguments of each case with the right result."""
        return [(case.args, self.function(*copy.deepcopy(case.args))) for case in self.cases()]

    @cached_property
    def solution(self) -> str:
        """The source text of one right answer."""
        if not self.wants_function:
            return self.value_solution
        source = textwrap.dedent(inspect.getsource(self.function))
        first = ast.parse(source).body[0].lineno  # below the decorator
        return "\n".join(source.rstrip("\n").split("\n")[first - 1 :])

    @property
    def stub(self) -> str:
        """The text that the learner starts from: the signature and the docstring, or `...` to fill in."""
        return function_stub(self.solution) if self.wants_function else self.value_stub

    @cached_property
    def variable(self) -> str:
        """The name that the answer has in the notebook."""
        first = ast.parse(self.stub).body[0]
        return first.name if isinstance(first, ast.FunctionDef) else first.targets[0].id

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments of the learner's function."""
        return tuple(inspect.signature(self.function).parameters) if self.wants_function else ()


def exercise(
    name: str, title: str, prompt: str, *, cases: Callable, whole: bool = False, exact_shape: bool = False
) -> Callable[[Callable], Exercise]:
    """Declare an exercise whose answer is a function. The decorated function is its solution.

    The name is ``"topic.task"``, the prompt Markdown whose lines are joined to paragraphs. With `whole` the
    answer must be of integer type, as a count must; with `exact_shape` the extra leading axes of length 1 are
    refused that are otherwise overlooked.
    """

    def declare(function: Callable) -> Exercise:
        return Exercise(name, title, unwrapped(prompt), function, cases, whole=whole, exact_shape=exact_shape)

    return declare


def value_exercise(
    name: str,
    title: str,
    prompt: str,
    *,
    stub: str,
    solution: str,
    properties: Callable | None = None,
    whole: bool = False,
    exact_shape: bool = False,
) -> Exercise:
    """Declare an exercise whose answer is a value, with the text of the cell before and after.

    The solution's variable holds the right value. Where there are many, `properties` takes the answer as an
    array and returns ``[(what must hold, whether it holds), ...]``. The rest is as in `exercise`.
    """
    texts = {"value_stub": block(stub), "value_solution": block(solution)}
    kind = {"properties": properties, "whole": whole, "exact_shape": exact_shape}
    return Exercise(name, title, unwrapped(prompt), **texts, **kind)


def block(text: str) -> str:
    """Return an indented text of several lines without its indentation and its empty ends."""
    return textwrap.dedent(text).strip("\n")


def unwrapped(text: str) -> str:
    r"""Join the lines of each paragraph; code between fences and lists keep theirs.

    Examples
    --------
    >>> unwrapped("\n    Write `f`:\n    it adds.\n\n    ```\n    1 2\n    3 4\n    ```\n")
    'Write `f`: it adds.\n\n```\n1 2\n3 4\n```'
    """
    lines, fenced = [], False
    for line in block(text).split("\n"):
        goes_on = not fenced and lines and lines[-1] and line and not line.startswith(("- ", "|", "```"))
        fenced ^= line.startswith("```")
        if goes_on and lines[-1] != "```":
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.rstrip())
    return "\n".join(lines)


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
