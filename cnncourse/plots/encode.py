"""Figures as picture bytes: lossless WebP for pages, PNG for live notebooks.

The same figure gives the same bytes each time: no date, no random identifier goes in.
"""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image, ImageChops

from cnncourse.plots.style import CSS_PIXELS_PER_INCH

# Two picture points for each CSS pixel: sharp on phones and on high-density screens.
DENSITY = 2


def render(figure):
    """Return the figure as an RGB picture at double density, and its size on the page.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to render. Its own resolution is left as it was.

    Returns
    -------
    picture : PIL.Image.Image
        RGB, ``DENSITY`` points for each CSS pixel.
    width, height : int
        Size on the page in CSS pixels.
    """
    own_canvas, own_dpi = figure.canvas, figure.dpi
    try:
        figure.set_dpi(DENSITY * CSS_PIXELS_PER_INCH)
        agg = FigureCanvasAgg(figure)
        agg.draw()
        size = agg.get_width_height()
        picture = Image.frombuffer("RGBA", size, agg.buffer_rgba(), "raw", "RGBA", 0, 1)
        paper = Image.new("RGB", size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
    finally:
        figure.set_dpi(own_dpi)
        figure.set_canvas(own_canvas)
    return paper, round(size[0] / DENSITY), round(size[1] / DENSITY)


def to_webp(figure):
    """Return ``(bytes, width, height)``: the figure as lossless WebP, and its CSS size in pixels."""
    picture, width, height = render(figure)
    stream = io.BytesIO()
    _fewer_colours(picture).save(stream, "WEBP", lossless=True, quality=100, method=4)
    return stream.getvalue(), width, height


def _fewer_colours(picture):
    # The soft edges of letters make a thousand colours of ten. A palette of 256 saves a quarter of the
    # bytes; it is taken only where no eye could tell.
    indexed = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    reduced = _with_exact_areas(picture, indexed).convert("RGB")
    difference = ImageChops.difference(picture, reduced)
    worst = max(high for _, high in difference.getextrema())
    return reduced if worst <= 16 else picture


def _with_exact_areas(picture, indexed, count=16):
    # Paper and other large areas keep their very colours; else they would flicker from frame to frame.
    commonest = sorted(picture.getcolors(picture.width * picture.height))[-count:]
    red, green, blue = np.asarray(picture, dtype=np.uint32).transpose(2, 0, 1)
    codes = (red << 16 | green << 8 | blue).ravel()
    palette, numbers = indexed.getpalette(), np.asarray(indexed).ravel()
    # From the rarer to the commoner: where two share an entry, the commoner has the last word.
    for _, colour in commonest:
        first = int(np.argmax(codes == (colour[0] << 16 | colour[1] << 8 | colour[2])))
        entry = int(numbers[first])
        palette[3 * entry : 3 * entry + 3] = colour
    indexed.putpalette(palette)
    return indexed


def to_png(figure):
    """Return ``(bytes, width, height)``: the figure as PNG, packed fast rather than small."""
    picture, width, height = render(figure)
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=1)
    return stream.getvalue(), width, height
