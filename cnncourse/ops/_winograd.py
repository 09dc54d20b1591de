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

On a flattened square, "rows, then columns" is the Kronecker product of the matrix with itself.

References
----------
Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016.
Winograd, "Arithmetic complexity of computations", 1980.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cnncourse.ops import _slab, threads
from cnncourse.ops._geometry import Geometry
from cnncourse.ops._slab import Slab, Workspace

G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
B_T = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
A_T = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])

MIN_CHANNELS = 128  # with fewer, the sums before and after cost more than the products saved
TILES = 256  # 4×4 tiles in a block: enough for full speed of the products, few enough for the cache


def pays(shape: tuple[int, ...], geometry: Geometry, dtype: np.dtype, spare: int) -> bool:
    """Whether a convolution without stride has Winograd's form, channels enough to gain by it, and memory."""
    if dtype.char not in "fd" or geometry.groups > 1 or geometry.kernel != (3, 3):
        return False
    enough = 16 * shape[0] * shape[1] + _each(shape) * TILES // 4 <= spare
    return enough and min(shape[:2]) >= MIN_CHANNELS


def correlate(
    batch: np.ndarray, weight: np.ndarray, geometry: Geometry, bias: np.ndarray | None, output: np.ndarray
) -> None:
    """Slide 3×3 weights over each image and write the responses to ``output``, (N, O, oh, ow)."""
    out_channels, channels = weight.shape[:2]
    kernels = _twice(G, weight.dtype) @ weight.reshape(-1, 9).T  # (16, O·C)
    kernels = kernels.reshape(16, out_channels, channels)
    grid, todo = _blocks(batch, weight.shape, geometry)

    def work(some: Iterator[_slab.Block]) -> None:
        take = Workspace(batch.dtype)
        for block in some:
            slab = Slab(grid, block, exact=True)
            tiles = _tiles(slab, batch, take)
            products = take("columns", 16, out_channels * slab.positions)  # the pixels are no longer needed
            np.matmul(kernels, tiles, out=products.reshape(16, out_channels, -1))
            patches = take("patches", 4, out_channels * slab.positions)
            np.matmul(_twice(A_T, batch.dtype), products, out=patches)
            for patch, target in zip(patches, _corners(output, block)):
                found = slab.grid(patch.reshape(1, out_channels, -1))
                found = found[..., : target.shape[2], : target.shape[3]]
                np.add(found, 0 if bias is None else bias[:, None, None], out=target)

    threads.share(work, todo)


def correlate_responses(
    batch: np.ndarray, responses: np.ndarray, geometry: Geometry, total: np.ndarray
) -> None:
    r"""Add the gradient of 3×3 weights to ``total``: the same sums with kernels and outputs exchanged.

    From :math:`y = A^T [(G g) \odot (B^T d)]` follows :math:`dg = G^T [(A\, dy) \odot (B^T d)]`, summed
    over tiles.
    """
    out_channels, channels = total.shape[:2]
    grid, todo = _blocks(batch, total.shape, geometry)
    todo = _slab.strands(todo, batch.size + responses.size, 16 * out_channels * channels)
    parts = [np.zeros((16, out_channels, channels), batch.dtype) for _ in todo]

    def work(some: Iterator[tuple[int, list[_slab.Block]]]) -> None:
        take = Workspace(batch.dtype)
        for strand, part in some:
            for block in part:
                slab = Slab(grid, block, exact=True)
                patches = take("patches", 4, out_channels * slab.positions)
                patches.fill(0)
                for patch, source in zip(patches, _corners(responses, block)):
                    place = slab.grid(patch.reshape(1, out_channels, -1))
                    place[..., : source.shape[2], : source.shape[3]] = source
                tiles = _tiles(slab, batch, take)
                spread = take("columns", 16, out_channels * slab.positions)
                np.matmul(_twice(A_T, batch.dtype).T, patches, out=spread)
                product = take("product", 16, out_channels, channels)
                np.matmul(spread.reshape(16, out_channels, -1), tiles.swapaxes(1, 2), out=product)
                parts[strand] += product

    threads.share(work, enumerate(todo))
    grad = sum(parts[1:], parts[0]).reshape(16, -1).T @ _twice(G, batch.dtype)  # (O·C, 9)
    total += grad.reshape(total.shape)


def _blocks(
    batch: np.ndarray, shape: tuple[int, ...], geometry: Geometry
) -> tuple[Geometry, list[_slab.Block]]:
    """Return the geometry of the tiles, 4×4 windows two pixels apart, and blocks of them."""
    grid = replace(geometry, kernel=(4, 4), stride=(2, 2), output=tuple(-(-n // 2) for n in geometry.output))
    return grid, _slab.blocks(len(batch), grid, _each(shape), TILES * _each(shape))


def _each(shape: tuple[int, ...]) -> int:
    """Return how many numbers one tile needs: slab, pixels or products, transform, patches."""
    return 4 * shape[1] + 16 * max(shape[:2]) + 16 * shape[1] + 4 * shape[0]


def _tiles(slab: Slab, batch: np.ndarray, take: Workspace) -> np.ndarray:
    """Transform all tiles by ``Bᵀ d B``. Returns (16, C, positions)."""
    pixels = slab.gather(slab.fill(batch, take), take).reshape(-1, 16, slab.positions)
    tiles = take("tiles", *pixels.shape)  # (C, 16, positions)
    return np.matmul(_twice(B_T, batch.dtype), pixels, out=tiles).swapaxes(0, 1)


def _corners(responses: np.ndarray, block: _slab.Block) -> list[np.ndarray]:
    """Return the upper left, upper right, lower left and lower right of a block's 2×2 patches."""
    rows = slice(2 * block.rows.start, 2 * block.rows.stop)
    part = responses[block.images, :, rows]
    return [part[:, :, a::2, b::2] for a in range(2) for b in range(2)]


def _twice(matrix: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return the matrix that transforms rows and columns of a flattened square at once."""
    return np.kron(matrix, matrix).astype(dtype)
