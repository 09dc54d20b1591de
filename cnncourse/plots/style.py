"""The one figure style of the course: colours, sizes, and how to get a figure that has them.

The colours are those of Okabe and Ito, which people with the common colour blindnesses tell apart.
Figures stand on an opaque light paper, so that they look the same on a light and on a dark page.
"""

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

PAPER = "#fcfbf8"
INK = "#1f2430"
MUTED = "#596070"
GRID = "#d9d6ce"
CELL = "#f1efe9"

BLUE = "#0072b2"
ORANGE = "#e69f00"
GREEN = "#009e73"
RED = "#d55e00"
PURPLE = "#cc79a7"
SKY = "#56b4e9"
YELLOW = "#f0e442"
CYCLE = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, INK)

# Darker twins for words: at least 4.5 to 1 against the paper, where the fills above may fall short.
BLUE_TEXT = "#00609a"
RED_TEXT = "#a94600"
GREEN_TEXT = "#00694d"

SEQUENTIAL = "cividis"
DIVERGING = "RdBu_r"

# One inch of a figure is this many CSS pixels on the page.
CSS_PIXELS_PER_INCH = 100

# Inches. A phone 390 pixels wide has 358 for a figure and scales wider ones down, with their letters. At this
# width the smallest letters, of 10.5 points, are still about 11 pixels high there.
WIDEST = 4.8

RC = {
    "figure.facecolor": PAPER,
    "figure.edgecolor": PAPER,
    "figure.figsize": (WIDEST, 3.4),
    "figure.dpi": 100,
    "savefig.facecolor": PAPER,
    "savefig.edgecolor": PAPER,
    "savefig.dpi": 200,
    "axes.facecolor": PAPER,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 11.5,
    "axes.linewidth": 0.9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "font.family": "sans-serif",
    # DejaVu Sans travels with Matplotlib: the same letters, and so the same bytes, on every machine.
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "lines.linewidth": 2.2,
    "lines.markersize": 6,
    "legend.frameon": False,
    "legend.fontsize": 10.5,
    "image.cmap": SEQUENTIAL,
    "image.interpolation": "nearest",
    "svg.hashsalt": "cnncourse",
}


def use_style():
    """Set the figure style of the course for every figure drawn from now on.

    Examples
    --------
    >>> from cnncourse import plots
    >>> plots.use_style()
    >>> import matplotlib
    >>> matplotlib.rcParams["figure.facecolor"]
    '#fcfbf8'
    """
    matplotlib.rcParams.update(RC)


def context():
    """Return a context manager inside which the figure style of the course holds."""
    return matplotlib.rc_context(RC)


def axes_or_new(ax, figsize=None):
    """Return ``ax``, or the axes of a new pyplot figure when ``ax`` is None.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Where to draw.
    figsize : tuple of float, optional
        Width and height in inches of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if ax is None:
        # pyplot is what shows a figure below a notebook cell; explorers never come here.
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=figsize, layout="constrained")
        return ax
    if not isinstance(ax, Axes):
        raise TypeError(
            f"ax: got {type(ax).__name__}, but a plot is drawn into matplotlib Axes. "
            "Pass one, for example the second value of plt.subplots(), or leave ax out."
        )
    return ax


class Canvas(Axes):
    """Axes with fixed limits: no patch is measured for them, which takes a tenth of a drawing."""

    def add_patch(self, p):
        """Add a patch as any other artist."""
        return self.add_artist(p)


def canvas(width, height):
    """Return a figure and one axes that fills it, measured in CSS pixels from the top left corner.

    Parameters
    ----------
    width, height : float
        Size of the picture on the page, in CSS pixels.

    Returns
    -------
    fig : matplotlib.figure.Figure
        Not known to pyplot, so nothing has to be closed.
    ax : matplotlib.axes.Axes
        x runs from 0 to ``width``, y from 0 at the top to ``height``; no frame, no ticks.
    """
    fig = Figure(figsize=(width / CSS_PIXELS_PER_INCH, height / CSS_PIXELS_PER_INCH), facecolor=PAPER)
    ax = fig.add_axes((0, 0, 1, 1), axes_class=Canvas)
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    return fig, ax
