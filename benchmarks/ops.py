"""The NumPy operators beside torch on the same cores: convolution, its backward, pooling, naive loops.

    python benchmarks/ops.py [--quick] [--layers WORD ...]

Claims: over the layers below, in geometric mean and float32, conv2d is no slower than torch's, its
backward takes at most 1.5 times as long, pooling (forward and backward together) at most twice as long;
the operators are at least 200 times faster than `ops.naive`. Pooling's backward alone is no fair race:
torch has kept where the maxima were, ours is a pure function and finds them again. The last column sets
the forward's speed against the bare matrix product of im2col: 100 % means that copying costs nothing;
Winograd's method can exceed it.

Each repetition runs both libraries one after the other, so that both meet the same load; the ratio is
that of the medians. Both use all cores this process may use, or OMP_NUM_THREADS; a single thread is timed
by its processor time, which other programs do not disturb. Which kernels the BLAS behind NumPy picks
matters more than anything here: OpenBLAS takes those for the processor at hand unless OPENBLAS_CORETYPE
says otherwise, so the result names that variable.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from record import hardware, save, spread

from cnncourse import ops
from cnncourse.ops import naive

THREADS = int(os.environ.get("OMP_NUM_THREADS", hardware()["cores"]))
clock = time.process_time if THREADS == 1 else time.perf_counter

# name, batch, in channels, side, out channels, kernel, stride, padding
CONVOLUTIONS = [
    ("LeNet conv1", 128, 1, 28, 6, 5, 1, 2),
    ("LeNet conv2", 128, 6, 14, 16, 5, 1, 0),
    ("Keras MNIST conv1", 128, 1, 28, 32, 3, 1, 0),
    ("Keras MNIST conv2", 128, 32, 26, 64, 3, 1, 0),
    ("AlexNet conv1", 32, 3, 224, 64, 11, 4, 2),
    ("AlexNet conv2", 32, 64, 27, 192, 5, 1, 2),
    ("AlexNet conv3", 32, 192, 13, 384, 3, 1, 1),
    ("AlexNet conv4", 32, 384, 13, 256, 3, 1, 1),
    ("AlexNet conv5", 32, 256, 13, 256, 3, 1, 1),
    ("VGG-16 conv1_1", 4, 3, 224, 64, 3, 1, 1),
    ("VGG-16 conv1_2", 4, 64, 224, 64, 3, 1, 1),
    ("VGG-16 conv2_1", 4, 64, 112, 128, 3, 1, 1),
    ("VGG-16 conv2_2", 4, 128, 112, 128, 3, 1, 1),
    ("VGG-16 conv3_1", 4, 128, 56, 256, 3, 1, 1),
    ("VGG-16 conv3_2", 4, 256, 56, 256, 3, 1, 1),
    ("VGG-16 conv4_1", 8, 256, 28, 512, 3, 1, 1),
    ("VGG-16 conv4_2", 8, 512, 28, 512, 3, 1, 1),
    ("VGG-16 conv5", 32, 512, 14, 512, 3, 1, 1),
    ("ResNet conv1", 16, 3, 224, 64, 7, 2, 3),
    ("ResNet-18 layer1", 16, 64, 56, 64, 3, 1, 1),
    ("ResNet-18 layer2 down", 16, 64, 56, 128, 3, 2, 1),
    ("ResNet-18 layer2", 16, 128, 28, 128, 3, 1, 1),
    ("ResNet-18 layer3 down", 16, 128, 28, 256, 3, 2, 1),
    ("ResNet-18 layer3", 32, 256, 14, 256, 3, 1, 1),
    ("ResNet-18 layer4 down", 32, 256, 14, 512, 3, 2, 1),
    ("ResNet-18 layer4", 64, 512, 7, 512, 3, 1, 1),
    ("ResNet-50 layer1 in", 16, 64, 56, 64, 1, 1, 0),
    ("ResNet-50 layer1 out", 16, 64, 56, 256, 1, 1, 0),
    ("ResNet-50 layer1 back", 16, 256, 56, 64, 1, 1, 0),
    ("ResNet-50 layer2 shortcut", 16, 256, 56, 512, 1, 2, 0),
    ("ResNet-50 layer2 back", 16, 512, 28, 128, 1, 1, 0),
    ("ResNet-50 layer3 back", 32, 1024, 14, 256, 1, 1, 0),
    ("ResNet-50 layer4 back", 64, 2048, 7, 512, 1, 1, 0),
]
# name, kind, batch, channels, side, kernel, stride, padding
POOLS = [
    ("LeNet pool1", "avg", 128, 6, 28, 2, 2, 0),
    ("Keras MNIST pool", "max", 128, 64, 24, 2, 2, 0),
    ("AlexNet pool1", "max", 32, 64, 55, 3, 2, 0),
    ("VGG-16 pool1", "max", 4, 64, 224, 2, 2, 0),
    ("VGG-16 pool3", "max", 4, 256, 56, 2, 2, 0),
    ("ResNet pool", "max", 16, 64, 112, 3, 2, 1),
    ("Inception pool", "avg", 16, 192, 35, 3, 1, 1),
]


def measure(ours: Callable[[], object], theirs: Callable[[], object], repeats: int) -> dict:
    """Run both in turn and return the spread of each in milliseconds, and the ratio of the medians."""
    samples: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 1):
        for run, times in zip((ours, theirs), samples):
            start = clock()
            run()
            if turn:  # the first turn warms up
                times.append(1e3 * (clock() - start))
    mine, torchs = (spread(times) for times in samples)
    return {"numpy_ms": mine, "torch_ms": torchs, "ratio": mine["median"] / torchs["median"]}


def normal(*shape: int) -> np.ndarray:
    """Return float32 noise, the same for every call with the same shape."""
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


def convolution(layer: Sequence, repeats: int) -> dict:
    """Measure forward, backward and the bare matrix product of one convolution."""
    _, n, channels, side, kernels, kernel, stride, padding = layer
    x, w, b = normal(n, channels, side, side), normal(kernels, channels, kernel, kernel), normal(kernels)
    y = ops.conv2d(x, w, b, stride, padding)
    grad = normal(*y.shape)
    tx, tw, tb, tgrad = (torch.from_numpy(a) for a in (x, w, b, grad))
    forward = measure(
        lambda: ops.conv2d(x, w, b, stride, padding), lambda: F.conv2d(tx, tw, tb, stride, padding), repeats
    )
    sizes = ([kernels], [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, [True] * 3)
    backward = measure(
        lambda: ops.conv2d_backward(grad, x, w, stride, padding),
        lambda: torch.ops.aten.convolution_backward(tgrad, tx, tw, *sizes),
        repeats,
    )
    columns = n * y.shape[2] * y.shape[3]
    full_speed = bare_product_ms(w.reshape(kernels, -1), columns, repeats)
    forward["fraction_of_matmul"] = full_speed / forward["numpy_ms"]["median"]
    return {"forward": forward, "backward": backward}


def bare_product_ms(matrix: np.ndarray, columns: int, repeats: int) -> float:
    """Return the milliseconds of a bare product with so many columns; measured with 4,096 of them at most."""
    part = normal(matrix.shape[1], min(columns, 4096))
    out = np.empty((len(matrix), part.shape[1]), np.float32)
    times = []
    for _ in range(max(3, repeats)):
        start = clock()
        np.matmul(matrix, part, out=out)
        times.append(1e3 * (clock() - start))
    return statistics.median(times) * columns / part.shape[1]


def pool(layer: Sequence, repeats: int) -> dict:
    """Measure forward and backward of one pooling layer."""
    _, kind, n, channels, side, *window = layer
    x = normal(n, channels, side, side)
    name = f"{kind}_pool2d"
    grad = normal(*getattr(ops, name)(x, *window).shape)
    tx, tgrad = torch.from_numpy(x).requires_grad_(), torch.from_numpy(grad)
    ty = getattr(F, name)(tx, *window)
    return {
        "forward": measure(
            lambda: getattr(ops, name)(x, *window), lambda: getattr(F, name)(tx.detach(), *window), repeats
        ),
        "backward": measure(
            lambda: getattr(ops, f"{name}_backward")(grad, x, *window),
            lambda: torch.autograd.grad(ty, tx, tgrad, retain_graph=True),
            repeats,
        ),
        "both": measure(
            lambda: (getattr(ops, name)(x, *window), getattr(ops, f"{name}_backward")(grad, x, *window)),
            lambda: torch.autograd.grad(getattr(F, name)(tx, *window), tx, tgrad),
            repeats,
        ),
    }


def naive_ratio(layer: Sequence, repeats: int) -> dict:
    """Measure the loops on the layer's first image and return how many times faster conv2d is per image."""
    _, n, channels, side, kernels, kernel, stride, padding = layer
    x, w = normal(n, channels, side, side), normal(kernels, channels, kernel, kernel)
    start = clock()
    naive.conv2d(x[:1], w, None, stride, padding)
    slow = 1e3 * (clock() - start)
    fast = []
    for _ in range(repeats + 1):
        start = clock()
        ops.conv2d(x, w, None, stride, padding)
        fast.append(1e3 * (clock() - start) / n)
    return {
        "naive_ms_per_image": slow,
        "numpy_ms_per_image": spread(fast[1:]),
        "times_faster": slow / min(fast),
    }


def geometric_mean(numbers: Sequence[float]) -> float:
    """Return the mean that suits ratios."""
    return math.exp(statistics.fmean(map(math.log, numbers)))


def line(name: str, part: str, result: dict) -> None:
    """Print one row of the table."""
    mine, torchs = result["numpy_ms"], result["torch_ms"]
    fraction = f"{result['fraction_of_matmul']:7.0%}" if "fraction_of_matmul" in result else ""
    print(
        f"{name:26}{part:9}{mine['median']:9.2f} ({mine['low']:8.2f} –{mine['high']:8.2f})"
        f"{torchs['median']:9.2f} ({torchs['low']:8.2f} –{torchs['high']:8.2f})"
        f"{result['ratio']:8.2f}{fraction}",
        flush=True,
    )


def run(layers: Sequence[Sequence], measure_layer: Callable, repeats: int) -> dict:
    """Measure and print each layer of a family and the geometric means."""
    results = {}
    for layer in layers:
        results[layer[0]] = measure_layer(layer, repeats)
        for part, result in results[layer[0]].items():
            line(layer[0], part, result)
    parts = list(next(iter(results.values())))
    means = {part: geometric_mean([r[part]["ratio"] for r in results.values()]) for part in parts}
    print(
        "geometric mean of the ratios:", ", ".join(f"{part} {mean:.2f}" for part, mean in means.items()), "\n"
    )
    return {"layers": results, "geometric_mean_ratio": means}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3 repetitions instead of 11")
    parser.add_argument("--layers", nargs="+", metavar="WORD", help="only layers whose name contains a WORD")
    options = parser.parse_args()
    repeats = 3 if options.quick else 11
    torch.set_num_threads(THREADS)
    wanted = [w.lower() for w in options.layers or [""]]
    convolutions, pools = (
        [layer for layer in family if any(w in layer[0].lower() for w in wanted)]
        for family in (CONVOLUTIONS, POOLS)
    )
    print(f"{'milliseconds (low – high)':35}{'NumPy':>9}{'torch':>30}{'ratio':>27}{'matmul':>7}")
    figures = {
        "threads": THREADS,
        "clock": clock.__name__,
        "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE"),
    }
    if convolutions:
        figures["convolution"] = run(convolutions, convolution, repeats)
    if pools:
        figures["pooling"] = run(pools, pool, repeats)
    figures["naive"] = {
        layer[0]: naive_ratio(layer, repeats) for layer in CONVOLUTIONS[:3] if layer in convolutions
    }
    for name, result in figures["naive"].items():
        print(f"{name}: {result['times_faster']:,.0f} times faster than the loops")
    save("ops", figures, arguments=sys.argv[1:])


if __name__ == "__main__":
    main()
