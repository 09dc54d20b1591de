"""The matrix products behind `conv`: gather windows into columns, multiply, and the way back."""

from __future__ import annotations

import numpy as np

from cnncourse.ops._geometry import Geometry


def columns(batch: np.ndarray, geometry: Geometry) -> np.ndarray:
    (kh, kw), (sh, sw), (dh, dw), (oh, ow) = geometry.kernel, geometry.stride, geometry.dilation, geometry.output
    n, c = batch.shape[:2]
    padded = np.pad(batch, ((0, 0), (0, 0), *geometry.pads))
    cols = np.empty((n, c, kh, kw, oh, ow), batch.dtype)
    for u in range(kh):
        for v in range(kw):
            cols[:, :, u, v] = padded[:, :, u * dh :, v * dw :][:, :, : sh * (oh - 1) + 1 : sh, : sw * (ow - 1) + 1 : sw]
    return cols.reshape(n, geometry.groups, -1, oh * ow)


def correlate(batch: np.ndarray, weight: np.ndarray, geometry: Geometry) -> np.ndarray:
    n, out_channels, groups = len(batch), len(weight), geometry.groups
    output = np.empty((n, out_channels, *geometry.output), batch.dtype)
    matrix = weight.reshape(groups, out_channels // groups, -1)
    for i in range(n):
        np.matmul(matrix, columns(batch[i : i + 1], geometry)[0], out=output[i].reshape(groups, out_channels // groups, -1))
    return output


def scatter(grad: np.ndarray, weight: np.ndarray, geometry: Geometry) -> np.ndarray:
    (kh, kw), (sh, sw), (dh, dw), (oh, ow) = geometry.kernel, geometry.stride, geometry.dilation, geometry.output
    n, out_channels, groups = len(grad), len(weight), geometry.groups
    c = weight.shape[1] * groups
    (top, bottom), (left, right) = geometry.pads
    h, w = geometry.size
    padded = np.zeros((n, c, h + top + bottom, w + left + right), grad.dtype)
    matrix = weight.reshape(groups, out_channels // groups, -1)
    cols = np.matmul(matrix.transpose(0, 2, 1), grad.reshape(n, groups, out_channels // groups, -1))
    cols = cols.reshape(n, c, kh, kw, oh, ow)
    for u in range(kh):
        for v in range(kw):
            padded[:, :, u * dh :, v * dw :][:, :, : sh * (oh - 1) + 1 : sh, : sw * (ow - 1) + 1 : sw] += cols[:, :, u, v]
    return padded[:, :, top : top + h, left : left + w].copy()


def correlate_with_grad(batch: np.ndarray, grad: np.ndarray, shape: tuple, geometry: Geometry) -> np.ndarray:
    n, out_channels, groups = len(grad), shape[0], geometry.groups
    total = np.zeros((groups, out_channels // groups, np.prod(shape[1:])), grad.dtype)
    for i in range(n):
        g = grad[i].reshape(groups, out_channels // groups, -1)
        total += g @ columns(batch[i : i + 1], geometry)[0].transpose(0, 2, 1)
    return total.reshape(shape)
