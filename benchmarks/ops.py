"""The NumPy operators beside torch on the same cores: convolution, its backward, pooling, naive loops.

    python benchmarks/ops.py [--quick] [--threads N] [--layers WORD ...]

Two columns: everything on one core, and everything on all cores that this process may use, each in a process
of its own with OMP_NUM_THREADS set. ``--threads`` measures one column.

Claims: over the layers below, in geometric mean and float32, conv2d and its backward take no longer than
torch's, on one core as on all; pooling (forward and backward together) at most twice as long; the operators
are at least 200 times faster than `ops.naive`. Convolutions in groups have a mean of their own and no claim:
torch compiles code for each of these layers.

torch always keeps where the maxima were. Ours does when asked (``return_indices=True``), and the rows "with
indices" race that way; "backward" and "both" are those of the pure function, which finds the maxima again.
The last column sets the forward's speed against `weight @ patches`, the bare matrix product of im2col with
the patches already there: 100 % means that copying costs nothing; Winograd's method can exceed it.

Each repetition runs both libraries one after the other, so that both meet the same load; the ratio is
that of the medians. A single thread is timed by its processor time, which other programs do not disturb.
Which kernels the BLAS behind NumPy picks matters more than anything here: OpenBLAS takes those for the
processor at hand unless OPENBLAS_CORETYPE says otherwise, so that it is unset here. The result names every
variable of the environment that speaks to OpenMP, OpenBLAS or MKL.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from record import hardware, save, spread

from cnncourse import ops
from cnncourse.ops import naive

PREFIXES = ("OMP_", "OPENBLAS_", "MKL_")  # of the variables that set threads and kernels from outside
clock = time.perf_counter

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
# the same, then groups
GROUPED = [
    ("MobileNetV2 features.1", 8, 32, 112, 32, 3, 1, 1, 32),
    ("MobileNetV2 features.3", 8, 144, 56, 144, 3, 1, 1, 144),
    ("MobileNetV2 features.4 down", 8, 144, 56, 144, 3, 2, 1, 144),
    ("MobileNetV2 features.8", 8, 384, 14, 384, 3, 1, 1, 384),
    ("EfficientNet-B0 features.6", 8, 1152, 7, 1152, 5, 1, 2, 1152),
    ("ConvNeXt-T features.3", 8, 192, 28, 192, 7, 1, 3, 192),
    ("ResNeXt-50 layer1", 8, 128, 56, 128, 3, 1, 1, 32),
    ("ResNeXt-50 layer2", 8, 256, 28, 256, 3, 1, 1, 32),
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
    """Measure forward and backward of one convolution, and the bare matrix product if it has no groups."""
    _, n, channels, side, kernels, kernel, stride, padding, *rest = layer
    groups = rest[0] if rest else 1
    x, w = normal(n, channels, side, side), normal(kernels, channels // groups, kernel, kernel)
    b, steps = normal(kernels), (stride, padding, 1, groups)
    y = ops.conv2d(x, w, b, *steps)
    grad = normal(*y.shape)
    tx, tw, tb, tgrad = (torch.from_numpy(a) for a in (x, w, b, grad))
    forward = measure(lambda: ops.conv2d(x, w, b, *steps), lambda: F.conv2d(tx, tw, tb, *steps), repeats)
    sizes = ([kernels], [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], groups, [True] * 3)
    backward = measure(
        lambda: ops.conv2d_backward(grad, x, w, *steps),
        lambda: torch.ops.aten.convolution_backward(tgrad, tx, tw, *sizes),
        repeats,
    )
    if groups == 1:
        patches = np.resize(normal(w[0].size, 1024), (w[0].size, y.size // kernels))
        product = measure(
            lambda: w.reshape(kernels, -1) @ patches, lambda: ops.conv2d(x, w, b, *steps), repeats
        )
        forward["fraction_of_matmul"] = product["ratio"]
    return {"forward": forward, "backward": backward}


def pool(layer: Sequence, repeats: int) -> dict:
    """Measure forward and backward of one pooling layer, max pooling with kept indices as well."""
    _, kind, n, channels, side, *window = layer
    x = normal(n, channels, side, side)
    ours, theirs = getattr(ops, f"{kind}_pool2d"), getattr(F, f"{kind}_pool2d")
    back = getattr(ops, f"{kind}_pool2d_backward")
    grad = normal(*ours(x, *window).shape)
    tx, tgrad = torch.from_numpy(x).requires_grad_(), torch.from_numpy(grad)
    ty = theirs(tx, *window)

    def torch_backward() -> object:
        return torch.autograd.grad(ty, tx, tgrad, retain_graph=True)

    def torch_both() -> object:
        return torch.autograd.grad(theirs(tx, *window), tx, tgrad)

    results = {
        "forward": measure(lambda: ours(x, *window), lambda: theirs(tx.detach(), *window), repeats),
        "backward": measure(lambda: back(grad, x, *window), torch_backward, repeats),
        "both": measure(lambda: (ours(x, *window), back(grad, x, *window)), torch_both, repeats),
    }
    if kind == "max":
        indices = ours(x, *window, return_indices=True)[1]

        def both_with_indices() -> object:
            return back(grad, x, *window, indices=ours(x, *window, return_indices=True)[1])

        results["backward with indices"] = measure(
            lambda: back(grad, x, *window, indices=indices), torch_backward, repeats
        )
        results["both with indices"] = measure(both_with_indices, torch_both, repeats)
    return results


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
        f"{name:28}{part:22}{mine['median']:9.2f} ({mine['low']:8.2f} –{mine['high']:8.2f})"
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
    ratios: dict[str, list[float]] = {}
    for result in results.values():
        for part, measured in result.items():
            ratios.setdefault(part, []).append(measured["ratio"])
    means = {part: geometric_mean(numbers) for part, numbers in ratios.items()}
    print(
        "geometric mean of the ratios:", ", ".join(f"{part} {mean:.2f}" for part, mean in means.items()), "\n"
    )
    return {"layers": results, "geometric_mean_ratio": means}


def column(threads: int, wanted: Sequence[str], repeats: int) -> dict:
    """Measure every layer whose name contains one of the wanted words, in this process."""
    global clock
    clock = time.process_time if threads == 1 else time.perf_counter
    torch.set_num_threads(threads)
    ops.set_num_threads(threads)
    convolutions, grouped, pools = (
        [layer for layer in family if any(w.lower() in layer[0].lower() for w in wanted)]
        for family in (CONVOLUTIONS, GROUPED, POOLS)
    )
    title = f"milliseconds (low – high), threads: {threads}"
    print(f"{title:50}{'NumPy':>9}{'torch':>30}{'ratio':>27}{'matmul':>7}")
    figures = {
        "threads": threads,
        "clock": clock.__name__,
        "environment": {k: v for k, v in sorted(os.environ.items()) if k.startswith(PREFIXES)},
    }
    for name, layers, measure_layer in (
        ("convolution", convolutions, convolution),
        ("grouped_convolution", grouped, convolution),
        ("pooling", pools, pool),
    ):
        if layers:
            figures[name] = run(layers, measure_layer, repeats)
    figures["naive"] = {
        layer[0]: naive_ratio(layer, repeats) for layer in CONVOLUTIONS[:3] if layer in convolutions
    }
    for name, result in figures["naive"].items():
        print(f"{name}: {result['times_faster']:,.0f} times faster than the loops")
    return figures


def in_a_process(threads: int, arguments: Sequence[str]) -> dict:
    """Measure a column in a process that was told its number of threads from the start."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    environment["OMP_NUM_THREADS"] = str(threads)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "column.json"
        command = [sys.executable, __file__, *arguments, "--threads", str(threads), "--out", str(out)]
        subprocess.run(command, env=environment, check=True)
        return json.loads(out.read_text("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3 repetitions instead of 11")
    parser.add_argument("--threads", type=int, metavar="N", help="one column, measured here; stores nothing")
    parser.add_argument("--out", type=Path, help="where to write that column")
    parser.add_argument(
        "--layers",
        nargs="+",
        default=[""],
        metavar="WORD",
        help="only layers whose name contains a WORD; prints, stores nothing",
    )
    options = parser.parse_args()
    if options.threads:
        figures = column(options.threads, options.layers, 3 if options.quick else 11)
        if options.out:
            options.out.write_text(json.dumps(figures), "utf-8")
        return
    arguments = sys.argv[1:]
    figures = in_a_process(1, arguments)
    figures["all_cores"] = in_a_process(hardware()["cores"], arguments)
    if options.layers == [""]:
        save("ops", figures, arguments=arguments)


if __name__ == "__main__":
    main()
