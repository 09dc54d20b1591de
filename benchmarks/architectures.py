"""Count eight classic networks, stage by stage: shapes, parameters, multiplications, receptive fields.

    python benchmarks/architectures.py

Nothing is trained and nothing is timed: `models.summary` sends shapes through each network. The explorer
`architecture` draws what is written.
"""

from __future__ import annotations

import torch
from record import save

from cnncourse import models


def _dense(*layers: str) -> list[tuple[str, list[str]]]:
    return [(f"dense {number}", [layer]) for number, layer in enumerate(layers, start=1)]


def _convolutions(*layers: str) -> list[tuple[str, list[str]]]:
    return [(f"conv {number}", [layer]) for number, layer in enumerate(layers, start=1)]


_VGG = {
    "conv 1–2": (0, 2),
    "conv 3–4": (5, 7),
    "conv 5–7": (10, 12, 14),
    "conv 8–10": (17, 19, 21),
    "conv 11–13": (24, 26, 28),
}
_RESNET = [
    ("conv 1", ["conv1", "bn1"]),
    *[(f"stage {number}", [f"layer{number}"]) for number in (1, 2, 3, 4)],
    ("dense", ["avgpool", "fc"]),
]

# Shown name, name in the zoo, year, and the stages: what each is called and which layers it is made of. The
# last layer decides the shape. Pooling layers stand between the stages.
NETWORKS = (
    ("LeNet-5", "lenet5", 1998, [*_convolutions("0", "3"), *_dense("7", "9", "11")]),
    ("AlexNet", "alexnet_two_groups", 2012,
     [*_convolutions("0", "4", "8", "10", "12"), *_dense("17", "20", "22")]),
    ("ZFNet", "zfnet", 2013, [*_convolutions("0", "4", "8", "10", "12"), *_dense("16", "19", "22")]),
    ("VGG-16", "vgg16", 2014,
     [(name, [f"features.{i}" for i in layers]) for name, layers in _VGG.items()]
     + _dense("classifier.0", "classifier.3", "classifier.6")),
    ("NiN", "nin", 2013,
     [(f"block {n}", [str(i), str(i + 2), str(i + 4)]) for n, i in enumerate((0, 7, 14, 22), start=1)]
     + [("average", ["28", "29"])]),
    ("GoogLeNet", "googlenet", 2014,
     [("conv 1", ["conv1"]), ("conv 2–3", ["conv2", "conv3"]),
      ("3a–3b", ["inception3a", "inception3b"]),
      ("4a–4e", [f"inception4{letter}" for letter in "abcde"]),
      ("5a–5b", ["inception5a", "inception5b"]), ("dense", ["avgpool", "fc"])]),
    ("ResNet-18", "resnet18", 2015, _RESNET),
    ("ResNet-50", "resnet50", 2015, _RESNET),
)  # fmt: skip


def count(name: str, stages: list[tuple[str, list[str]]]) -> dict:
    """Count one network of the zoo, stage by stage."""
    channels, side, _ = models.image_shape(name)
    with torch.device("meta"):
        net = models.create(name, 10 if side < 64 else 1000, channels).eval()
    table = models.summary(net, (channels, side, side))
    shapes = _shapes(net, [layers[-1] for _, layers in stages], (channels, side, side))
    counted = []
    for stage, layers in stages:
        rows = [row for row in table if any(f"{row.name}.".startswith(f"{layer}.") for layer in layers)]
        fields = [row.receptive_field for row in rows]
        counted.append(
            {
                "name": stage,
                "shape": shapes[layers[-1]],
                "parameters": sum(row.parameters for row in rows),
                "macs": sum(row.macs for row in rows),
                "field": None if None in fields else max(fields)[0],
            }
        )
    assert sum(stage["parameters"] for stage in counted) == table.parameters, name
    assert sum(stage["macs"] for stage in counted) == table.macs, name
    return {
        "input": [channels, side, side],
        "parameters": table.parameters,
        "macs": table.macs,
        "stages": counted,
    }


def _shapes(net: torch.nn.Module, layers: list[str], size: tuple[int, int, int]) -> dict[str, list[int]]:
    """Shape of what leaves each of the layers, for one image."""
    parts, shapes = dict(net.named_modules()), {}
    for layer in layers:
        parts[layer].register_forward_hook(
            lambda module, inputs, out, layer=layer: shapes.update({layer: list(out.shape[1:])})
        )
    net(torch.empty(1, *size, device="meta"))
    return shapes


def main() -> None:
    networks = {
        shown: {"zoo": name, "year": year, **count(name, stages)} for shown, name, year, stages in NETWORKS
    }
    save("architectures", {"networks": networks}, chapter="classic_architectures")


if __name__ == "__main__":
    main()
