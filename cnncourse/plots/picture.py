"""A figure with its words: the form in which a drawing can be read aloud."""

import base64
import html
import sys

from cnncourse.plots import encode


class Picture:
    """A drawing as an HTML image with alternative text; let it be the last line of a cell.

    Parameters
    ----------
    drawing : matplotlib.axes.Axes or matplotlib.figure.Figure
        What was drawn, for example by `plot_history`.
    alt : str
        The same in words, for example from `describe_history`.

    Raises
    ------
    TypeError
        If ``drawing`` is neither axes nor figure.
    ValueError
        If ``alt`` is empty.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> Picture(Figure(), "An empty figure.")
    An empty figure.
    """

    def __init__(self, drawing, alt):
        figure = getattr(drawing, "figure", None)
        if figure is None:
            raise TypeError(
                f"drawing: got {type(drawing).__name__}, but a picture is made of matplotlib Axes or "
                "a Figure. "
                "Pass what a plot function returned."
            )
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(
                f"alt: got {alt!r}, but a picture needs its words. Use a describe function of "
                "cnncourse.plots."
            )
        self.alt = alt
        self.data, self.width, self.height = encode.to_webp(figure)
        # Else the notebook would show the figure a second time.
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(figure)

    def __repr__(self):
        return self.alt

    def _repr_html_(self):
        source = base64.b64encode(self.data).decode("ascii")
        return (
            f'<img class="cnx-picture" src="data:image/webp;base64,{source}" alt="{html.escape(self.alt)}" '
            f'width="{self.width}" height="{self.height}" style="max-width:100%;height:auto">'
        )
