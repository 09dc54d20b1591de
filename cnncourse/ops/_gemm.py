"""The three sums behind `conv`, each as matrix products (GEMM, "general matrix multiply").

A convolution ties three arrays together: image x, weights w and response y. Given two of them, a sum over
the kernel's windows yields the third (or its gradient), and there are no other sums in the forward and
backward passes of `conv2d` and `conv_transpose2d`:

=====================  ======================================  =======================================
function               computes                                is
=====================  ======================================  =======================================
`correlate`            y[o] = Σ w[o, c, u, v] · x[c, tap u v]  forward; transposed: gradient of input
`spread`               x[c, tap u v] += Σ w[o, c, u, v] · y[o] gradient of input; transposed: forward
`correlate_responses`  w[o, c, u, v] = Σ y[o] · x[c, tap u v]  gradient of weight in both
=====================  ======================================  =======================================

Each picks the cheapest way that gives the result: no copy at all for 1×1 kernels, Winograd's method for
3×3 kernels of many channels (``_winograd.py``), columns otherwise (``_im2col.py``), shared by the rows of a
kernel. Where a product is small, as in depthwise convolution, the copies decide, and `run_columns` copies
fastest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnncourse.ops import _im2col, _winograd
from cnncourse.ops._geometry import Geometry

BLOCK = 1 << 19  # numbers in the columns of one block: 2 MiB of float32
ROWS_BLOCK = 5 << 18  # the same where kernel rows share columns, their products included
LITTLE = 1 << 12  # numbers for which memory is never too short
WIDE = 512  # columns that a matrix product should have to run at full speed
SMALL = 512  # weights of one kernel up to which columns of whole runs pay, useless ones included
SHORT = 64  # columns of an image below which products of all channels should join several images


def correlate(batch: np.ndarray, weight: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Slide the weights over each image. Returns an ndarray of shape (N, O, oh, ow).

    Besides the result it needs at most twice the memory of input and output together.
    """
    positions = geometry.output[0] * geometry.output[1]
    if geometry.kernel == (1, 1) and geometry.pads == ((0, 0), (0, 0)) and 4 * positions >= WIDE:
        return _correlate_pointwise(batch, weight, geometry)
    spare = max(LITTLE, 2 * (batch.size + len(batch) * len(weight) * positions))
    tiles = _winograd.block_size(weight, spare) if _winograd.applies(weight, geometry) else 0
    if tiles:
        with np.errstate(invalid="ignore", over="ignore"):
            output = _winograd.correlate(batch, weight, geometry, tiles)
        if _is_finite(output):
            return output
        # An infinity or NaN in the input has spread over its whole tile: do it again without tiles.
    if _runs_pay(weight.shape, geometry, spare):
        return _correlate_runs(batch, weight, geometry, min(BLOCK, spare))
    if 2 * weight.size > spare:
        return _correlate_kernel_rows(batch, weight, geometry, spare // 2)
    return _correlate_rows(batch, weight, geometry, spare - weight.size)


def spread(responses: np.ndarray, weight: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Add every response, times the weights, to the window it came from. Returns (N, C, H, W)."""
    flipped = _flipped(geometry)
    if flipped is not None and _is_finite(weight):  # NaN times the zeros of the frame would be NaN
        turned = _turned(weight, geometry.groups)
        if _sliding_pays(turned, flipped, geometry.stride):
            return correlate(_set_apart(responses, geometry.stride), turned, flipped)
    groups, (oh, ow) = geometry.groups, geometry.output
    channels = groups * weight.shape[1]
    kh, kw = geometry.kernel
    matrix = weight.reshape(groups, len(weight) // groups, -1, kh * kw)  # (G, O/G, C/G, taps)
    matrix = matrix.transpose(0, 3, 2, 1).reshape(groups, -1, len(weight) // groups)  # (G, taps·C/G, O/G)
    image = np.empty((len(responses), channels, *geometry.size), responses.dtype)
    for images, _ in _im2col.blocks(len(responses), 1, oh * ow * channels * kh * kw, BLOCK):
        block = responses[images]
        n = len(block)
        block = block.reshape(n, groups, -1, oh * ow)
        columns = np.matmul(matrix, block)  # (n, G, taps·C/G, oh·ow)
        columns = columns.reshape(n, groups, kh, kw, -1, oh, ow).transpose(2, 3, 0, 1, 4, 5, 6)
        image[images] = _im2col.add_back(columns.reshape(kh, kw, n, channels, oh, ow), geometry)
    return image


def correlate_responses(
    batch: np.ndarray, responses: np.ndarray, shape: tuple[int, ...], geometry: Geometry
) -> np.ndarray:
    """Multiply every response with the window it belongs to and add up. Returns weights of ``shape``."""
    if _winograd.applies(np.empty(shape, batch.dtype), geometry):
        return _winograd.correlate_responses(batch, responses, geometry)
    if _runs_pay(shape, geometry, BLOCK):
        with np.errstate(invalid="ignore"):
            total = _correlate_responses_runs(batch, responses, shape, geometry)
        if _is_finite(total):
            return total
        # An infinity or NaN may have met a window that runs over the edge: do it again without those.
    return _correlate_responses_rows(batch, responses, shape, geometry)


def _is_finite(output: np.ndarray) -> bool:
    """Whether no number is infinite or NaN: both would show in the largest or the smallest one."""
    return output.size == 0 or bool(np.isfinite(output.max()) and np.isfinite(output.min()))


def _correlate_pointwise(batch: np.ndarray, weight: np.ndarray, geometry: Geometry) -> np.ndarray:
    """1×1 weights: the image is its own matrix of columns, nothing is copied at stride 1."""
    (sh, sw), (oh, ow), groups = geometry.stride, geometry.output, geometry.groups
    pixels = batch[:, :, : (oh - 1) * sh + 1 : sh, : (ow - 1) * sw + 1 : sw]
    pixels = pixels.reshape(len(batch), groups, -1, oh * ow)
    output = np.matmul(weight.reshape(groups, len(weight) // groups, -1), pixels)
    return output.reshape(len(batch), len(weight), oh, ow)


def _correlate_rows(batch: np.ndarray, weight: np.ndarray, geometry: Geometry, spare: int) -> np.ndarray:
    """The plain way: copy each image row once for all kernel rows (`row_columns`), add up their products."""
    output = np.empty((len(batch), len(weight), *geometry.output), batch.dtype)
    kernels = weight.reshape(geometry.groups, -1, *weight.shape[1:])
    kernels = np.ascontiguousarray(kernels.transpose(0, 1, 3, 4, 2))  # (G, O/G, kh, kw, C/G)
    for images, rows in _row_blocks(batch, weight.shape, geometry, spare):
        output[images, :, rows] = _correlate_block(batch[images], rows, kernels, geometry)
    return output


def _correlate_block(batch: np.ndarray, rows: slice, kernels: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Return some output rows of some images, (N, O, rows, ow)."""
    total = None
    for kernel, part in _im2col.shared_rows(_im2col.row_columns(batch, rows, geometry), geometry):
        matrix = kernels[:, :, kernel].reshape(*kernels.shape[:2], -1)  # (G, O/G, rows·kw·C/G)
        product = np.matmul(matrix, part)  # (G, O/G, rows·N·ow)
        total = product if total is None else np.add(total, product, out=total)
    return total.reshape(-1, rows.stop - rows.start, len(batch), geometry.output[1]).transpose(2, 0, 1, 3)


def _correlate_kernel_rows(
    batch: np.ndarray, weight: np.ndarray, geometry: Geometry, spare: int
) -> np.ndarray:
    """Little memory: one kernel row at a time, as a convolution of its own."""
    (top, bottom), across = geometry.pads
    total = np.zeros((len(batch), len(weight), *geometry.output), batch.dtype)
    for u in range(geometry.kernel[0]):
        shift = u * geometry.dilation[0]
        row = replace(geometry, kernel=(1, geometry.kernel[1]), pads=((top - shift, bottom), across))
        total += _correlate_rows(batch, weight[:, :, u : u + 1], row, spare)
    return total


def _correlate_responses_rows(
    batch: np.ndarray, responses: np.ndarray, shape: tuple[int, ...], geometry: Geometry
) -> np.ndarray:
    """The plain way for the weights' gradient: the same columns, and a product for each part of them."""
    kernels, channels, kh, kw = shape
    spare = 2 * (batch.size + responses.size)
    total = np.zeros((geometry.groups, kernels // geometry.groups, kh, kw, channels), batch.dtype)
    for images, rows in _row_blocks(batch, shape, geometry, spare):
        columns = _im2col.row_columns(batch[images], rows, geometry)
        block = responses[images, :, rows].transpose(1, 2, 0, 3).reshape(*total.shape[:2], -1)
        for kernel, part in _im2col.shared_rows(columns, geometry):
            product = np.matmul(block, part.swapaxes(1, 2))  # (G, O/G, rows·kw·C/G)
            total[:, :, kernel] += product.reshape(*total.shape[:2], -1, kw, channels)
    return total.transpose(0, 1, 4, 2, 3).reshape(shape)


def _row_blocks(
    batch: np.ndarray, shape: tuple[int, ...], geometry: Geometry, spare: int
) -> Iterator[tuple[slice, slice]]:
    """Return blocks whose columns, and products with weights of this shape, fit into ``spare`` numbers."""
    (kh, kw), stride, (oh, ow) = geometry.kernel, geometry.stride[0], geometry.output
    size = (batch.shape[1] * min(stride, kh) * kw + 2 * shape[0]) * ow  # of one output row
    together, reach = -(-WIDE // (oh * ow)), _im2col.row_reach(geometry)
    budget = ROWS_BLOCK if together == 1 else max(ROWS_BLOCK, together * (oh + reach) * size)
    return _im2col.blocks(len(batch), oh, size, min(budget, spare), together, reach)


def _correlate_runs(batch: np.ndarray, weight: np.ndarray, geometry: Geometry, budget: int) -> np.ndarray:
    """Small products: copy whole runs (`run_columns`), and throw away what windows over the edge yield."""
    groups, (oh, ow) = geometry.groups, geometry.output
    output = np.empty((len(batch), len(weight), oh, ow), batch.dtype)
    matrix = weight.reshape(groups, len(weight) // groups, -1)  # (G, O/G, C/G·taps)
    for images, block in _im2col.blocks(len(batch), groups, _run_size(weight.shape, geometry), budget):
        products = np.matmul(matrix[block], _run_columns(batch, images, block, geometry))
        products = products.reshape(len(products), -1, oh, products.shape[-1] // oh)
        output[images, _channels(block, len(weight), groups)] = products[..., :ow]
    return output


def _correlate_responses_runs(
    batch: np.ndarray, responses: np.ndarray, shape: tuple[int, ...], geometry: Geometry
) -> np.ndarray:
    """Small products: copy whole runs, and let the windows over the edge meet responses of zero."""
    groups, (oh, ow) = geometry.groups, geometry.output
    total = np.zeros((groups, shape[0] // groups, int(np.prod(shape[1:]))), batch.dtype)
    for images, block in _im2col.blocks(len(batch), groups, _run_size(shape, geometry), BLOCK):
        columns = _run_columns(batch, images, block, geometry)
        part = responses[images, _channels(block, shape[0], groups)]
        padded = np.zeros((*part.shape[:3], columns.shape[-1] // oh), batch.dtype)
        padded[..., :ow] = part
        padded = padded.reshape(*columns.shape[:2], total.shape[1], -1)  # (n, G, O/G, oh·width)
        total[block] += np.matmul(padded, columns.swapaxes(2, 3)).sum(axis=0, dtype=batch.dtype)
    return total.reshape(shape)


def _runs_pay(shape: tuple[int, ...], geometry: Geometry, spare: int) -> bool:
    """Whether an image, and the products with weights of this shape, are small enough for `run_columns`."""
    long = geometry.groups > 1 or _im2col.run_length(geometry) >= SHORT
    small = int(np.prod(shape[1:])) <= SMALL and _run_size(shape, geometry) <= min(BLOCK, spare)
    return geometry.stride == (1, 1) and long and small


def _run_size(shape: tuple[int, ...], geometry: Geometry) -> int:
    """Return how many numbers one group of one image needs: padded pixels, columns and products."""
    kernels, channels, kh, kw = shape
    length = _im2col.run_length(geometry)
    rows = geometry.output[0] + (kh - 1) * geometry.dilation[0] + 1
    pixels = channels * rows * length // geometry.output[0]
    return pixels + (channels * kh * kw + kernels // geometry.groups) * length


def _run_columns(batch: np.ndarray, images: slice, block: slice, geometry: Geometry) -> np.ndarray:
    """Return the columns of some groups of some images, (n, G, C/G·taps, oh·width)."""
    part = batch[images, _channels(block, batch.shape[1], geometry.groups)]
    columns = _im2col.run_columns(part, geometry)
    return columns.reshape(len(part), block.stop - block.start, -1, columns.shape[-1])


def _channels(block: slice, channels: int, groups: int) -> slice:
    """Return the channels of a block of groups."""
    each = channels // groups
    return slice(block.start * each, block.stop * each)


def _flipped(geometry: Geometry) -> Geometry | None:
    """Return the geometry of the convolution that undoes the sliding, None where there is none worth it.

    A pixel gets something from all windows that contain it. With stride 1 these lie around it like a
    window turned by 180°, so adding back is a convolution with the turned kernel, padded by span - 1 -
    padding. With stride 2 as well, once zeros stand between the responses.
    """
    if max(geometry.stride) > 2:
        return None
    apart = tuple((o - 1) * s + 1 for o, s in zip(geometry.output, geometry.stride))
    spans = [d * (k - 1) for d, k in zip(geometry.dilation, geometry.kernel)]
    before = [span - frame[0] for span, frame in zip(spans, geometry.pads)]
    after = [n + s - o - b for n, s, o, b in zip(geometry.size, spans, apart, before)]
    pads = tuple(zip(before, after))
    if min(min(pair) for pair in pads) < 0:
        return None
    return replace(geometry, size=apart, stride=(1, 1), output=geometry.size, pads=pads)


def _turned(weight: np.ndarray, groups: int) -> np.ndarray:
    """Return the kernels turned by 180°, input and output channels of each group exchanged."""
    turned = weight.reshape(groups, -1, *weight.shape[1:])[..., ::-1, ::-1].swapaxes(1, 2)
    return np.ascontiguousarray(turned).reshape(-1, len(weight) // groups, *weight.shape[2:])


def _set_apart(responses: np.ndarray, stride: tuple[int, int]) -> np.ndarray:
    """Return the responses with stride - 1 zeros between them."""
    if stride == (1, 1):
        return responses
    size = [(n - 1) * s + 1 for n, s in zip(responses.shape[2:], stride)]
    apart = np.zeros((*responses.shape[:2], *size), responses.dtype)
    apart[:, :, :: stride[0], :: stride[1]] = responses
    return apart


def _sliding_pays(turned: np.ndarray, flipped: Geometry, stride: tuple[int, int]) -> bool:
    """Whether sliding turned kernels over the responses is faster than adding back.

    Sliding copies windows of the responses, adding back writes windows of the image: fewer channels are
    less to move. Small kernels of many channels have ways that copy nothing or multiply less, and whole
    runs are copied several times as fast as windows are added. Zeros between the responses mean four times
    the products, which depthwise convolution alone can afford.
    """
    kernels, channels = turned.shape[:2]
    if stride != (1, 1) and channels > 1:
        return False
    runs = _runs_pay(turned.shape, flipped, BLOCK)
    if flipped.groups > 1:
        return runs
    tiled = flipped.kernel == (1, 1) or _winograd.applies(turned, flipped)
    return tiled or channels <= (8 if runs else 1) * kernels
