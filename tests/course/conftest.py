"""What the tests of explorers share: a small draw function, and explorers to try it in."""

import pytest
from matplotlib.figure import Figure

from cnncourse.course.frames import make_explorer


def draw_power(exponent, scale=1):
    """A curve that depends on its arguments."""
    fig = Figure(figsize=(3, 2))
    fig.add_subplot(title="Powers").plot([scale * x**exponent for x in range(5)])
    return fig


@pytest.fixture
def power():
    """A draw function of ``exponent`` and ``scale``."""
    return draw_power


@pytest.fixture
def explorer():
    """Make an explorer: ``explorer(draw, **choices)``."""

    def make(draw, alt=None, title=None, start=None, solved=None, prompt=None, **choices):
        return make_explorer(draw, choices, alt=alt, title=title, start=start, solved=solved, prompt=prompt)

    return make
