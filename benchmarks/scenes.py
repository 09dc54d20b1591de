"""On drawn scenes: how well a detector finds stars, and what a skip connection is worth.

    python benchmarks/scenes.py

The detector is a classifier of 24×24 windows, run over 60 scenes that it has not seen. Hits and false alarms
are counted for many thresholds and overlaps; one scene more goes into the chapter's explorer and quest.
The segmentation networks, with and without a skip connection, are trained from three seeds each.
"""

from __future__ import annotations

import base64
import io
import time

import numpy as np
import torch
from PIL import Image
from record import save, spread
from torch import nn
from torch.nn import functional as F

from cnncourse import data, ops, train

WINDOW, STRIDE = 24, 4
CLASSES = ("circle", "cross", "ring", "star")
THRESHOLDS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
OVERLAPS = (0.0, 0.1, 0.3, 0.5, 0.7, 1.0)
STAR = 1 + CLASSES.index("star")


def detector(scenes: data.Scenes) -> tuple[nn.Module, data.ImageData]:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 12, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(24 * 4 * 4, 48), nn.ReLU(), nn.Linear(48, 5),
    )  # fmt: skip
    learn = data.cut_windows(scenes, WINDOW)
    config = train.TrainConfig(epochs=6, batch_size=32, lr=0.004, progress=False, device="cpu")
    train.fit(network, learn, config=config)
    return network.eval(), learn


@torch.inference_mode()
def star_scores(network: nn.Module, learn: data.ImageData, image: np.ndarray) -> np.ndarray:
    """Probability of a star for every window of an image (3, H, W), in steps of `STRIDE`."""
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (learn.mean, learn.std))
    pixels = (torch.from_numpy(image)[None].float() / 255 - mean) / std
    cut = F.unfold(pixels, WINDOW, stride=STRIDE)[0].T.reshape(-1, 3, WINDOW, WINDOW)
    side = (image.shape[1] - WINDOW) // STRIDE + 1
    return network(cut).softmax(dim=1)[:, STAR].reshape(side, side).numpy()


def found_boxes(scores: np.ndarray, threshold: float, overlap: float) -> np.ndarray:
    rows, columns = np.nonzero(scores >= threshold)
    corners = STRIDE * np.stack([columns, rows], axis=1)
    boxes = np.hstack([corners, corners + WINDOW])
    return boxes[ops.nms(boxes, scores[rows, columns], overlap)]


def counts(maps: list[np.ndarray], truths: list[np.ndarray]) -> dict[str, list[list[int]]]:
    """Hits and false alarms for every threshold (rows) and overlap (columns)."""
    hits = np.zeros((len(THRESHOLDS), len(OVERLAPS)), int)
    alarms = np.zeros_like(hits)
    for i, threshold in enumerate(THRESHOLDS):
        for j, overlap in enumerate(OVERLAPS):
            for scores, truth in zip(maps, truths):
                matched = ops.match_boxes(found_boxes(scores, threshold, overlap), truth)
                hits[i, j] += (matched >= 0).sum()
                alarms[i, j] += (matched < 0).sum()
    return {"hits": hits.tolist(), "false_alarms": alarms.tolist()}


def many_objects(number: int, seed: int, noise: float = 0.05) -> data.Scenes:
    return data.scenes(
        number,
        96,
        seed,
        classes=CLASSES,
        objects=(6, 9),
        radius=(0.103, 0.113),
        spacing=0.8,
        noise=noise,
    )


def star_story() -> tuple[dict, dict]:
    """Train the detector and count on 60 scenes; what the explorer draws, and the figures."""
    learning = data.scenes(
        600, 64, seed=0, classes=CLASSES, objects=(1, 4), radius=(0.155, 0.17), spacing=0.8
    )
    network, learn = detector(learning)
    tests = many_objects(60, seed=2)
    truths = [boxes[labels == STAR - 1] for boxes, labels in zip(tests.boxes, tests.labels)]
    maps = [star_scores(network, learn, image).round(3) for image in tests.images]
    found = {"scenes": len(tests), "stars": sum(map(len, truths)), **counts(maps, truths)}
    more = many_objects(300, seed=3)
    more_truths = [boxes[labels == STAR - 1] for boxes, labels in zip(more.boxes, more.labels)]
    more_maps = [star_scores(network, learn, image).round(3) for image in more.images]
    shown = telling_scene(more_maps, more_truths)
    # The same scene without its noise, as it is shown: noise does not pack.
    quiet = many_objects(shown + 1, seed=3, noise=0.0).images[shown]
    picture = Image.fromarray(quiet.transpose(1, 2, 0))
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=True, quality=100, method=6)
    story = {
        "window": WINDOW,
        "stride": STRIDE,
        "picture": base64.b64encode(file.getvalue()).decode("ascii"),
        "stars": more_truths[shown].tolist(),
        "scores": np.rint(1000 * more_maps[shown]).astype(int).tolist(),
    }
    figures = {
        **found,
        "thresholds": THRESHOLDS,
        "overlaps": OVERLAPS,
        "training_windows": len(learn),
        "shown": shown,
    }
    return story, figures


def telling_scene(maps: list[np.ndarray], truths: list[np.ndarray]) -> int:
    """The scene with most stars that can be solved, and missed in four ways.

    A lower threshold gives false alarms, a higher one loses a star; suppressing at any overlap loses a star,
    and hardly suppressing finds one twice. The first threshold and overlap are left out: they never solve it.
    """

    def outcome(n: int, i: int, j: int) -> tuple[bool, bool]:
        matched = ops.match_boxes(found_boxes(maps[n], THRESHOLDS[i], OVERLAPS[j]), truths[n])
        return (matched >= 0).sum() == len(truths[n]), bool((matched < 0).any())

    good, telling = (True, False), []
    for n, truth in enumerate(truths):
        grid = [[outcome(n, i, j) for j in range(len(OVERLAPS))] for i in range(len(THRESHOLDS))]
        rows = [i for i, row in enumerate(grid) if good in row]
        if not rows:
            continue
        row = grid[rows[0]]
        lost_below, twice_above = not row[0][0], row[4][1]
        alarms_below, lost_above = row[2][1] or grid[0][2][1], not grid[-1][2][0]
        if lost_below and twice_above and alarms_below and lost_above:
            telling.append((len(truth), -sum(cells.count(good) for cells in grid), -n))
    if not telling:
        raise RuntimeError("no scene can be missed in all four ways; draw more of them")
    return -max(telling)[2]


def block(inputs: int, outputs: int, stride: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs), nn.ReLU())


def grow(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.ReLU())


class Segmenter(nn.Module):
    """The network of the chapter; without `skip` the fine map does not reach the last layer."""

    def __init__(self, skip: bool):
        super().__init__()
        self.skip = skip
        self.fine = block(3, 16, 2)
        self.coarse = nn.Sequential(block(16, 32, 2), block(32, 64, 2), grow(64, 32), grow(32, 16))
        self.last = nn.ConvTranspose2d(32 if skip else 16, 4, 4, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        fine = self.fine(x)
        coarse = self.coarse(fine)
        return self.last(torch.cat([coarse, fine], 1) if self.skip else coarse)


def segmentation_scenes(number: int, seed: int) -> data.Scenes:
    return data.scenes(
        number,
        48,
        seed,
        classes=("circle", "cross", "star"),
        objects=(1, 4),
        radius=(0.15, 0.2),
        paper="dark",
    )


def segment(skip: bool, seed: int, epochs: int = 10) -> dict:
    """Pixel accuracy and IoU of each class on 200 new scenes after training on 600."""
    learn, test = segmentation_scenes(600, seed=0), segmentation_scenes(200, seed=1)
    x, y, z = (torch.from_numpy(array) for array in (learn.images, learn.masks, test.images))
    x, y, z = x.float() / 255 - 0.5, y.long(), z.float() / 255 - 0.5
    torch.manual_seed(seed)
    network = Segmenter(skip)
    optimizer = torch.optim.AdamW(network.parameters())
    steps = epochs * -(-len(x) // 32)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=steps)
    generator = torch.Generator().manual_seed(seed)
    began = time.process_time()
    for _ in range(epochs):
        network.train()
        for batch in torch.randperm(len(x), generator=generator).split(32):
            loss = F.cross_entropy(network(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    seconds = time.process_time() - began
    with torch.inference_mode():
        predicted = network.eval()(z).argmax(dim=1).numpy()
    iou = [
        ((predicted == k) & (test.masks == k)).sum() / ((predicted == k) | (test.masks == k)).sum()
        for k in range(4)
    ]
    print(f"skip {skip}, seed {seed}: {np.round(iou, 3)} in {seconds:.0f} s", flush=True)
    return {
        "seed": seed,
        "accuracy": float((predicted == test.masks).mean()),
        "iou": [round(float(value), 4) for value in iou],
        "processor_seconds": round(seconds, 1),
    }


def main() -> None:
    torch.set_num_threads(1)
    story, stars = star_story()
    names = {"skip": True, "no skip": False}
    runs = {name: [segment(skip, seed) for seed in range(3)] for name, skip in names.items()}
    mean_iou = {name: spread([float(np.mean(run["iou"][1:])) for run in some]) for name, some in runs.items()}
    figures = {"stars": stars, "segmentation": runs, "mean_iou_of_the_shapes": mean_iou}
    save("scenes", figures, chapter="applications", drawn=story)


if __name__ == "__main__":
    main()
