"""Batches on the device: every image once, normalised, in the order of the seed; and streams."""

import itertools

import numpy as np
import pytest
import torch
from small_training import make_data
from torch.utils.data import DataLoader, TensorDataset
from torchvision.transforms import v2

from cnncourse.data.torch_batches import DeviceBatches, StreamBatches, batch_bounds
from cnncourse.train import Augment

CPU = torch.device("cpu")


def labels_of(batches, epoch=1):
    return [labels.tolist() for _, labels in batches.epoch(epoch)]


def flat(lists):
    return list(itertools.chain.from_iterable(lists))


def numbered(n, **changes):
    """Data whose labels are 0 … n-1, to follow each image."""
    data = make_data(n, classes=2, **changes)
    return type(data)(data.images, np.arange(n), tuple(map(str, range(n))))


@pytest.mark.parametrize("n, size", [(60, 16), (64, 16), (65, 16), (7, 16), (1, 1)])
def test_every_image_once_per_epoch(n, size):
    batches = DeviceBatches(numbered(n), size, CPU, shuffle=True)
    seen = labels_of(batches)
    assert sorted(flat(seen)) == list(range(n))
    assert len(seen) == len(batches)


def test_a_single_last_image_joins_the_batch_before():
    assert [len(labels) for labels in labels_of(DeviceBatches(numbered(65), 32, CPU))] == [32, 33]


def test_order_depends_on_seed_and_epoch_alone():
    batches = DeviceBatches(numbered(50), 8, CPU, shuffle=True, seed=3)
    first, second = labels_of(batches, 1), labels_of(batches, 2)
    assert first != second
    assert labels_of(DeviceBatches(numbered(50), 8, CPU, shuffle=True, seed=3), 2) == second
    assert labels_of(DeviceBatches(numbered(50), 8, CPU, shuffle=True, seed=4), 2) != second
    assert flat(labels_of(DeviceBatches(numbered(50), 8, CPU))) == list(range(50))


@pytest.mark.parametrize("channels_last", [False, True])
def test_normalises_as_torchvision(channels_last):
    data = make_data(20, channels=3)
    images, _ = next(DeviceBatches(data, 20, CPU, channels_last=channels_last).epoch(1))
    expected = v2.functional.normalize(torch.from_numpy(data.images) / 255, list(data.mean), list(data.std))
    torch.testing.assert_close(images, expected)
    assert images.is_contiguous(
        memory_format=torch.channels_last if channels_last else torch.contiguous_format
    )


def test_given_mean_and_std_count():
    data = make_data(4)
    images, _ = next(DeviceBatches(data, 4, CPU, mean=(0.5,), std=(0.25,)).epoch(1))
    torch.testing.assert_close(images, (torch.from_numpy(data.images) / 255 - 0.5) / 0.25)


@pytest.mark.parametrize("n, world", [(64, 2), (61, 2), (70, 3), (33, 2)])
def test_processes_share_every_batch(n, world):
    parts = [DeviceBatches(numbered(n), 8, CPU, shuffle=True, rank=r, world=world) for r in range(world)]
    alone = DeviceBatches(numbered(n), 8 * world, CPU, shuffle=True)
    per_rank = [labels_of(part) for part in parts]
    together = [flat(step) for step in zip(*per_rank)]
    assert sorted(flat(together)) == list(range(n))
    assert flat(together) == flat(labels_of(alone))
    assert together[0] == labels_of(alone)[0]
    assert all(len(set(map(len, ranks))) >= 1 and min(map(len, ranks)) >= 2 for ranks in zip(*per_rank))


def test_shares_of_the_processes_sum_to_one():
    parts = [DeviceBatches(numbered(61), 8, CPU, rank=r, world=2) for r in range(2)]
    shares = []
    for part in parts:
        own = []
        for _ in part.epoch(1):
            own.append(part.share)
        shares.append(own)
    np.testing.assert_allclose(np.sum(shares, axis=0), 1)
    assert shares[0][-1] != 0.5  # 13 images: 6 and 7


def test_augmentation_follows_the_image_on_any_number_of_processes():
    augment = Augment(crop_padding=2, flip=0.5, rotate=20, brightness=0.3)
    data = numbered(32)

    def pictures(batches):
        return {int(k): image for images, labels in batches.epoch(2) for k, image in zip(labels, images)}

    alone = pictures(DeviceBatches(data, 16, CPU, shuffle=True, augment=augment))
    for rank in range(2):
        part = pictures(DeviceBatches(data, 8, CPU, shuffle=True, augment=augment, rank=rank, world=2))
        for k, image in part.items():
            torch.testing.assert_close(image, alone[k])


def test_mixed_labels_are_shares_of_the_classes():
    batches = DeviceBatches(make_data(20), 10, CPU, augment=Augment(mixup=0.5))
    _, labels = next(batches.epoch(1))
    assert labels.shape == (10, 3)
    torch.testing.assert_close(labels.sum(1), torch.ones(10))


def test_refuses_fewer_images_than_processes():
    with pytest.raises(ValueError, match="data holds 1 images, fewer than the 2 processes"):
        DeviceBatches(make_data(1), 4, CPU, world=2)


def test_bounds_cover_everything():
    for n in range(1, 40):
        for size in (1, 3, 8):
            bounds = batch_bounds(n, size, smallest=2)
            assert [i for start, stop in bounds for i in range(start, stop)] == list(range(n))


def stream(images, **options):
    loader = DataLoader(TensorDataset(images, torch.arange(len(images))), batch_size=4)
    return StreamBatches(loader, CPU, num_classes=len(images), **options)


def test_stream_takes_float_images_as_they_are():
    images = torch.randn(10, 3, 5, 5)
    got = torch.cat([batch for batch, _ in stream(images, channels_last=True).epoch(1)])
    assert torch.equal(got, images)


def test_stream_scales_bytes():
    images = torch.randint(0, 256, (10, 1, 5, 5), dtype=torch.uint8)
    torch.testing.assert_close(torch.cat([b for b, _ in stream(images).epoch(1)]), images / 255)
    normalised = torch.cat([b for b, _ in stream(images, mean=(0.5,), std=(0.2,)).epoch(1)])
    torch.testing.assert_close(normalised, (images / 255 - 0.5) / 0.2)


def test_stream_augments_bytes_and_refuses_to_augment_floats():
    images = torch.randint(0, 256, (8, 1, 6, 6), dtype=torch.uint8)
    flipped = torch.cat([b for b, _ in stream(images, augment=Augment(flip=1.0)).epoch(1)])
    torch.testing.assert_close(flipped, (images / 255).flip(3))
    with pytest.raises(ValueError, match=r"loader gives torch.float32 images, and augment works on uint8"):
        next(stream(images / 255, augment=Augment(flip=1.0)).epoch(1))
