"""HTML of the results: a compact card and a table. No script; legible on light and on dark pages."""

import functools
import html
import re
from collections.abc import Sequence
from importlib import resources

WORDS = {"pass": "Right", "fail": "Not yet right", "not attempted": "Not attempted yet"}
LABELS = {"input": "Input", "expected": "Expected", "got": "Got", "where": "Where", "hint": "Hint"}


@functools.cache
def asset(name: str) -> str:
    """Read a style sheet or script that ships with the package."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def rich(text: str) -> str:
    """Escape a text and show what stands in backticks as code.

    Examples
    --------
    >>> rich("`a < b` holds")
    '<code>a &lt; b</code> holds'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def card(status: str, icon: str, name: str, message: str, rows: Sequence[tuple[str, str]]) -> str:
    """HTML of one result: ``icon`` is for the eye only; of the rows, a hint and a rule are prose."""
    head = (
        f'<p class="cnx-check-head"><span class="cnx-check-icon" aria-hidden="true">{icon}</span>'
        f"<strong>{WORDS[status]}</strong> <code>{html.escape(name)}</code></p>"
    )
    said = (
        f'<p class="cnx-check-said">{rich(message[:1].upper() + message[1:])}.</p>'
        if rows or status == "pass"
        else ""
    )
    items = "".join(_row(label, text) for label, text in rows)
    listing = f"<dl>{items}</dl>" if items else ""
    kind = status.replace(" ", "-")
    return f'<div class="cnx-check cnx-check-{kind}">{_style()}{head}{said}{listing}</div>'


def _style() -> str:
    return f"<style>{asset('cards.css')}</style>"


def _row(label: str, text: str) -> str:
    shown = rich(text) if label in ("hint", "must hold") else f"<code>{html.escape(text, quote=False)}</code>"
    return f"<dt>{LABELS.get(label, label.capitalize())}</dt><dd>{shown}</dd>"


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """HTML of a table whose first column heads the rows."""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header)
    body = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in others)
        + "</tr>"
        for first, *others in rows
    )
    return (
        f'<div class="cnx-check cnx-progress">{_style()}<table><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
