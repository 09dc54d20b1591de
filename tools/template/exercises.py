"""Exercises of the chapter."""

from cnncourse.course.exercises import Case, exercise


def _square_cases() -> list[Case]:
    return [Case((side,)) for side in (3, 1, 7, 12)]


@exercise(
    "template.area",
    "Count the squares",
    "Write `area(side)`: how many small squares does a square of `side` by `side` hold?",
    cases=_square_cases,
    whole=True,
)
def area(side):
    """Number of small squares."""
    return side * side


area.mistake("You added the sides. Each of the `side` rows holds `side` squares.", lambda side: side + side)
area.mistake("This is the way around the square. Count what is inside.", lambda side: 4 * side)
area.mistake("One dimension too many: this is a cube.", lambda side: side**3)
