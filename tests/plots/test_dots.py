"""Rows of dots show every run where it belongs, and say the same in words."""

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from cnncourse import plots
from cnncourse.plots import style

RUNS = {
    "usual": [0.5, 0.54, 0.52],
    "better": [0.53, 0.6, 0.58],
    "worse": [0.4, 0.51, 0.45],
    "same": [0.52, 0.6],
}


def test_every_run_is_a_dot_in_its_row():
    ax = plots.plot_dots(RUNS, marks={"goal": 0.7}, ax=Figure().add_subplot())
    rows, (mark,) = ax.lines[:4], ax.lines[4:]
    for row, (line, (name, shares)) in enumerate(zip(rows, RUNS.items())):
        assert line.get_xdata().tolist() == pytest.approx([100 * share for share in shares])
        assert set(line.get_ydata()) == {-row}
        assert ax.get_yticklabels()[row].get_text() == name
    assert mark.get_xdata()[0] == pytest.approx(70)


def test_colours_compare_with_the_usual_row():
    ax = plots.plot_dots({**RUNS, "far": [0.9]}, usual="usual", ax=Figure().add_subplot())
    found = [to_rgb(line.get_color()) for line in ax.lines]
    expected = [style.INK, style.BLUE, style.RED, style.BLUE, style.BLUE]
    assert found == [to_rgb(colour) for colour in expected]


def test_a_median_among_the_usual_runs_stays_ink():
    ax = plots.plot_dots(
        {"usual": [0.5, 0.6], "same": [0.4, 0.55, 0.9]}, usual="usual", ax=Figure().add_subplot()
    )
    assert to_rgb(ax.lines[1].get_color()) == to_rgb(style.INK)


def test_the_words_hold_median_and_spread():
    text = plots.describe_dots(RUNS, usual="usual", marks={"goal": 0.7})
    assert "usual 52.0 %, from 50.0 to 54.0" in text
    assert text.endswith("Dotted: goal 70.0 %.")


@pytest.mark.parametrize(
    "runs, usual, words",
    [({}, None, "runs: got"), ({"a": []}, None, "runs: got"), ({"a": [1.0]}, "b", "usual: got 'b'")],
)
@pytest.mark.parametrize("function", [plots.plot_dots, plots.describe_dots])
def test_nothing_to_show_is_refused(function, runs, usual, words):
    with pytest.raises(ValueError, match=words):
        function(runs, usual=usual)
