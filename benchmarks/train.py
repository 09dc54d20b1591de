"""The trainer beside the loops people would otherwise write, and what each part of its step gains.

    python benchmarks/train.py [--images 6400] [--rounds 9]

Claims, for article 5's network on MNIST with batches of 128: `fit` takes at most 0.8 of the time of the
usual loop (torchvision's MNIST, ToTensor, DataLoader) and of Lightning's Trainer on the same loader, and at
most 3 % more than its own step over tensors that lie in memory ready and normalised. All run AdamW on the
same cores, start every round from the same weights and take turns. Each has a process of its own, since how
the C library deals with memory is a setting of the process. But two processes differ by some per cent
whatever they run: for the last claim `fit` and its step take turns in one, which keeps its memory.

- usual: DataLoader without workers, PyTorch's defaults, `loss.item()` in every step.
- lightning: the same loader in Lightning's Trainer, without its logger, bar and checkpoints; left out where
  `pytorch-lightning` is not installed. The course itself does not need it.
- fit, memory returned: `fit` where the C library does as it likes with memory that a step frees.
- bare: the step of `fit` (channels_last, fused AdamW, memory kept) and nothing around it.

Then what each part of the step gains over the same step with PyTorch's defaults (plain), alone and together,
for that network and for a ResNet-20 on pixels of 3×32×32: the memory order, foreach and fused optimisers; and
what the bare step would gain from gradients that are set to zero instead of dropped, from bfloat16 (on
processors with instructions for it) and from torch.compile (left out without a C++ compiler).

With OMP_NUM_THREADS=1 the time is processor time, which other programs do not disturb; else wall-clock time.
Needs MNIST (`cnncourse data get mnist`).
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import shutil
import statistics
import sys
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from importlib import metadata, util
from typing import NamedTuple

import torch
from record import save, spread
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset
from torchvision import transforms
from torchvision.datasets import MNIST

from cnncourse import data, models, train
from cnncourse.train import loop
from cnncourse.train.memory import kept_memory
from cnncourse.train.optim import make_scheduler
from cnncourse.train.precision import autocast
from cnncourse.train.timing import interleave

BATCH = 128
CPU = torch.device("cpu")
CHANNELS = {"article5": 1, "resnet20": 3}


class Step(NamedTuple):
    """How a step is taken; the defaults are PyTorch's."""

    channels_last: bool = False
    optimizer: str = ""  # "", "foreach" or "fused"
    zeroed: bool = False  # gradients are set to zero instead of dropped
    kept: bool = False  # memory that is freed stays with the process
    precision: str = "float32"
    compiled: bool = False


BARE = Step(channels_last=True, optimizer="fused", kept=True)
STEPS = {
    "plain": Step(),
    "channels_last": Step(channels_last=True),
    "foreach AdamW": Step(optimizer="foreach"),
    "fused AdamW": Step(optimizer="fused"),
    "bare": BARE,
    "bare, gradients zeroed": BARE._replace(zeroed=True),
    "bare, bfloat16": BARE._replace(precision="bfloat16"),
    "bare, compiled": BARE._replace(compiled=True),
}


def new_model(name: str = "article5") -> torch.nn.Module:
    torch.manual_seed(0)
    return models.create(name, 10, CHANNELS[name])


def ready_tensors(network: str, number: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Normalised images and labels: MNIST for article 5's network, noise for the other."""
    if network == "article5":
        mnist = data.load("mnist").take(range(number))
        images = (torch.from_numpy(mnist.images) / 255 - mnist.mean[0]) / mnist.std[0]
        return images, torch.from_numpy(mnist.labels)
    torch.manual_seed(1)
    return torch.randn(number, 3, 32, 32), torch.randint(0, 10, (number,))


def step_loop(network: str, step: Step, number: int) -> Callable[[], None]:
    """Return one epoch over ready tensors with nothing measured."""
    order = torch.channels_last if step.channels_last else torch.contiguous_format
    images, labels = ready_tensors(network, number)
    images = images.contiguous(memory_format=order)
    keeping = kept_memory(CPU) if step.kept else nullcontext()
    keeping.__enter__()  # as long as this process lives
    compiled = []

    def epoch() -> None:
        model = new_model(network).to(memory_format=order)
        chosen = {step.optimizer: True} if step.optimizer else {}
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, weight_decay=5e-4, **chosen)
        scheduler = make_scheduler(optimizer, train.TrainConfig(epochs=1), -(-number // BATCH))
        if step.compiled:
            compiled.append(compiled[0] if compiled else torch.compile(model))
        forward = compiled[0] if compiled else model
        context = autocast(CPU, step.precision)
        model.train()
        picks = torch.randperm(number).split(BATCH)
        for picked in picks:
            with context:
                loss = F.cross_entropy(forward(images[picked]), labels[picked])
            optimizer.zero_grad(set_to_none=not step.zeroed)
            loss.backward()
            optimizer.step()
            scheduler.step()

    return epoch


def fit_loop(number: int) -> Callable[[], None]:
    """Return one epoch of `fit`."""
    mnist = data.load("mnist").take(range(number))
    config = train.TrainConfig(epochs=1, batch_size=BATCH, progress=False)
    return lambda: train.fit(new_model(), mnist, config=config)


def fit_returning_memory(number: int) -> Callable[[], None]:
    """Return one epoch of `fit` without its hold on memory."""
    loop.kept_memory = lambda device: nullcontext()  # in this process, which does nothing else
    return fit_loop(number)


def torchvisions_mnist(number: int) -> torch.utils.data.Dataset:
    mnist = data.load("mnist").take(range(number))
    to_tensor = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mnist.mean, mnist.std)])
    return Subset(MNIST(data.data_root(), train=True, transform=to_tensor), range(number))


def usual_loop(number: int) -> Callable[[], None]:
    """Return one epoch as most tutorials write it."""
    dataset = torchvisions_mnist(number)

    def epoch() -> None:
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

    return epoch


def lightning_loop(number: int) -> Callable[[], None]:
    """Return one epoch in Lightning's Trainer."""
    import pytorch_lightning as lightning

    warnings.filterwarnings("ignore", module="pytorch_lightning")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    dataset = torchvisions_mnist(number)

    class Digits(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.model = new_model()

        def training_step(self, batch, _):
            images, labels = batch
            return F.cross_entropy(self.model(images), labels)

        def configure_optimizers(self):
            return torch.optim.AdamW(self.model.parameters(), lr=0.003)

    def epoch() -> None:
        trainer = lightning.Trainer(
            max_epochs=1,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(Digits(), DataLoader(dataset, batch_size=BATCH, shuffle=True))

    return epoch


WHOLE_LOOPS = {
    "usual": usual_loop,
    "lightning": lightning_loop,
    "fit": fit_loop,
    "fit, memory returned": fit_returning_memory,
}


def serve(name: str, network: str, number: int, connection) -> None:
    """Time one loop whenever asked, until told to stop."""
    epoch = WHOLE_LOOPS[name](number) if name in WHOLE_LOOPS else step_loop(network, STEPS[name], number)
    while connection.recv():
        connection.send(interleave({name: epoch}, 1, warmup=0)[name][0])


def in_turns(names: list[str], network: str, number: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of each loop, round after round, each in a process of its own; the first round warms up."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torchvision", "cnncourse.train", "torch._dynamo"])
    ours, processes = {}, []
    for name in names:
        ours[name], theirs = context.Pipe()
        processes.append(context.Process(target=serve, args=(name, network, number, theirs), daemon=True))
        processes[-1].start()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-1, rounds):
        for name in names[:: -1 if turn % 2 else 1]:
            ours[name].send(True)
            measured = ours[name].recv()
            if turn >= 0:
                seconds[name].append(measured)
    for name, process in zip(names, processes):
        ours[name].send(False)
        process.join()
    return seconds


def in_one_process(number: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of `fit` and of its bare step in turns, in this process; nothing may be measured after it."""
    epochs = {"fit": fit_returning_memory(number), "bare": step_loop("article5", BARE, number)}
    return interleave(epochs, rounds)


def ratios(seconds: dict[str, list[float]], name: str, other: str) -> dict:
    """Return the spread of one loop's time divided by another's in the same round."""
    return spread([a / b for a, b in zip(seconds[name], seconds[other])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=6400, help="images per epoch; default 6400")
    parser.add_argument("--rounds", type=int, default=9, help="times each is measured; default 9")
    args = parser.parse_args()

    steps = [name for name in STEPS if not STEPS[name].compiled or shutil.which("c++")]
    lightning = util.find_spec("pytorch_lightning") is not None
    loops = [name for name in WHOLE_LOOPS if name != "lightning" or lightning]
    seconds = in_turns([*loops, *steps], "article5", args.images, args.rounds)
    # A step of the ResNet takes ten times as long, so a tenth of the images is enough.
    of_resnet = in_turns(steps, "resnet20", args.images // 10, args.rounds)
    side_by_side = in_one_process(2 * args.images, args.rounds)
    figures = {
        "network": "article5",
        "batch_size": BATCH,
        "images_per_epoch": args.images,
        "threads": torch.get_num_threads(),
        "lightning": metadata.version("pytorch-lightning") if lightning else None,
        "seconds_per_epoch": {name: spread(seconds[name]) for name in [*loops, "bare", "plain"]},
        "ratios_within_a_round": {
            f"fit / {other}": ratios(seconds, "fit", other) for other in [*loops, "plain"] if other != "fit"
        },
        "fit over its bare step, in one process": ratios(side_by_side, "fit", "bare"),
        "time_of_a_step_over_the_plain_one": {
            network: {name: ratios(measured, name, "plain") for name in steps if name != "plain"}
            for network, measured in (("article5", seconds), ("resnet20", of_resnet))
        },
    }
    for name, values in seconds.items():
        print(f"{name:26} {statistics.median(values):7.3f} s  {min(values):.3f} to {max(values):.3f}")
    print("fit over its bare step", figures["fit over its bare step, in one process"])
    for group in (figures["ratios_within_a_round"], *figures["time_of_a_step_over_the_plain_one"].values()):
        for name, ratio in group.items():
            print(f"{name:26} {ratio['median']:.3f}  {ratio['low']:.3f} to {ratio['high']:.3f}")
    save("train", figures, arguments=sys.argv[1:])


if __name__ == "__main__":
    main()
