"""Several processes that train one network together (DDP), started by ``torchrun``.

Each process holds the whole network and its part of every batch; gradients are averaged before each step,
so that N processes with batch B take the steps of one process with batch N·B.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from cnncourse.train.wrappers import device_of


@dataclass(frozen=True)
class Team:
    """This process among those that train together; alone it is rank 0 of 1."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0  # which process of this machine, and so which of its GPUs
    joined_here: bool = False  # whether ``join`` opened the process group, so that ``leaving`` closes it

    def total(self, numbers: torch.Tensor) -> torch.Tensor:
        """The sum over all processes of a tensor, in place."""
        if self.world > 1:
            dist.all_reduce(numbers)
        return numbers

    def agree(self, reason: str | None) -> str | None:
        """What rank 0 says, on every process."""
        if self.world == 1:
            return reason
        box = [reason]
        dist.broadcast_object_list(box, src=0)
        return box[0]


def place() -> tuple[int, int]:
    """Rank and number of processes as the environment says them; a rank without a team counts for nothing."""
    numbers = []
    for name, default in (("RANK", "0"), ("WORLD_SIZE", "1")):
        text = os.environ.get(name, default)
        if not text.isdecimal():
            raise ValueError(
                f"{name}={text} in the environment is no number: unset it, or start with torchrun"
            )
        numbers.append(int(text))
    rank, world = numbers
    return (rank, world) if world > 1 else (0, 1)


def join(device: torch.device) -> Team:
    """The team that ``torchrun`` describes in the environment; a process started without it is alone.

    Uses nccl between GPUs and gloo between CPUs.
    """
    rank, world = place()
    if world == 1:
        if os.environ.get("RANK", "0") != "0":
            said = f"RANK={os.environ['RANK']} in the environment counts for nothing without WORLD_SIZE"
            print(f"{said}: this process trains alone", file=sys.stderr)
        return Team()
    opened = not dist.is_initialized()
    if opened:
        try:
            dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        except (ValueError, RuntimeError) as error:
            raise RuntimeError(
                f"RANK={rank} and WORLD_SIZE={world} in the environment say that {world} processes "
                f"train together, and they do not meet ({str(error).splitlines()[0]}). Start them with "
                "torchrun, or unset both to train alone"
            ) from error
    return Team(dist.get_rank(), dist.get_world_size(), int(os.environ.get("LOCAL_RANK", "0")), opened)


@contextmanager
def leaving(team: Team) -> Iterator[None]:
    """Close the process group at the end, if ``join`` opened it; say what to do where a process was lost."""
    try:
        yield
    except RuntimeError as error:
        lost = isinstance(error, dist.DistError) or any(word in str(error) for word in _LOST)
        if team.world == 1 or not lost:
            raise
        raise RuntimeError(
            f"process {team.rank} of {team.world} lost another one ({str(error).splitlines()[0]}): see above "
            "what ended that one, then start all again with --resume"
        ) from error
    finally:
        if team.joined_here:
            dist.destroy_process_group()


# What torch says where the other end of a connection is gone.
_LOST = ("Connection closed by peer", "Connection reset by peer", "Broken pipe", "gloo", "ncclRemoteError")


def own_device(device: torch.device) -> torch.device:
    """The GPU of this process when several share a machine; other devices stay as they are."""
    if device.type == "cuda" and device.index is None and place()[1] > 1 and "LOCAL_RANK" in os.environ:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    return device


def same_buffers(model: nn.Module, team: Team) -> None:
    """Give every process rank 0's buffers (the running statistics of batch normalisation)."""
    if team.world > 1:
        for buffer in model.buffers():
            dist.broadcast(buffer, src=0)


def wrap(model: nn.Module, team: Team, batches) -> nn.Module:
    """The model, or its DistributedDataParallel form where there is a team.

    ``batches.share`` is the part of the current global batch that lies here. DDP by itself gives every
    process the same weight, which is wrong when a short last batch splits unevenly; the hook weighs gradients
    by these shares.
    """
    if team.world == 1:
        return model
    device_ids = [team.local_rank] if device_of(model).type == "cuda" else None
    parallel = DistributedDataParallel(model, device_ids=device_ids)

    # Without annotations: DDP compares them with types, and here they would be texts.
    def weighted_sum(state, bucket):
        share = 1 / team.world if batches.share is None else batches.share
        work = dist.all_reduce(bucket.buffer().mul_(share), async_op=True)
        return work.get_future().then(lambda future: future.value()[0])

    parallel.register_comm_hook(None, weighted_sum)
    return parallel
