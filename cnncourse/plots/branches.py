"""A block of a network: paths side by side from one input, and how they come together."""

from __future__ import annotations

from matplotlib.patches import Circle, FancyBboxPatch

from cnncourse.plots import style

_WIDTH, _STEP, _BOX, _TOP = 480, 46, 28, 52
_JOINS = {"+": "added", "×": "multiplied", "concatenate": "laid one behind the other"}


def _checked(branches, join):
    branches = [[str(layer) for layer in branch] for branch in branches]
    if not 1 <= len(branches) <= 4:
        raise ValueError(
            f"branches: got {len(branches)}, but 1 to 4 paths can be drawn side by side. Pass a list of "
            "lists of names, such as [[], ['3 × 3', 'ReLU', '3 × 3']]."
        )
    if join not in _JOINS:
        raise ValueError(f"join: got {join!r}, but it is one of {', '.join(_JOINS)}. Choose one of them.")
    return branches


def plot_branches(branches, *, join="+", ax=None):
    """Draw a block with several paths: layers from top to bottom, paths from left to right.

    Parameters
    ----------
    branches : list of lists of str
        The layers of each path, the first first; 1 to 4 paths. An empty path passes its input on.
    join : {"+", "×", "concatenate"}, default "+"
        What is done with the ends of the paths: they are added, multiplied, or laid one behind the other.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default. Its limits are set to CSS pixels.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no or more than four paths, or the join is unknown.

    Examples
    --------
    >>> ax = plot_branches([[], ["3 × 3", "ReLU", "3 × 3"]])
    >>> [text.get_text() for text in ax.texts]
    ['input', 'unchanged', '3 × 3', 'ReLU', '3 × 3', '+', 'output']
    """
    branches = _checked(branches, join)
    rows = max(1, *(len(branch) for branch in branches))
    bottom = _TOP + rows * _STEP + 22
    height = bottom + 44
    pixels = style.CSS_PIXELS_PER_INCH
    ax = style.axes_or_new(ax, figsize=(_WIDTH / pixels, height / pixels))
    ax.set_axis_off()
    ax.set(xlim=(0, _WIDTH), ylim=(height, 0))
    column = min(150, (_WIDTH - 12) / len(branches))
    middle = _WIDTH / 2
    words = {"ha": "center", "va": "center", "fontsize": 10.5}
    ax.text(middle, 14, "input", **words)
    for number, branch in enumerate(branches):
        x = middle + (number - (len(branches) - 1) / 2) * column
        line = {"color": style.MUTED, "linewidth": 1.6, "zorder": 1}
        ax.plot([middle, middle, x, x, middle], [26, 38, 38, bottom - 8, bottom - 8], **line)
        for row, layer in enumerate(branch or ["unchanged"]):
            # A short path stands in the middle of the height.
            y = _TOP + (row + (rows - max(1, len(branch))) / 2 + 0.5) * _STEP - 4
            _draw_layer(ax, x, y, column - 14, layer if branch else None)
            ax.text(x, y, layer, zorder=3, **words)
    ax.plot([middle, middle], [bottom - 8, bottom + 24], color=style.MUTED, linewidth=1.6, zorder=1)
    _draw_join(ax, middle, bottom - 8, join, words)
    ax.text(middle, bottom + 34, "output", **words)
    return ax


def _draw_layer(ax, x, y, width, layer):
    width = min(width, 120)
    shape = FancyBboxPatch(
        (x - width / 2, y - _BOX / 2),
        width,
        _BOX,
        boxstyle="round,pad=0,rounding_size=5",
        facecolor=style.CELL if layer else style.PAPER,
        edgecolor=style.BLUE if layer else style.PAPER,
        linewidth=1.3,
        zorder=2,
    )
    ax.add_patch(shape)


def _draw_join(ax, x, y, join, words):
    if join == "concatenate":
        ax.add_patch(
            FancyBboxPatch(
                (x - 60, y - 12), 120, 24, boxstyle="round,pad=0,rounding_size=5", facecolor=style.YELLOW,
                edgecolor=style.INK, linewidth=1, zorder=2,
            )
        )  # fmt: skip
    else:
        ax.add_patch(Circle((x, y), 13, facecolor=style.YELLOW, edgecolor=style.INK, linewidth=1, zorder=2))
    ax.text(x, y, join, zorder=3, fontweight="bold", **words)


def describe_branches(branches, *, join="+"):
    """Return what `plot_branches` shows, in words.

    Parameters
    ----------
    branches, join
        As in `plot_branches`.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_branches([[], ["3 × 3", "ReLU", "3 × 3"]])
    'A block with 2 paths from one input: unchanged; 3 × 3, then ReLU, then 3 × 3. Their ends are added.'
    """
    branches = _checked(branches, join)
    paths = "; ".join(", then ".join(branch) if branch else "unchanged" for branch in branches)
    if len(branches) == 1:
        return f"A block with one path: {paths}."
    return f"A block with {len(branches)} paths from one input: {paths}. Their ends are {_JOINS[join]}."
