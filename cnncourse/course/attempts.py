"""What has been attempted and passed in this session. Kept in memory, per process; nothing is written."""

from dataclasses import dataclass

from cnncourse.course import chapters, find
from cnncourse.course.cards import table

# Name of the exercise -> whether it was ever passed.
_attempts: dict[str, bool] = {}

HEADER = ("Chapter", "Passed", "Tried", "Total")


def record(name: str, status: str) -> None:
    """Note the result of one check. An exercise once passed stays passed."""
    if status != "not attempted":
        _attempts[name] = _attempts.get(name, False) or status == "pass"


def forget() -> None:
    """Start anew."""
    _attempts.clear()


@dataclass(frozen=True, repr=False)
class Progress:
    """Rows of (chapter, passed, attempted, total), the last one for all chapters."""

    rows: tuple[tuple[str, int, int, int], ...]

    def _cells(self) -> list[list[str]]:
        return [[chapter, *map(str, counts)] for chapter, *counts in self.rows]

    def __str__(self) -> str:
        lines = [list(HEADER), *self._cells()]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
        return "\n".join(
            "  ".join([line[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(line[1:], widths[1:]))])
            for line in lines
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return table("Exercises of this session", HEADER, self._cells())


def progress() -> Progress:
    """Count the exercises of this session that were attempted and passed, per chapter.

    Returns
    -------
    Progress
        A table in a notebook, text by ``print``.

    Examples
    --------
    >>> forget()
    >>> print(progress().rows[-1][:3])
    ('All', 0, 0)
    """
    rows = []
    for chapter in chapters.names():
        names = find.names(chapter)
        tried = [_attempts[name] for name in names if name in _attempts]
        rows.append((chapter, sum(tried), len(tried), len(names)))
    total = tuple(sum(row[column] for row in rows) for column in (1, 2, 3))
    return Progress((*rows, ("All", *total)))
