"""The trainer beside the loops people would otherwise write: article 5's network on MNIST, batch 128.

    python benchmarks/train.py [--images 12800] [--rounds 7]

Claims: `fit` takes at most 0.8 of the time of the usual loop (torchvision's MNIST, ToTensor, DataLoader) and
of Lightning's Trainer on the same loader, and at most 3 % more than a bare loop over tensors that lie in
memory ready and normalised. All run AdamW in one process on the same cores, take turns, and start every round
from the same weights.

- usual: DataLoader without workers, PyTorch's defaults, `loss.item()` in every step.
- lightning: the same loader in Lightning's Trainer, without its logger, bar and checkpoints; left out where
  `pytorch-lightning` is not installed. The course itself does not need it.
- bare: the step of `fit` (channels_last, fused AdamW) and nothing around it.
- bare_default: the same with PyTorch's defaults, to show what channels_last and the fused optimiser give.

With OMP_NUM_THREADS=1 the time is processor time, which other programs do not disturb; else wall-clock time.
Needs MNIST (`cnncourse data get mnist`).
"""

from __future__ import annotations

import argparse
import logging
import statistics
import sys
import warnings
from collections.abc import Callable
from importlib import metadata

import torch
from record import save, spread
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset
from torchvision import transforms
from torchvision.datasets import MNIST

from cnncourse import data, models, train
from cnncourse.train.optim import make_scheduler
from cnncourse.train.timing import interleave

BATCH = 128


def new_model(memory_format: torch.memory_format = torch.contiguous_format) -> torch.nn.Module:
    torch.manual_seed(0)
    return models.create("article5", 10, 1).to(memory_format=memory_format)


def usual_loop(dataset: torch.utils.data.Dataset) -> None:
    """One epoch as most tutorials write it."""
    model = new_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)
    model.train()
    running = 0.0
    for images, labels in DataLoader(dataset, batch_size=BATCH, shuffle=True):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        running += loss.item()


def lightning_loop() -> Callable[[torch.utils.data.Dataset], None] | None:
    """Return one epoch in Lightning's Trainer, or None where Lightning is not installed."""
    try:
        import pytorch_lightning as lightning
    except ImportError:
        return None
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)

    class Digits(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.model = new_model()

        def training_step(self, batch, _):
            images, labels = batch
            return F.cross_entropy(self.model(images), labels)

        def configure_optimizers(self):
            return torch.optim.AdamW(self.model.parameters(), lr=0.003)

    def loop(dataset: torch.utils.data.Dataset) -> None:
        trainer = lightning.Trainer(
            max_epochs=1,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(Digits(), DataLoader(dataset, batch_size=BATCH, shuffle=True))

    return loop


def bare_loop(
    images: torch.Tensor, labels: torch.Tensor, memory_format: torch.memory_format, fused: bool
) -> None:
    """One epoch over tensors that are ready, with nothing measured."""
    model = new_model(memory_format)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, weight_decay=5e-4, fused=fused)
    scheduler = make_scheduler(optimizer, train.TrainConfig(epochs=1), -(-len(images) // BATCH))
    model.train()
    order = torch.randperm(len(images))
    for start in range(0, len(images), BATCH):
        picked = order[start : start + BATCH]
        loss = F.cross_entropy(model(images[picked]), labels[picked])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=12_800, help="images per epoch; default 12800")
    parser.add_argument("--rounds", type=int, default=7, help="times each is measured; default 7")
    args = parser.parse_args()

    mnist = data.load("mnist").take(range(args.images))
    mean, std = mnist.mean[0], mnist.std[0]
    to_tensor = transforms.Compose([transforms.ToTensor(), transforms.Normalize((mean,), (std,))])
    dataset = Subset(MNIST(data.data_root(), train=True, transform=to_tensor), range(args.images))
    images = (torch.from_numpy(mnist.images) / 255 - mean) / std
    labels = torch.from_numpy(mnist.labels)
    in_order = {
        fmt: images.contiguous(memory_format=fmt) for fmt in (torch.contiguous_format, torch.channels_last)
    }
    config = train.TrainConfig(epochs=1, batch_size=BATCH, progress=False)

    loops = {"usual": lambda: usual_loop(dataset)}
    if in_lightning := lightning_loop():
        loops["lightning"] = lambda: in_lightning(dataset)
    seconds = interleave(
        loops
        | {
            "fit": lambda: train.fit(new_model(), mnist, config=config),
            "bare": lambda: bare_loop(in_order[torch.channels_last], labels, torch.channels_last, fused=True),
            "bare_default": lambda: bare_loop(
                in_order[torch.contiguous_format], labels, torch.contiguous_format, fused=False
            ),
        },
        args.rounds,
    )
    ratios = {
        f"fit / {other}": spread([a / b for a, b in zip(seconds["fit"], seconds[other])])
        for other in seconds
        if other != "fit"
    }
    for name, values in seconds.items():
        print(f"{name:13} {statistics.median(values):7.3f} s  {min(values):.3f} to {max(values):.3f}")
    for name, ratio in ratios.items():
        print(f"{name:20} {ratio['median']:.3f}  {ratio['low']:.3f} to {ratio['high']:.3f}")
    figures = {
        "network": "article5",
        "batch_size": BATCH,
        "images_per_epoch": args.images,
        "threads": torch.get_num_threads(),
        "lightning": metadata.version("pytorch-lightning") if in_lightning else None,
        "seconds_per_epoch": {name: spread(values) for name, values in seconds.items()},
        "ratios_within_a_round": ratios,
    }
    save("train", figures, arguments=sys.argv[1:])


if __name__ == "__main__":
    main()
