"""Explorer of channels: a colour photograph, a kernel for each colour, and the sum of their answers."""

from __future__ import annotations

import numpy as np

from cnncourse.course.explorers import explorer
from cnncourse.course.kernels import KERNELS
from cnncourse.course.photo import colour_photo
from cnncourse.course.pixels import draw_levels, show_grey
from cnncourse.ops import conv2d
from cnncourse.plots import style
from cnncourse.plots.cells import draw_cells, fitting_fontsize, number_text, shade

COLOURS = ("red", "green", "blue")
_NOTHING, _SAME = np.zeros((3, 3)), KERNELS["identity"]
_EDGE = KERNELS["Sobel x"]
FILTERS = {
    "red only": np.stack([_SAME, _NOTHING, _NOTHING]),
    "red minus green": np.stack([_SAME, -_SAME, _NOTHING]),
    "blue minus red": np.stack([-_SAME, _NOTHING, _SAME]),
    "edges of every colour": np.stack([_EDGE, _EDGE, _EDGE]),
    "edges from green to red": np.stack([_EDGE, -_EDGE, _NOTHING]),
}


def channel_responses(filter, photo="flower"):
    """Return what each kernel of a filter makes of its colour, no padding."""
    if filter not in FILTERS:
        raise ValueError(f"filter: got {filter!r}, but the filters are {', '.join(FILTERS)}. Choose one.")
    # Three groups: each kernel sees one colour, and nothing is summed yet.
    return conv2d(colour_photo(photo)[None], FILTERS[filter][:, None], groups=3)[0]


def _alt(filter, photo="flower"):
    responses = channel_responses(filter, photo)
    total = responses.sum(axis=0)
    row, column = (int(i) for i in np.unravel_index(np.abs(total).argmax(), total.shape))
    terms = " + ".join(
        f"({number_text(value)})" if value < 0 else number_text(value) for value in responses[:, row, column]
    )
    return (
        f"A photograph of a {photo} split into red, green and blue. The filter '{filter}' has a 3 × 3 kernel "
        f"for each colour; the three answers are summed into one map with values from "
        f"{number_text(total.min())} to {number_text(total.max())}. Its strongest answer, at row {row}, "
        f"column {column}, is {terms} = {number_text(total[row, column])}."
    )


@explorer(
    "Three channels, three kernels, one sum", _alt, start={"filter": "red minus green"}, filter=list(FILTERS)
)
def channel_sum(filter, photo="flower"):
    """Draw a photograph, its channels, the kernel of each, the three answers and their sum."""
    image, responses = colour_photo(photo), channel_responses(filter, photo)
    total = responses.sum(axis=0)
    limit = max(float(np.quantile(np.abs(np.stack([*responses, total])), 0.99)), 1e-9)
    fig, ax = style.canvas(480, 404)
    lefts = [8 + 119 * i for i in range(4)]
    for x, title in zip(lefts, ("photo", *COLOURS)):
        ax.text(x, 16, title.capitalize(), fontsize=11.5, fontweight="bold", va="center")
    # Steps of twelve levels are fine enough for the eye at this size, and pack well.
    draw_levels(ax, np.rint(image.transpose(1, 2, 0) / 12) * 12 / 255, None, (0, 1), lefts[0], 30, 2)
    label = "The filter:\na kernel for\neach colour"
    ax.text(lefts[0], 190, label, fontsize=11, va="center", linespacing=1.4)
    kernels = FILTERS[filter]
    for i, x in enumerate(lefts[1:]):
        show_grey(ax, image[i], x, 30, 2)
        fills = shade(kernels[i], "signed", np.abs(kernels).max())
        draw_cells(ax, kernels[i], x=x + 14, y=152, size=26, fills=fills,
                   fontsize=fitting_fontsize(kernels[i], 26, 11.5))  # fmt: skip
    for x, sign, map_ in zip(lefts, ("=", "+", "+", ""), (total, *responses)):
        levels = np.rint(np.clip(map_ / limit, -1, 1) * 12) / 12
        draw_levels(ax, levels, style.DIVERGING, (-1, 1), x, 262, 2)
        ax.text(x + 113.5, 316, sign, fontsize=12, fontweight="bold", ha="center", va="center")
    for x, title in zip(lefts, ("the sum", "from red", "from green", "from blue")):
        ax.text(x, 248, title.capitalize(), fontsize=11.5, fontweight="bold", va="center")
    reach = f"{number_text(total.min())} to {number_text(total.max())}"
    key = f"White is 0, red above, blue below. The sum: {reach}."
    ax.text(8, 388, key, fontsize=11, va="center", color=style.MUTED)
    return fig
