r"""Winograd's 3×3 convolution: four outputs for 16 multiplications instead of 36.

Take one row of an image. Two neighbouring outputs of a kernel (g0, g1, g2) on four pixels (d0, d1, d2,
d3) are

    y0 = d0 g0 + d1 g1 + d2 g2        y1 = d1 g0 + d2 g1 + d3 g2

six products. Four are enough:

    m0 = (d0 - d2) g0                       y0 = m0 + m1 + m2
    m1 = (d1 + d2) (g0 + g1 + g2) / 2       y1 = m1 - m2 - m3
    m2 = (d2 - d1) (g0 - g1 + g2) / 2
    m3 = (d1 - d3) g2

In matrices: :math:`y = A^T [(G g) \odot (B^T d)]`. Applied to rows and to columns it makes a 2×2 patch of
outputs from a 4×4 tile of pixels with 16 products instead of 36, F(2×2, 3×3). Summed over channels, each
of the 16 products is a matrix product; they are 2.25 times smaller than that of im2col. The price are the
sums before and after, which is why it pays for many channels only. Rounding errors are about twice those
of the direct sum; the next larger form, F(4×4, 3×3), would multiply less but round 25 times worse.

On a flattened tile, "rows, then columns" is the Kronecker product of the matrix with itself: 16×16 for
``B``.

References
----------
Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016.
Winograd, "Arithmetic complexity of computations", 1980.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnncourse.ops import _im2col
from cnncourse.ops._geometry import Geometry

G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
B_T = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
A_T = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])

MIN_CHANNELS = 48  # with fewer, the sums before and after cost more than the products saved
TILES = 256  # 4×4 tiles in a block: enough for full speed of the products, few enough for the cache


def applies(weight: np.ndarray, geometry: Geometry) -> bool:
    """Whether this convolution has the form Winograd's method is for, and enough channels to gain by it."""
    if weight.dtype.char not in "fd" or geometry.groups > 1 or min(weight.shape[:2]) < MIN_CHANNELS:
        return False
    return geometry.kernel == (3, 3) and geometry.stride == geometry.dilation == (1, 1)


def block_size(weight: np.ndarray, spare: int) -> int:
    """Return how many tiles fit into ``spare`` numbers of memory at once; 0 if too few to be worth it.

    `correlate` keeps the transformed kernels and, for each tile, its pixels (with those around it) and their
    transform, or the products and the output patches in their place.
    """
    out_channels, channels = weight.shape[:2]
    each = max(38 * channels, 16 * channels + 20 * out_channels)
    tiles = (spare - 16 * weight.size // 9) // each
    return min(TILES, tiles) if tiles >= TILES // 4 else 0


def correlate(batch: np.ndarray, weight: np.ndarray, geometry: Geometry, block: int) -> np.ndarray:
    """Slide 3×3 weights over each image, ``block`` tiles at a time. Returns (N, O, oh, ow)."""
    out_channels, channels = weight.shape[:2]
    output = np.empty((len(batch), out_channels, *geometry.output), batch.dtype)
    kernels = _twice(G, weight.dtype) @ weight.reshape(-1, 9).T  # (16, O·C)
    kernels = kernels.reshape(16, out_channels, channels)
    for images, rows, tiles in _tiles(batch, geometry, block):
        products = np.matmul(kernels, tiles)  # (16, O, tiles)
        del tiles  # so that the next block can have its memory
        patches = _twice(A_T, batch.dtype) @ products.reshape(16, -1)  # (4, O·tiles)
        _write_patches(patches, output[images, :, rows])
        del products, patches
    return output


def correlate_responses(batch: np.ndarray, responses: np.ndarray, geometry: Geometry) -> np.ndarray:
    r"""Return the gradient of 3×3 weights, (O, C, 3, 3): the same sums with kernels and outputs exchanged.

    From :math:`y = A^T [(G g) \odot (B^T d)]` follows :math:`dg = G^T [(A\, dy) \odot (B^T d)]`, summed
    over tiles.
    """
    out_channels, channels = responses.shape[1], batch.shape[1]
    total = np.zeros((16, out_channels, channels), batch.dtype)
    for images, rows, tiles in _tiles(batch, geometry, TILES):
        patches = _read_patches(responses[images, :, rows])  # (4, O·tiles)
        spread = _twice(A_T, batch.dtype).T @ patches  # (16, O·tiles)
        total += np.matmul(spread.reshape(16, out_channels, -1), tiles.transpose(0, 2, 1))
    grad = _twice(G, batch.dtype).T @ total.reshape(16, -1)  # (9, O·C)
    return grad.T.reshape(out_channels, channels, 3, 3)


def _tiles(batch: np.ndarray, geometry: Geometry, block: int) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Yield transformed 4×4 tiles of a block, (16, C, tiles), and the images and output rows they are for."""
    down, across = (-(-n // 2) for n in geometry.output)
    grid = replace(geometry, kernel=(4, 4), stride=(2, 2), output=(down, across), pads=_even_pads(geometry))
    for images, rows in _im2col.blocks(len(batch), down, across, block):
        output_rows = slice(2 * rows.start, min(2 * rows.stop, geometry.output[0]))
        yield images, output_rows, _transform(batch[images], rows, grid)


def _transform(batch: np.ndarray, rows: slice, grid: Geometry) -> np.ndarray:
    """Gather the tiles of some rows of the grid and transform them. Returns (16, C, tiles)."""
    n, channels = batch.shape[:2]
    pixels = np.empty((4, 4, channels, n, rows.stop - rows.start, grid.output[1]), batch.dtype)
    _im2col.gather(batch, rows.start, grid, out=pixels.swapaxes(2, 3))
    tiles = _twice(B_T, batch.dtype) @ pixels.reshape(16, -1)
    return tiles.reshape(16, channels, -1)


def _even_pads(geometry: Geometry) -> tuple[tuple[int, int], tuple[int, int]]:
    """Widen the frame at the bottom and right so that an odd output ends with a full tile."""
    (top, bottom), (left, right) = geometry.pads
    return (top, bottom + geometry.output[0] % 2), (left, right + geometry.output[1] % 2)


def _write_patches(patches: np.ndarray, output: np.ndarray) -> None:
    """Write 2×2 patches (4, O·N·down·across) to ``output`` (N, O, rows, columns), cropping at odd edges."""
    n, out_channels, height, width = output.shape
    down, across = -(-height // 2), -(-width // 2)
    patches = patches.reshape(2, 2, out_channels, n, down, across).swapaxes(2, 3)
    for a in range(2):
        for b in range(2):
            target = output[:, :, a::2, b::2]
            target[...] = patches[a, b, :, :, : target.shape[2], : target.shape[3]]


def _read_patches(responses: np.ndarray) -> np.ndarray:
    """Return (N, O, rows, columns) as 2×2 patches (4, O·N·down·across), zero beyond an odd edge."""
    n, out_channels, height, width = responses.shape
    down, across = -(-height // 2), -(-width // 2)
    patches = np.zeros((2, 2, out_channels, n, down, across), responses.dtype)
    for a in range(2):
        for b in range(2):
            source = responses[:, :, a::2, b::2].swapaxes(0, 1)
            patches[a, b, :, :, : source.shape[2], : source.shape[3]] = source
    return patches.reshape(4, -1)


def _twice(matrix: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return the matrix that transforms rows and columns of a flattened square at once."""
    return np.kron(matrix, matrix).astype(dtype)
