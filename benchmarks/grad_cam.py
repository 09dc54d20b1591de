"""Look inside a ResNet-20 trained on CIFAR-10, and measure how far small nudges get.

    python benchmarks/grad_cam.py                    # CIFAR-10 from $CNNCOURSE_DATA
    python benchmarks/grad_cam.py --folder CIFAR10   # a folder of pictures, CIFAR10/test/CLASS/*

The pictures that are kept are drawn by `drawn.py`, or a small crop of one of scikit-learn's photographs. Of
CIFAR-10 only accuracies are kept.
"""

from __future__ import annotations

import argparse
import base64
from pathlib import Path

import drawn
import numpy as np
import torch
from PIL import Image
from record import save
from sklearn.datasets import load_sample_image

from cnncourse import data, explain, models

LAYERS = ("conv1", "layer1", "layer2", "layer3")
EPSILONS = (0, 0.5, 1, 2, 4, 8)  # of 255 grey levels
WINDOW, STRIDE = 7, 5  # 6 × 6 squares over 32 × 32 pixels
HIDDEN = ("two things", "automobile")  # picture and class of the quest

_BLUE_SKY = ((120, 170, 225), (205, 220, 235))
_SEA, _ROAD, _GRASS = (21, (40, 90, 140)), (24, (110, 110, 112)), (32, (0, 0, 0))
_MEADOW = ((140, 180, 90), (80, 140, 50))
SCENES = {
    "a ship": ([("ship", 0, 0, 1)], ((150, 190, 235), (200, 220, 240)), _SEA),
    "a horse": ([("horse", 0, 0, 1)], _MEADOW, _GRASS),
    "two things": ([("airplane", 0, -4, 0.6), ("automobile", 12, 13, 0.62)], _BLUE_SKY, _ROAD),
}
# What the explorer asks: its word, the picture, the class (None: the network's own answer), the thing.
QUESTIONS = (
    ("ship", "a ship", "ship", "ship"),
    ("automobile", "two things", "automobile", "automobile"),
    ("airplane", "two things", "airplane", "airplane"),
    ("dog", "a horse", "dog", "horse"),
    ("horse", "a horse", "horse", "horse"),
    ("pagoda", "a pagoda", None, None),
)


def photograph(file: str, top: int, left: int, side: int) -> np.ndarray:
    """Return a square of a sample photograph as 32 × 32 pixels, (3, 32, 32)."""
    square = Image.fromarray(load_sample_image(file)[top : top + side, left : left + side])
    return np.asarray(square.resize((drawn.SIDE, drawn.SIDE), Image.Resampling.BOX)).transpose(2, 0, 1)


def pictures() -> dict[str, np.ndarray]:
    """Return the pictures that are shown, each uint8 of shape (3, 32, 32)."""
    found = {name: drawn.draw(*scene) for name, scene in SCENES.items()}
    found["a pagoda"] = photograph("china.jpg", 18, 38, 336)
    return found


def covered(picture: str, thing: str) -> np.ndarray:
    """Return which pixels of a drawn picture belong to one thing, bool of shape (32, 32)."""
    things, sky, ground = SCENES[picture]
    without = drawn.draw([placed for placed in things if placed[0] != thing], sky, ground)
    return (np.abs(drawn.draw(things, sky, ground).astype(int) - without) > 12).any(axis=0)


class Looker:
    """A network with what it was trained on; takes pixels from 0 to 255."""

    def __init__(self, net: torch.nn.Module):
        self.net = net.eval()
        self.classes = tuple(net.trained_on["classes"])
        self.mean, self.std = (np.array(net.trained_on[key])[:, None, None] for key in ("mean", "std"))

    def ready(self, pixels: np.ndarray) -> np.ndarray:
        """Return pixels (N, 3, H, W) as the network takes them, float32."""
        return ((pixels / 255 - self.mean) / self.std).astype(np.float32)

    @torch.no_grad()
    def probability(self, images: np.ndarray) -> np.ndarray:
        """Return the probability of each class, (N, K)."""
        parts = torch.from_numpy(images).split(250)
        return torch.cat([self.net(part).softmax(dim=1) for part in parts]).numpy()


def packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def asked(looker: Looker, shown: dict[str, np.ndarray]) -> tuple[list[dict], dict[str, dict]]:
    """Return the probability of each question, and by its words the Grad-CAM of each layer in 256 steps."""
    found, seen = [], {}
    for words, picture, name, thing in QUESTIONS:
        image = looker.ready(shown[picture][None])
        probability = looker.probability(image)[0]
        answer = int(probability.argmax())
        target = answer if name is None else looker.classes.index(name)
        maps = {}
        for layer in LAYERS:
            heat = explain.grad_cam(looker.net, image, target, layer, upsample=False)[0].astype(float)
            top = float(heat.max())
            levels = np.rint(255 * heat / (top or 1)).astype(np.uint8)
            maps[layer] = {"top": float(f"{top:.4g}"), "side": len(heat), "levels": packed(levels)}
        found.append(
            {
                "words": words,
                "target": looker.classes[target],
                "probability": round(float(probability[target]), 4),
                "answer": looker.classes[answer],
                "answer_probability": round(float(probability[answer]), 4),
            }
        )
        inside = None if thing is None else packed(np.packbits(covered(picture, thing)))
        seen[words] = {"picture": picture, "thing": thing, "inside": inside, "maps": maps}
    return found, seen


def hidden(looker: Looker, shown: dict[str, np.ndarray]) -> dict:
    """Return the probability of a class with a square of mean colour on each of 6 × 6 places."""
    picture, name = HIDDEN
    image, target = looker.ready(shown[picture][None]), looker.classes.index(name)
    starts = range(0, drawn.SIDE - WINDOW + 1, STRIDE)
    after = []
    for top in starts:
        row = np.repeat(image, len(starts), axis=0)
        for one, left in zip(row, starts):
            one[:, top : top + WINDOW, left : left + WINDOW] = 0
        after.append([round(float(value), 4) for value in looker.probability(row)[:, target]])
    before = round(float(looker.probability(image)[0, target]), 4)
    return {
        "picture": picture,
        "target": name,
        "window": WINDOW,
        "stride": STRIDE,
        "colour": np.rint(255 * looker.mean[:, 0, 0]).astype(int).tolist(),
        "before": before,
        "after": after,
    }


def depth(looker: Looker, test: data.ImageData) -> list[dict]:
    """Return for each layer what it sees, and how well the nearest class mean of its maps tells classes.

    Each map is averaged to one number. The class means come from the first half of the images, the accuracy
    from the second.
    """
    rows = {row.name: row for row in models.summary(looker.net, (3, drawn.SIDE, drawn.SIDE))}
    ends = {"conv1": "conv1", **{f"layer{stage}": f"layer{stage}.2.bn2" for stage in (1, 2, 3)}}
    means: dict[str, list[np.ndarray]] = {layer: [] for layer in LAYERS}
    for start in range(0, len(test), 250):
        maps = explain.feature_maps(looker.net, looker.ready(test.images[start : start + 250]), LAYERS)
        for layer in LAYERS:
            means[layer].append(maps[layer].mean(axis=(2, 3)))
    order = np.random.default_rng(0).permutation(len(test))
    known, asked_about = np.split(order, [len(test) // 2])
    found = []
    for layer in LAYERS:
        features = np.concatenate(means[layer])
        features = (features - features[known].mean(0)) / features[known].std(0)
        centres = [features[known][test.labels[known] == k].mean(0) for k in range(len(looker.classes))]
        distance = ((features[asked_about, None] - np.stack(centres)) ** 2).sum(2)
        right = distance.argmin(1) == test.labels[asked_about]
        sees = rows[ends[layer]].receptive_field
        found.append({"layer": layer, "sees": sees[0], "accuracy": round(float(right.mean()), 4)})
    return found


def nudged(looker: Looker, test: data.ImageData) -> list[dict]:
    """Return the accuracy after a nudge of each size, and after as large a step in random directions."""
    images, rng = looker.ready(test.images), np.random.default_rng(0)
    signs = rng.choice(np.array([-1.0, 1.0], np.float32), images.shape)
    found = []
    for level in EPSILONS:
        epsilon = level / 255
        parts = [
            explain.nudge(
                looker.net,
                images[start : start + 250],
                test.labels[start : start + 250],
                epsilon,
                mean=looker.mean.ravel(),
                std=looker.std.ravel(),
            )
            for start in range(0, len(images), 250)
        ]
        pixels = np.clip(images * looker.std + looker.mean + epsilon * signs, 0, 1)
        noisy = ((pixels - looker.mean) / looker.std).astype(np.float32)
        accuracy, chance = (
            round(float((looker.probability(x).argmax(1) == test.labels).mean()), 4)
            for x in (np.concatenate(parts), noisy)
        )
        found.append({"levels": level, "nudged": accuracy, "random": chance})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="CIFAR-10 as a folder of pictures")
    folder = parser.parse_args().folder
    looker = Looker(models.create("resnet20", weights="cifar10"))
    if folder is None:
        test = data.load("cifar10", "test")
    else:
        test = data.load_folder(folder / "test", classes=looker.classes)
    some = test.take(np.random.default_rng(0).permutation(len(test))[:2000])
    shown = pictures()
    questions, seen = asked(looker, shown)
    figures = {
        "questions": questions,
        "depth_images": len(test) // 2,
        "depth": depth(looker, test),
        "nudge_images": len(some),
        "nudge": nudged(looker, some),
        "squares": hidden(looker, shown),
    }
    pixels = {name: packed(picture) for name, picture in shown.items()}
    save(
        "grad_cam",
        figures,
        chapter="looking_inside",
        drawn={"classes": looker.classes, "pictures": pixels, "questions": seen},
        arguments=() if folder is None else ("--folder", "CIFAR10"),
    )


if __name__ == "__main__":
    main()
