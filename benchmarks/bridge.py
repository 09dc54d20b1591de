"""How exact and how fast `numpy_forward` runs each family of torchvision's classifiers.

    OMP_NUM_THREADS=1 python benchmarks/bridge.py [FAMILY ...]

Claim: float64 logits within 1e-6 of torch's, relative to the largest. Time: processor seconds of one thread,
so that other programs on the machine count little; float32, two images of the family's usual size; the
libraries take turns, and the first turn is not counted. NumPy's time includes writing the network down,
torch's has gradients off. The weights are torch's first ones, the running statistics those of one batch.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np
import torch
import torchvision
from record import save, spread

from cnncourse.bridge import numpy_forward

TURNS = 3
BATCH = 2
# Family -> (network, side of the images in pixels).
FAMILIES = {
    "alexnet": ("alexnet", 224),
    "vgg": ("vgg11_bn", 224),
    "googlenet": ("googlenet", 224),
    "inception_v3": ("inception_v3", 299),
    "resnet": ("resnet50", 224),
    "resnext": ("resnext50_32x4d", 224),
    "wide_resnet": ("wide_resnet50_2", 224),
    "densenet": ("densenet121", 224),
    "squeezenet": ("squeezenet1_1", 224),
    "mobilenet_v2": ("mobilenet_v2", 224),
    "mobilenet_v3": ("mobilenet_v3_large", 224),
    "shufflenet_v2": ("shufflenet_v2_x1_0", 224),
    "efficientnet": ("efficientnet_b0", 224),
    "mnasnet": ("mnasnet1_0", 224),
    "regnet": ("regnet_y_400mf", 224),
    "convnext": ("convnext_tiny", 224),
}


def build(name: str, x: torch.Tensor) -> torch.nn.Module:
    """Return the network in evaluation mode, its running statistics moved towards those of the batch."""
    torch.manual_seed(0)
    slow_to_fill = name in ("googlenet", "inception_v3")
    arguments = {"init_weights": False} if slow_to_fill else {}
    network = torchvision.models.get_model(name, weights=None, **arguments)
    with torch.no_grad():
        network.train()(x)
    return network.eval()


def error(network: torch.nn.Module, x: torch.Tensor) -> float:
    """Return the largest difference of the float64 logits, relative to the largest logit."""
    network, x = network.double(), x.double()
    with torch.no_grad():
        theirs = network(x).numpy()
    ours = numpy_forward(network, x.numpy())
    network.float()
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def seconds(network: torch.nn.Module, x: torch.Tensor) -> dict[str, list[float]]:
    """Return the times of both libraries, taking turns."""
    taken: dict[str, list[float]] = {"numpy": [], "torch": []}
    for turn in range(TURNS + 1):
        start = time.process_time()
        numpy_forward(network, x.numpy())
        middle = time.process_time()
        with torch.no_grad():
            network(x)
        end = time.process_time()
        if turn:
            taken["numpy"].append(middle - start)
            taken["torch"].append(end - middle)
    return taken


def measure(name: str, side: int) -> dict:
    """Return the figures of one network."""
    x = torch.randn(BATCH, 3, side, side, generator=torch.Generator().manual_seed(0))
    network = build(name, x)
    taken = seconds(network, x)
    return {
        "network": name,
        "side": side,
        "processor_seconds_float32": {library: spread(times) for library, times in taken.items()},
        "time_ratio_to_torch": spread([a / b for a, b in zip(taken["numpy"], taken["torch"])]),
        "max_relative_error_float64": error(network, x),
    }


def main() -> None:
    if os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("Processor seconds of several threads cannot be compared: set OMP_NUM_THREADS=1.")
    rows = {}
    for family in sys.argv[1:] or FAMILIES:
        row = rows[family] = measure(*FAMILIES[family])
        numpy_time, ratio = row["processor_seconds_float32"]["numpy"], row["time_ratio_to_torch"]
        print(
            f"{family:14} {row['network']:20} error {row['max_relative_error_float64']:.1e}   "
            f"NumPy {numpy_time['median']:6.3f} s   "
            f"ratio {ratio['median']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})",
            flush=True,
        )
    mean = float(np.exp(np.mean([np.log(row["time_ratio_to_torch"]["median"]) for row in rows.values()])))
    print(f"geometric mean of the ratios: {mean:.2f}")
    figures = {"batch": BATCH, "threads": 1, "families": rows, "geometric_mean_of_time_ratios": mean}
    save("bridge", figures, arguments=sys.argv[1:])


if __name__ == "__main__":
    main()
