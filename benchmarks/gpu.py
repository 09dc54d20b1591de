"""Images per second of the trainer and of a DataLoader loop, on a GPU where there is one.

    python benchmarks/gpu.py [--images N] [--rounds 5] [--compile]

Two networks: article 5's on MNIST-sized images, and a ResNet-18 for 32×32 images on CIFAR-10-sized ones with
crop and flip. The contents do not matter for speed, so the pixels are random; nothing has to be there. Both
sides use the precision, memory order and optimiser that `fit` chooses, so the difference is the feeding:
whole data on the device and batched augmentation against DataLoader workers and torchvision transforms.
Without a GPU it runs on the CPU at small size, to show that it works.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import torch
from record import save, spread
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from cnncourse import models, train
from cnncourse.data.arrays import ImageData
from cnncourse.train.precision import autocast, choose_precision
from cnncourse.train.timing import interleave


def resnet18_for_32(num_classes: int = 10) -> nn.Module:
    """ResNet-18 with a 3×3 first layer and no first pooling, as usual for 32×32 images."""
    model = models.create("resnet18", num_classes)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


def random_images(n: int, channels: int, side: int) -> ImageData:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, channels, side, side), dtype=np.uint8)
    return ImageData(images, rng.integers(0, 10, n), tuple("0123456789"), name="random")


class Transformed(Dataset):
    """Images one by one through torchvision's transforms, as a Dataset is usually written."""

    def __init__(self, data: ImageData, transform: v2.Compose):
        self.images, self.labels, self.transform = torch.from_numpy(data.images), data.labels, transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.images[index]), int(self.labels[index])


def loader_epoch(model: nn.Module, loader: DataLoader, device: torch.device, precision: str) -> None:
    """One epoch of the usual loop with the trainer's own step."""
    model.to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, fused=device.type in ("cuda", "cpu"))
    for images, labels in loader:
        images = images.to(device, memory_format=torch.channels_last, non_blocking=True)
        labels = labels.to(device, non_blocking=True)
        with autocast(device, precision):
            loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def compare(make_model, data: ImageData, config: train.TrainConfig, workers: int, rounds: int) -> dict:
    """Images per second of both, in turns."""
    device = train.choose_device(config.device)
    precision = choose_precision(config.precision, device)
    side, padding = data.images.shape[2], config.augment.crop_padding
    steps = [v2.RandomCrop(side, padding=padding), v2.RandomHorizontalFlip()] if padding else []
    steps += [v2.ToDtype(torch.float32, scale=True), v2.Normalize(list(data.mean), list(data.std))]
    loader = DataLoader(
        Transformed(data, v2.Compose(steps)),
        batch_size=config.batch_size,
        shuffle=True,
        num_workers=workers,
        pin_memory=device.type == "cuda",
        persistent_workers=workers > 0,
    )
    seconds = interleave(
        {
            "fit": lambda: train.fit(make_model(), data, config=config),
            "loader": lambda: loader_epoch(make_model(), loader, device, precision),
        },
        rounds,
        device=device,
    )
    rates = {name: spread([len(data) / s for s in values]) for name, values in seconds.items()}
    speedup = spread([b / a for a, b in zip(seconds["fit"], seconds["loader"])])
    return {
        "precision": precision,
        "images_per_second": rates,
        "fit_over_loader": speedup,
        "workers": workers,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, help="images per epoch; default 50000 on a GPU, 512 on a CPU")
    parser.add_argument("--rounds", type=int, default=5, help="times each is measured; default 5")
    parser.add_argument("--workers", type=int, help="loader processes; default 8 on a GPU, 0 on a CPU")
    parser.add_argument("--compile", action="store_true", help="torch.compile the network of fit")
    args = parser.parse_args()
    on_gpu = train.choose_device("auto").type != "cpu"
    n = args.images or (50_000 if on_gpu else 512)
    workers = args.workers if args.workers is not None else (8 if on_gpu else 0)
    batch = 512 if on_gpu else 64
    common = {"epochs": 1, "batch_size": batch, "progress": False, "compile": args.compile}
    augmented = train.TrainConfig(augment=train.Augment(crop_padding=4, flip=0.5), **common)
    figures = {
        "images_per_epoch": n,
        "batch_size": batch,
        "compile": args.compile,
        "mnist_article5": compare(
            lambda: models.create("article5", 10, 1),
            random_images(n, 1, 28),
            train.TrainConfig(**common),
            workers,
            args.rounds,
        ),
        "cifar10_resnet18": compare(
            resnet18_for_32, random_images(n, 3, 32), augmented, workers, args.rounds
        ),
    }
    for name in ("mnist_article5", "cifar10_resnet18"):
        rates = figures[name]["images_per_second"]
        both = "  ".join(f"{side} {rates[side]['median']:,.0f} images/s" for side in rates)
        print(f"{name}: {both}  ratio {figures[name]['fit_over_loader']['median']:.2f}")
    save("gpu", figures, arguments=sys.argv[1:])


if __name__ == "__main__":
    main()
