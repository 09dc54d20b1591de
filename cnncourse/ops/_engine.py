"""The engine behind `conv`: three sums, a plan for each, and one loop over blocks that carries it out.

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

All are matrix products with the windows of a block as columns. `way` says how these come about:

=========  =================================================  ===========================================
way        the columns                                        taken
=========  =================================================  ===========================================
pointwise  are the image itself                               1×1 kernels, no padding
winograd   are 4×4 tiles, with 2.25 times fewer products      3×3 kernels, stride 1, 128 channels or more
columns    are copies for all taps: one product               otherwise
taps       are the slab, not copied: one product for each     where memory is short
           tap of the kernel, added up
=========  =================================================  ===========================================

Worth in time (one core, AVX-512): pointwise up to 1.5 over columns, winograd up to 1.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnncourse.ops import _winograd, im2col, threads
from cnncourse.ops._geometry import Geometry
from cnncourse.ops._slab import CACHE, Block, Slab, Workspace, blocks, strands

LITTLE = 3 << 12  # numbers for which memory is never too short
LARGE = 64  # weights of a kernel for which zeros among the responses cost more than shorter copies
LONG = 128  # positions that an image should have to be multiplied on its own


def way(shape: tuple[int, ...], geometry: Geometry, dtype: np.dtype, spare: int) -> str:
    """Choose how to sum with weights of this shape, in at most ``spare`` numbers of memory."""
    (kh, kw), groups, positions = geometry.kernel, geometry.groups, geometry.output[0] * geometry.output[1]
    channels, kernels = shape[1], shape[0] // groups
    plain = geometry.stride == geometry.dilation == (1, 1)
    if (kh, kw) == (1, 1) and geometry.pads == ((0, 0), (0, 0)) and positions >= LONG:
        return "pointwise"
    if plain and _winograd.pays(shape, geometry, dtype, spare):
        return "winograd"
    row = geometry.output[1] + sum(geometry.pads[1])
    need = (kh * kw * channels + kernels) * row + channels * geometry.size[0] * geometry.size[1]
    return "columns" if groups * need <= spare else "taps"


def correlate(
    batch: np.ndarray, weight: np.ndarray, geometry: Geometry, bias: np.ndarray | None = None
) -> np.ndarray:
    """Slide the weights over each image. Returns an ndarray of shape (N, O, oh, ow).

    Besides the result each thread needs at most twice the memory of input and output together.
    """
    output = np.empty((len(batch), len(weight), *geometry.output), batch.dtype)
    spare = max(LITTLE, 2 * (batch.size + output.size))
    how = way(weight.shape, geometry, batch.dtype, spare)
    with threads.single_blas(), np.errstate(invalid="ignore", over="ignore"):  # in tiles and between rows
        if how == "pointwise":
            _correlate_pointwise(batch, weight, geometry, bias, output)
        elif how == "winograd":
            _winograd.correlate(batch, weight, geometry, bias, output)
            if not _is_finite(output):  # an infinity or NaN in the input has spread over its whole tile
                _correlate("columns", batch, weight, geometry, bias, output, spare)
        else:
            _correlate(how, batch, weight, geometry, bias, output, spare)
    return output


def _correlate_pointwise(
    batch: np.ndarray, weight: np.ndarray, geometry: Geometry, bias: np.ndarray | None, output: np.ndarray
) -> None:
    groups, (oh, ow), (sh, sw) = geometry.groups, geometry.output, geometry.stride
    matrix = weight.reshape(groups, len(weight) // groups, -1)  # (G, O/G, C/G)
    seen = batch[:, :, ::sh, ::sw][:, :, :oh, :ow]

    def work(todo: Iterator[Block]) -> None:
        for block in todo:
            n, _, g = block.shape
            pixels = block.of(seen, groups)[:, :, block.rows].reshape(n, g, matrix.shape[2], -1)
            out = block.of(output, groups).reshape(n, g, -1, oh * ow)
            out = out[..., block.rows.start * ow : block.rows.stop * ow]
            np.matmul(matrix[block.groups], pixels, out=out)
            if bias is not None:
                out += bias.reshape(groups, -1, 1)[block.groups]

    threads.share(work, blocks(len(batch), geometry, sum(matrix.shape[1:])))


def _correlate(
    how: str,
    batch: np.ndarray,
    weight: np.ndarray,
    geometry: Geometry,
    bias: np.ndarray | None,
    output: np.ndarray,
    spare: int,
) -> None:
    pieces = _pieces(how, geometry)
    copied = 0 if how == "taps" else len(weight) // geometry.groups

    def work(todo: Iterator[Block]) -> None:
        take = Workspace(batch.dtype)
        for block in todo:
            slab = Slab(geometry, block, kernels=copied)
            shape = (slab.runs, slab.groups, len(weight) // geometry.groups, slab.positions)
            total = None
            for piece, columns in zip(pieces, _columns(how, slab, slab.fill(batch, take), take)):
                product = take("total" if total is None else "product", *shape)
                kernels = _matrix(weight, piece, geometry.groups)  # a copy of one tap's, or a view
                np.matmul(kernels[block.groups], columns, out=product)
                total = product if total is None else np.add(total, product, out=total)
            found = slab.grid(total.reshape(slab.runs, -1, slab.positions))  # (n, O, rows, ow)
            target = block.of(output, geometry.groups)[:, :, block.rows]
            if bias is None:
                target[...] = found
            else:
                np.add(found, bias.reshape(geometry.groups, -1)[block.groups].reshape(-1, 1, 1), out=target)

    threads.share(work, _blocks(how, len(batch), weight.shape, geometry, min(CACHE, spare)))


def spread(
    responses: np.ndarray, weight: np.ndarray, geometry: Geometry, bias: np.ndarray | None = None
) -> np.ndarray:
    """Add every response, times the weights, to the window it came from. Returns (N, C, H, W)."""
    flipped = _flipped(geometry)
    with threads.single_blas(), np.errstate(invalid="ignore", over="ignore"):
        if flipped is not None and _sliding_pays(weight, flipped, responses):
            images = correlate(responses, _turned(weight, geometry.groups), flipped)
        else:
            images = _add_back(responses, weight, geometry)
        if not _is_finite(images):  # an infinity or NaN of the weights has met zeros around the responses
            images = _spread_plainly(responses, weight, geometry)
    if bias is not None:
        images += bias[:, None, None]
    return images


def _add_back(responses: np.ndarray, weight: np.ndarray, geometry: Geometry) -> np.ndarray:
    """Multiply, and add the run of each tap to the slab: `_correlate` in reverse, a row of taps at a time."""
    groups, channels, kw = geometry.groups, weight.shape[1], geometry.kernel[1]
    pieces = [(u, slice(None)) for u in range(geometry.kernel[0])]
    kernels = [_matrix(weight, piece, groups).swapaxes(1, 2) for piece in pieces]  # (G, C/G·kw, O/G)
    per_position = len(weight) // groups + channels * kw
    images = np.zeros((len(responses), channels * groups, *geometry.size), weight.dtype)

    def work(todo: Iterator[Block]) -> None:
        take = Workspace(responses.dtype)
        for block in todo:
            slab = Slab(geometry, block)
            pixels = slab.zeros(slab.groups * channels, take)
            runs = slab.spread_out(responses, take)  # (runs, G, O/G, positions)
            step = max(LONG, CACHE // per_position // slab.groups)
            for start in range(0, slab.positions, step):
                part = runs[..., start : start + step]
                shape = (slab.runs, slab.groups, channels, kw, part.shape[3])
                for u, kernel in enumerate(kernels):
                    product = take("product", *shape)
                    multiply = np.multiply if kernel.shape[2] == 1 else np.matmul  # the same, but quicker
                    multiply(kernel[block.groups], part, out=product.reshape(*shape[:2], -1, shape[4]))
                    for v in range(kw):
                        slab.run(pixels, u, v, shape[4], start)[...] += product[:, :, :, v]
            slab.empty_out(pixels, images)

    todo = blocks(len(responses), geometry, per_position)
    whole = [replace(block, rows=slice(0, geometry.output[0])) for block in todo if block.rows.start == 0]
    threads.share(work, whole)
    return images


def correlate_responses(
    batch: np.ndarray, responses: np.ndarray, shape: tuple[int, ...], geometry: Geometry
) -> np.ndarray:
    """Multiply every response with the window it belongs to and add up. Returns weights of ``shape``."""
    spare = max(CACHE, 2 * (batch.size + responses.size))
    how = way(shape, geometry, batch.dtype, spare)
    total = np.zeros(shape, batch.dtype)
    with threads.single_blas(), np.errstate(invalid="ignore", over="ignore"):
        if how == "winograd":
            _winograd.correlate_responses(batch, responses, geometry, total)
        else:
            _correlate_responses("columns" if how == "pointwise" else how, batch, responses, geometry, total)
        if not _is_finite(total):  # an infinity or NaN has met the zeros between the responses
            return _correlate_responses_plainly(batch, responses, shape, geometry)
    return total


def _correlate_responses(
    how: str, batch: np.ndarray, responses: np.ndarray, geometry: Geometry, total: np.ndarray
) -> None:
    groups = geometry.groups
    todo = strands(_blocks(how, len(batch), total.shape, geometry), batch.size + responses.size, total.size)
    pieces = _pieces(how, geometry)
    exact = how == "columns" and groups == 1 and total[0].size >= LARGE
    parts = [[np.zeros_like(_matrix(total, piece, groups)) for piece in pieces] for _ in todo]

    def work(some: Iterator[tuple[int, list[Block]]]) -> None:
        take = Workspace(batch.dtype)
        for strand, part in some:
            for block in part:
                slab = Slab(geometry, block, exact=exact)
                runs = slab.spread_out(responses, take)
                for i, columns in enumerate(_columns(how, slab, slab.fill(batch, take), take)):
                    product = take("product", *runs.shape[:3], columns.shape[2])
                    np.matmul(runs, columns.swapaxes(2, 3), out=product)
                    parts[strand][i][block.groups] += product.sum(axis=0) if slab.apart else product[0]

    threads.share(work, enumerate(todo))
    for part in parts:
        for piece, product in zip(pieces, part):
            total[(..., *piece)] += product.reshape(total[(..., *piece)].shape)


def _blocks(
    how: str, images: int, shape: tuple[int, ...], geometry: Geometry, budget: int = CACHE
) -> list[Block]:
    """Cut a batch into blocks whose columns and products fit into the cache."""
    taps = geometry.kernel[0] * geometry.kernel[1] if how == "columns" else 1
    return blocks(images, geometry, (taps + 1) * shape[1] + 2 * shape[0] // geometry.groups, budget)


def _pieces(how: str, geometry: Geometry) -> list[tuple]:
    """Return which taps of the kernel each product takes: all, or one after the other."""
    return [()] if how == "columns" else list(np.ndindex(geometry.kernel))


def _matrix(weight: np.ndarray, piece: tuple, groups: int) -> np.ndarray:
    """Return the weights of a piece as matrices (G, O/G, C/G·taps)."""
    part = weight[(..., *piece)]
    return np.ascontiguousarray(part.reshape(groups, len(weight) // groups, part[0].size))


def _columns(how: str, slab: Slab, pixels: np.ndarray, take: Workspace) -> Iterator[np.ndarray]:
    """Yield the columns of each piece of the kernel, (runs, G, C/G·taps, positions)."""
    if how == "columns":
        yield slab.gather(pixels, take)
    else:
        for u, v in np.ndindex(slab.geometry.kernel):
            yield slab.run(pixels, u, v, slab.positions)


def _is_finite(output: np.ndarray) -> bool:
    """Whether no number is infinite or NaN: both would show in the largest or the smallest one."""
    return output.size == 0 or bool(np.isfinite(output.max()) and np.isfinite(output.min()))


def _flipped(geometry: Geometry) -> Geometry | None:
    """Return the geometry of the convolution that undoes the sliding, None where there is none.

    A pixel gets something from all windows that contain it. With stride 1 these lie around it like a
    window turned by 180°, so adding back is a convolution with the turned kernel, padded by span - 1 -
    padding.
    """
    if geometry.stride != (1, 1):
        return None
    spans = [d * (k - 1) for d, k in zip(geometry.dilation, geometry.kernel)]
    before = [span - frame[0] for span, frame in zip(spans, geometry.pads)]
    after = [n + s - o - b for n, s, o, b in zip(geometry.size, spans, geometry.output, before)]
    pads = tuple(zip(before, after))
    if min(min(pair) for pair in pads) < 0:
        return None
    return replace(geometry, size=geometry.output, output=geometry.size, pads=pads)


def _turned(weight: np.ndarray, groups: int) -> np.ndarray:
    """Return the kernels turned by 180°, input and output channels of each group exchanged."""
    turned = weight.reshape(groups, -1, *weight.shape[1:])[..., ::-1, ::-1].swapaxes(1, 2)
    return np.ascontiguousarray(turned).reshape(-1, len(weight) // groups, *weight.shape[2:])


def _sliding_pays(weight: np.ndarray, flipped: Geometry, responses: np.ndarray) -> bool:
    """Whether sliding turned kernels over the responses is faster than adding back."""
    kernels, channels = flipped.groups * weight.shape[1], len(weight) // flipped.groups
    spare = 2 * responses.size + 2 * len(responses) * kernels * flipped.output[0] * flipped.output[1]
    how = way((kernels, channels, *flipped.kernel), flipped, weight.dtype, spare)
    return flipped.groups > 1 or how in ("pointwise", "winograd")


def _spread_plainly(responses: np.ndarray, weight: np.ndarray, geometry: Geometry) -> np.ndarray:
    """The same without zeros between the responses, image by image as in `im2col`."""
    groups, channels = geometry.groups, weight.shape[1] * geometry.groups
    matrix = weight.reshape(groups, len(weight) // groups, -1).swapaxes(1, 2)  # (G, C/G·taps, O/G)
    images = np.empty((len(responses), channels, *geometry.size), responses.dtype)
    for n, one in enumerate(responses):
        columns = matrix @ one.reshape(groups, len(weight) // groups, -1)
        columns = columns.reshape(1, channels, *geometry.kernel, *geometry.output)
        images[n] = im2col.add_back(columns, geometry)[0]
    return images


def _correlate_responses_plainly(
    batch: np.ndarray, responses: np.ndarray, shape: tuple[int, ...], geometry: Geometry
) -> np.ndarray:
    """The same without zeros between the responses, image by image as in `im2col`."""
    total = np.zeros((geometry.groups, shape[0] // geometry.groups, int(np.prod(shape[1:]))), batch.dtype)
    for image, one in zip(batch, responses):
        taps = im2col.windows(np.pad(image[None], ((0, 0), (0, 0), *geometry.pads)), geometry)
        columns = taps.reshape(geometry.groups, total.shape[2], -1)
        total += one.reshape(*total.shape[:2], -1) @ columns.swapaxes(1, 2)
    return total.reshape(shape)
