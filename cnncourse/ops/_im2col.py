"""Windows as columns ("im2col") and back ("col2im"): the copies that make a convolution a matrix product.

An array of columns holds each pixel up to kh·kw times. Three things keep that cheap: only a block of the
batch is in this form at a time, small enough for the processor's cache; `row_columns` copies an image row
once for all kernel rows that meet it; and where the images are small, `run_columns` copies all their rows in
one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnncourse.ops._geometry import Geometry


def blocks(
    images: int, rows: int, row_size: int, budget: int, together: int = 1, reach: int = 0
) -> Iterator[tuple[slice, slice]]:
    """Cut a batch into blocks that need at most ``budget`` numbers: some images, and some rows of them.

    Parameters
    ----------
    images, rows : int
        Number of images, and of output rows in each.
    row_size : int
        Numbers needed to process one row of one image.
    budget : int
        Numbers that one block may need; it has one row of one image at least.
    together : int, default 1
        Images wanted in a block even if that cuts them into rows. Otherwise images stay whole if they can.
    reach : int, default 0
        Rows of each image that a block needs besides its own.

    Yields
    ------
    images, rows : slice
        The next block. All blocks have nearly the same size.

    Examples
    --------
    >>> [(i.stop - i.start, r.stop - r.start) for i, r in blocks(5, rows=10, row_size=1, budget=30)]
    [(3, 10), (2, 10)]
    >>> [(r.start, r.stop) for _, r in blocks(1, rows=10, row_size=1, budget=4)]
    [(0, 4), (4, 8), (8, 10)]
    """
    fitting = budget // row_size
    image_step = _even_step(images, max(1, min(together, fitting // (1 + reach)), fitting // (rows + reach)))
    row_step = _even_step(rows, max(1, min(rows, fitting // image_step - reach)))
    for i in range(0, images, image_step):
        for r in range(0, rows, row_step):
            yield slice(i, min(i + image_step, images)), slice(r, min(r + row_step, rows))


def _even_step(total: int, limit: int) -> int:
    """Return the step that cuts ``total`` into as few parts as ``limit`` allows, all nearly equal."""
    parts = -(-total // limit)
    return -(-total // parts) if total else 1


def copy_tap(batch: np.ndarray, first: tuple[int, int], stride: tuple[int, int], out: np.ndarray) -> None:
    """Copy the pixels that one tap of the kernel meets, and zeros where it is off the image.

    Parameters
    ----------
    batch : ndarray of shape (..., H, W)
    first : (int, int)
        Pixel (row, column) under the tap at the first output position; negative in the frame.
    stride : (int, int)
        From one output position to the next.
    out : ndarray of shape (..., oh, ow)
        Where to; any strides, so that the caller chooses the layout of the columns.
    """
    (down, rows), (across, columns) = map(_inside, first, stride, batch.shape[-2:], out.shape[-2:])
    out[..., down, across] = batch[..., rows, columns]
    if (down.stop - down.start, across.stop - across.start) != out.shape[-2:]:
        out[..., : down.start, :] = out[..., down.stop :, :] = 0
        out[..., : across.start] = out[..., across.stop :] = 0


def _inside(first: int, step: int, size: int, count: int) -> tuple[slice, slice]:
    """Return which of the positions first, first + step, … lie on an image, and the pixels there.

    Examples
    --------
    Of the pixels -1, 1, 3, 5 and 7, an image of 6 has the middle three.

    >>> _inside(-1, step=2, size=6, count=5)
    (slice(1, 4, None), slice(1, 6, 2))
    """
    start = min(count, max(0, -(first // step)))
    stop = max(start, min(count, (size - 1 - first) // step + 1))
    if start == stop:
        return slice(start, start), slice(0, 0, step)
    return slice(start, stop), slice(first + start * step, first + (stop - 1) * step + 1, step)


def gather(batch: np.ndarray, first: int, geometry: Geometry, out: np.ndarray) -> None:
    """Copy the windows of some output rows into columns (im2col).

    Parameters
    ----------
    batch : ndarray of shape (N, C, H, W)
    first : int
        The first output row.
    out : ndarray of shape (kh, kw, N, C, rows, ow)
        Where to; it says how many output rows. Any strides, so that the caller chooses the layout.
    """
    (kh, kw), (sh, _), (dh, dw) = geometry.kernel, geometry.stride, geometry.dilation
    (top, _), (left, _) = geometry.pads
    for u in range(kh):
        for v in range(kw):
            pixel = (first * sh + u * dh - top, v * dw - left)
            copy_tap(batch, pixel, geometry.stride, out[u, v])


def add_back(columns: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Add columns to the windows they stand for (col2im), the transpose of `gather`.

    Parameters
    ----------
    columns : ndarray of shape (kh, kw, N, C, oh, ow)

    Returns
    -------
    ndarray of shape (N, C, H, W)
        The images, without the frame of zeros.
    """
    (kh, kw), (sh, sw), (dh, dw), (oh, ow) = (
        geometry.kernel,
        geometry.stride,
        geometry.dilation,
        geometry.output,
    )
    (top, bottom), (left, right) = geometry.pads
    height, width = geometry.size
    padded = np.zeros((*columns.shape[2:4], top + height + bottom, left + width + right), columns.dtype)
    for u in range(kh):
        for v in range(kw):
            tap_rows = slice(u * dh, u * dh + (oh - 1) * sh + 1, sh)
            padded[:, :, tap_rows, v * dw : v * dw + (ow - 1) * sw + 1 : sw] += columns[u, v]
    return padded[:, :, top : top + height, left : left + width]


def row_columns(batch: np.ndarray, rows: slice, geometry: Geometry) -> np.ndarray:
    """Copy each image row once for all kernel rows that meet it: kw copies of a pixel instead of kh·kw.

    With stride s, kernel row s slides over the same image rows as kernel row 0, one output row later. So only
    the first s kernel rows are copied. For kernel row p + s, take the columns of kernel row p from the second
    output row on; for p + 2s, from the third. (With dilation d, d and 2d rows further down.) `shared_rows`
    returns these views.

    Parameters
    ----------
    batch : ndarray of shape (N, C, H, W)
    rows : slice
        Which output rows.

    Returns
    -------
    ndarray of shape (G, min(stride, kh) * kw * C/G, R, N * ow)
        R is the number of output rows, and of those that the last kernel row reaches beyond (`row_reach`).
    """
    kh, kw = geometry.kernel
    n, groups, copied = len(batch), geometry.groups, min(geometry.stride[0], kh)
    shape = (groups, copied, kw, batch.shape[1] // groups, rows.stop - rows.start + row_reach(geometry), n)
    columns = np.empty((*shape, geometry.output[1]), batch.dtype)
    some_rows = replace(geometry, kernel=(copied, kw))
    out = columns.transpose(1, 2, 5, 0, 3, 4, 6)  # (copied, kw, N, G, C/G, R, ow)
    gather(batch.reshape(n, groups, -1, *batch.shape[2:]), rows.start, some_rows, out)
    return columns.reshape(groups, -1, shape[4], n * geometry.output[1])


def row_reach(geometry: Geometry) -> int:
    """Return how many rows more than there are output rows `row_columns` holds."""
    return (geometry.kernel[0] - 1) // geometry.stride[0] * geometry.dilation[0]


def shared_rows(columns: np.ndarray, geometry: Geometry) -> Iterator[tuple[slice, np.ndarray]]:
    """Cut `row_columns` into the parts that belong to kernel rows 0 to s - 1, s to 2s - 1 and so on.

    Yields
    ------
    kernel : slice
        Some rows of the kernel.
    part : ndarray of shape (G, rows * kw * C/G, count * N * ow)
        Their columns for all ``count`` output rows: a view of ``columns``.
    """
    kh, stride, dilation = geometry.kernel[0], geometry.stride[0], geometry.dilation[0]
    taps = columns.shape[1] // min(stride, kh)  # of one kernel row
    count = columns.shape[2] - row_reach(geometry)
    for u in range(0, kh, stride):
        kernel, first = slice(u, min(u + stride, kh)), u // stride * dilation
        part = columns[:, : (kernel.stop - u) * taps, first : first + count]
        yield kernel, part.reshape(len(columns), part.shape[1], -1)


def run_length(geometry: Geometry) -> int:
    """Return the number of columns per image that `run_columns` makes: those of whole padded rows."""
    return geometry.output[0] * (geometry.size[1] + sum(geometry.pads[1]))


def run_columns(batch: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Return the columns of whole images, each row of them copied in one run. (Needs stride 1.)

    Let the padded rows of an image follow each other in memory. Then the pixels under one tap, for the
    output positions of all rows, are neighbours, too: a run that starts at pixel (u, v) · dilation. One long
    copy takes the place of a short one for each row. The price are the windows in between, those that
    begin near the end of a row and go on in the next: what they yield is to be thrown away.

    Parameters
    ----------
    batch : ndarray of shape (N, C, H, W)

    Returns
    -------
    ndarray of shape (N, C, kh * kw, oh * width)
        The padded width stands in for ow; in each row, the last width - ow columns mean nothing.
    """
    (kh, kw), (dh, dw) = geometry.kernel, geometry.dilation
    (top, _), (left, right) = geometry.pads
    # One row more than the windows need, for those that go on in the next.
    rows = geometry.output[0] + (kh - 1) * dh + 1
    slab = np.zeros((*batch.shape[:2], rows, left + geometry.size[1] + right), batch.dtype)
    pixels = batch[:, :, : rows - top]
    slab[:, :, top : top + pixels.shape[2], left : left + geometry.size[1]] = pixels
    image, channel, row, pixel = slab.strides
    shape = (*batch.shape[:2], kh, kw, run_length(geometry))
    runs = as_strided(slab, shape, (image, channel, dh * row, dw * pixel, pixel), writeable=False)
    return runs.reshape(*batch.shape[:2], kh * kw, -1)
