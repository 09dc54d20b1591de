"""Windows as columns ("im2col") and back ("col2im"): the copies that make a convolution a matrix product.

An array of columns holds each pixel up to kh·kw times. Three things keep that cheap: only a block of the
batch is in this form at a time, small enough for the processor's cache; where the kernel's rows overlap,
`row_columns` stores their columns once and lets overlapping views share them; and where the images are
small, `run_columns` copies all their rows in one go.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnncourse.ops._geometry import Geometry


def blocks(
    images: int, rows: int, row_size: int, budget: int, together: int = 1
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
    image_step = _even_step(images, max(1, min(together, fitting), fitting // rows))
    row_step = _even_step(rows, max(1, min(rows, fitting // image_step)))
    for i in range(0, images, image_step):
        for r in range(0, rows, row_step):
            yield slice(i, min(i + image_step, images)), slice(r, min(r + row_step, rows))


def _even_step(total: int, limit: int) -> int:
    """Return the step that cuts ``total`` into as few parts as ``limit`` allows, all nearly equal."""
    parts = -(-total // limit)
    return -(-total // parts) if total else 1


def padded_rows(batch: np.ndarray, first: int, count: int, geometry: Geometry) -> np.ndarray:
    """Return ``count`` rows of the batch with its frame of zeros, from row ``first`` of that frame on.

    Rows and columns beyond the frame are zero, too. Returns a view where nothing needs to be added.
    """
    (top, _), (left, right) = geometry.pads
    height, width = geometry.size
    start, stop = max(0, first - top), min(height, first + count - top)
    if left == right == 0 and stop - start == count:
        return batch[:, :, start:stop]
    slab = np.zeros((*batch.shape[:2], count, left + width + right), batch.dtype)
    if start < stop:
        offset = start + top - first
        slab[:, :, offset : offset + stop - start, left : left + width] = batch[:, :, start:stop]
    return slab


def gather(batch: np.ndarray, rows: slice, geometry: Geometry, out: np.ndarray) -> None:
    """Copy the windows of some output rows into columns (im2col).

    Parameters
    ----------
    batch : ndarray of shape (N, C, H, W)
    rows : slice
        Which output rows.
    out : ndarray of shape (kh, kw, N, C, rows, ow)
        Where to; any strides, so that the caller chooses the layout of the columns.
    """
    (kh, kw), (sh, sw), (dh, dw) = geometry.kernel, geometry.stride, geometry.dilation
    count, ow = rows.stop - rows.start, geometry.output[1]
    slab = padded_rows(batch, rows.start * sh, (count - 1) * sh + (kh - 1) * dh + 1, geometry)
    for u in range(kh):
        for v in range(kw):
            tap_rows = slice(u * dh, u * dh + (count - 1) * sh + 1, sh)
            out[u, v] = slab[:, :, tap_rows, v * dw : v * dw + (ow - 1) * sw + 1 : sw]


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
    """Return the columns of each output row as views that share the image rows they have in common.

    The window of output row r begins at image row r·stride; the next begins a stride further down and
    repeats the rest. Store each image row once, with its kw horizontal shifts, channels and images:

        shifted[row, v, c, n, j] = padded[n, c, row, j·stride + v]

    Then the kh image rows of a window lie one after the other in memory, and are, without a copy, a
    matrix of kh·kw·C rows. Each pixel is copied kw times instead of kh·kw times. (Needs vertical dilation
    1.)

    Returns
    -------
    ndarray of shape (rows, kh * kw * C, N * ow)
        A read-only view; its matrices overlap in memory.
    """
    (kh, kw), (sh, sw), dw, ow = geometry.kernel, geometry.stride, geometry.dilation[1], geometry.output[1]
    n, channels = batch.shape[:2]
    count = rows.stop - rows.start
    image_rows = (count - 1) * sh + kh
    slab = padded_rows(batch, rows.start * sh, image_rows, geometry).transpose(
        2, 1, 0, 3
    )  # (row, C, N, column)
    shifted = np.empty((image_rows, kw, channels, n, ow), batch.dtype)
    for v in range(kw):
        shifted[:, v] = slab[..., v * dw : v * dw + (ow - 1) * sw + 1 : sw]
    shape = (count, kh * kw * channels, n * ow)
    strides = (sh * shifted.strides[0], n * ow * shifted.itemsize, shifted.itemsize)
    return as_strided(shifted, shape, strides, writeable=False)


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
    # One row more than the windows need, for those that go on in the next.
    slab = padded_rows(batch, 0, geometry.output[0] + (kh - 1) * dh + 1, geometry)
    image, channel, row, pixel = slab.strides
    shape = (*batch.shape[:2], kh, kw, run_length(geometry))
    runs = as_strided(slab, shape, (image, channel, dh * row, dw * pixel, pixel), writeable=False)
    return runs.reshape(*batch.shape[:2], kh * kw, -1)
