"""`quiz(chapter)`: multiple-choice questions as static HTML that needs no kernel and no network."""

import html
import json
from dataclasses import dataclass

from cnncourse.course.cards import asset, rich
from cnncourse.course.chapters import FOLDER
from cnncourse.course.trust import script_note
from cnncourse.errors import did_you_mean

LETTERS = "abcdefgh"


@dataclass(frozen=True)
class Choice:
    """One answer on offer: its text, whether it is right, and why."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question, optionally a piece of code that it is about, and its choices."""

    question: str
    choices: tuple[Choice, ...]
    code: str | None = None


@dataclass(frozen=True, repr=False)
class Quiz:
    """The quiz of one chapter: HTML in a notebook or on a page, text by ``print``."""

    chapter: str
    title: str
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        return f"<quiz {self.chapter}: {len(self.questions)} questions>"

    def __str__(self) -> str:
        asked = "\n\n".join(_question_text(i, q) for i, q in enumerate(self.questions, start=1))
        answers = "\n".join(_answer_text(i, q) for i, q in enumerate(self.questions, start=1))
        return f"Quiz: {self.title}\n\n{asked}\n\nAnswers\n{answers}"

    def _repr_html_(self) -> str:
        total = len(self.questions)
        fields = "".join(_question_html(i, total, q) for i, q in enumerate(self.questions, start=1))
        title = html.escape(self.title)
        note = script_note("The choices are off, but each answer unfolds.")
        # method="dialog" outside of a dialog does nothing: without script, Enter does not leave the page.
        return (
            f'<form class="cnx-quiz" method="dialog" autocomplete="off" aria-label="Quiz: {title}">'
            f"<style>{asset('quiz.css')}</style>"
            f'<p class="cnx-quiz-title"><span class="cnx-quiz-tag">Quiz</span> {title}</p>{note}{fields}'
            f'<p class="cnx-quiz-score">{total} questions</p></form><script>{asset("quiz.js")}</script>'
        )


def quiz(chapter: str) -> Quiz:
    """Show the quiz of a chapter.

    Parameters
    ----------
    chapter : str
        Name of the chapter: that of its notebook without number and ending.

    Returns
    -------
    Quiz

    Raises
    ------
    ValueError
        If there is no quiz of that name.

    Examples
    --------
    >>> quiz("convolution")
    <quiz convolution: 6 questions>
    """
    if chapter not in quiz_names():
        raise ValueError(f"There is no quiz {chapter!r}. {did_you_mean(chapter, quiz_names())}")
    stored = json.loads((FOLDER / chapter / "quiz.json").read_text(encoding="utf-8"))
    questions = tuple(
        Question(
            question=one["question"],
            choices=tuple(Choice(c["text"], c.get("right", False), c["why"]) for c in one["choices"]),
            code=one.get("code"),
        )
        for one in stored["questions"]
    )
    return Quiz(chapter, stored["title"], questions)


def quiz_names() -> tuple[str, ...]:
    """List the chapters that have a quiz."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/quiz.json")))


def _question_text(number: int, question: Question) -> str:
    code = [f"   {line}" for line in (question.code or "").splitlines()]
    choices = [f"   {LETTERS[i]}) {choice.text}" for i, choice in enumerate(question.choices)]
    return "\n".join([f"{number}. {question.question}", *code, *choices])


def _answer_text(number: int, question: Question) -> str:
    right = next(i for i, choice in enumerate(question.choices) if choice.right)
    return f"{number}{LETTERS[right]}. {question.choices[right].why}"


def _question_html(number: int, total: int, question: Question) -> str:
    code = f"<pre><code>{html.escape(question.code, quote=False)}</code></pre>" if question.code else ""
    choices = "".join(
        f'<label><input type="radio" name="q{number}" value="{i}"><span>{rich(choice.text)}</span></label>'
        for i, choice in enumerate(question.choices)
    )
    reasons = "".join(_reason_html(choice) for choice in question.choices)
    return (
        f'<fieldset><legend><span class="cnx-quiz-number">Question {number} of {total}</span> '
        f"{rich(question.question)}</legend>{code}{choices}"
        '<p class="cnx-quiz-said" role="status"></p>'
        f"<details><summary>Answer to question {number}</summary><ul>{reasons}</ul></details></fieldset>"
    )


def _reason_html(choice: Choice) -> str:
    kind, word = ("right", "Right") if choice.right else ("wrong", "Wrong")
    return (
        f'<li class="cnx-quiz-{kind}"><strong>{word}:</strong> {rich(choice.text)}'
        f' <span class="cnx-quiz-why">{rich(choice.why)}</span></li>'
    )
