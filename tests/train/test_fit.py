"""fit against a loop written by hand, and everything that can end it early."""

import copy
import math
import signal

import numpy as np
import pytest
import torch
from small_training import make_data, make_net
from torch import nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from cnncourse import models, train
from cnncourse.data.torch_batches import DeviceBatches
from cnncourse.train import Augment, TrainConfig
from cnncourse.train.callbacks import WeightAverage
from cnncourse.train.loop import train_one_epoch

CPU = torch.device("cpu")


def quiet(**settings):
    """Settings for a test: two short epochs, nothing printed."""
    return TrainConfig(**{"epochs": 2, "batch_size": 16, "progress": False, **settings})


def weights_of(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def assert_same_bits(a, b):
    assert a.keys() == b.keys()
    for name in a:
        assert torch.equal(a[name], b[name]), name


def test_fit_is_the_loop_one_would_write(bands, net):
    by_hand = copy.deepcopy(net)
    train.fit(net, bands, config=quiet(optimizer="sgd", lr=0.1, momentum=0.9, schedule="constant", seed=5))

    optimizer = torch.optim.SGD(by_hand.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    by_hand.train()
    for epoch in (1, 2):
        for images, labels in DeviceBatches(bands, 16, CPU, shuffle=True, seed=5).epoch(epoch):
            optimizer.zero_grad()
            F.cross_entropy(by_hand(images), labels).backward()
            optimizer.step()
    for ours, theirs in zip(net.parameters(), by_hand.parameters()):
        torch.testing.assert_close(ours, theirs)


def test_learns_what_can_be_learned(bands, net):
    history = train.fit(net, bands, make_data(seed=1), quiet(epochs=8))
    assert [record.epoch for record in history.records] == list(range(1, 9))
    assert history.records[-1].valid_accuracy == 1.0
    assert history.records[-1].train_loss < history.records[0].train_loss / 2
    assert history.stopped is None
    assert (history.data, history.device, history.precision) == ("bands", "cpu", "float32")
    assert history.versions["torch"] == torch.__version__
    assert TrainConfig.from_dict(history.config) == quiet(epochs=8)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_train_figures_are_means_over_samples(bands, smoothing):
    """With a step of no length the epoch's mean is that over all data, short last batch included."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    config = quiet(epochs=1, batch_size=28, lr=1e-12, weight_decay=0, label_smoothing=smoothing)
    record = train.fit(model, bands, config=config).records[0]
    images, labels = next(DeviceBatches(bands, 60, CPU).epoch(1))
    logits = model(images)
    assert record.train_loss == pytest.approx(
        F.cross_entropy(logits, labels, label_smoothing=smoothing).item(), rel=1e-5
    )
    assert record.train_accuracy == pytest.approx((logits.argmax(1) == labels).float().mean().item())


def test_validation_is_normalised_as_the_training_data(bands, net):
    valid = make_data(seed=1)
    brighter = type(valid)(valid.images, valid.labels, valid.classes, mean=(0.9,), std=(0.01,))
    record = train.fit(net, bands, brighter, quiet()).records[-1]
    result = train.evaluate(net, valid)
    assert record.valid_loss == pytest.approx(result.loss, rel=1e-5)
    assert record.valid_accuracy == result.accuracy


def test_clip_norm_bounds_the_step(bands):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    before = torch.cat([p.detach().flatten() for p in model.parameters()])
    config = quiet(
        epochs=1, batch_size=60, optimizer="sgd", lr=1.0, momentum=0, weight_decay=0, clip_norm=0.01
    )
    train.fit(model, bands, config=TrainConfig(**{**config.to_dict(), "schedule": "constant"}))
    after = torch.cat([p.detach().flatten() for p in model.parameters()])
    assert (after - before).norm() == pytest.approx(0.01, rel=1e-3)


def test_records_the_learning_rate_of_the_last_step(bands, net):
    history = train.fit(net, bands, config=quiet(epochs=4, schedule="step", step_epochs=2, lr=0.1))
    np.testing.assert_allclose(history.column("lr"), [0.1, 0.1, 0.01, 0.01])


def test_same_seed_same_bits_and_the_users_generator_is_left_alone(bands):
    torch.manual_seed(99)
    state = torch.get_rng_state()
    nets = [make_net(dropout=0.5) for _ in range(3)]
    for net, seed in zip(nets, (1, 1, 2)):
        train.fit(net, bands, config=quiet(seed=seed, augment=Augment(flip=0.5, rotate=10)))
    assert torch.equal(torch.get_rng_state(), state)
    assert_same_bits(weights_of(nets[0]), weights_of(nets[1]))
    assert not torch.equal(nets[0][0].weight, nets[2][0].weight)


def test_bfloat16_stays_near_float32(bands):
    nets = {precision: make_net() for precision in ("float32", "bfloat16")}
    histories = {p: train.fit(net, bands, config=quiet(epochs=6, precision=p)) for p, net in nets.items()}
    losses = [history.records[-1].train_loss for history in histories.values()]
    assert losses[1] == pytest.approx(losses[0], rel=0.05)
    assert losses[0] != losses[1]  # it really was another precision
    assert histories["bfloat16"].precision == "bfloat16"
    assert all(p.dtype == torch.float32 for p in nets["bfloat16"].parameters())


def test_channels_last_computes_the_same(bands):
    nets = [make_net() for _ in range(2)]
    for net, flag in zip(nets, (True, False)):
        train.fit(net, bands, config=quiet(channels_last=flag, optimizer="sgd"))
    for a, b in zip(nets[0].parameters(), nets[1].parameters()):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


def test_mixed_images_train_and_count(bands, net):
    history = train.fit(net, bands, config=quiet(epochs=8, augment=Augment(mixup=0.4, cutmix=1.0)))
    assert history.records[-1].train_accuracy > 0.6


class ScalarReads(TorchDispatchMode):
    """Count the reads of a value back from the device, each of which would make a GPU wait."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += func.overloadpacket.__name__ in (
            "_local_scalar_dense",
            "nonzero",
            "masked_select",
            "equal",
        )
        return func(*args, **(kwargs or {}))


def test_nothing_waits_for_the_device_inside_an_epoch(bands, net):
    everything = Augment(2, 0.5, 15, 0.1, (0.9, 1.1), 5, 0.2, 0.2, 0.2, 3, 0.2, 0.2)
    batches = DeviceBatches(bands, 16, CPU, shuffle=True, augment=everything)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
    average = WeightAverage(net, 0.9)
    with ScalarReads() as reads:
        totals = train_one_epoch(
            net,
            batches.epoch(1),
            nn.CrossEntropyLoss(),
            optimizer,
            scheduler,
            context=torch.autocast("cpu", enabled=False),
            clip_norm=1.0,
            after_step=average.update,
        )
        assert reads.count == 0
        totals.as_tensor().tolist()
        totals.loss.item()
        assert reads.count > 0  # the counter does count


def test_average_of_the_weights_by_hand():
    model = nn.Linear(2, 1)
    average = WeightAverage(model, decay=0.5)
    expected = model.weight.detach().clone()
    for step in range(1, 5):
        with torch.no_grad():
            model.weight.add_(step)
        average.update()
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model.weight.detach()
    torch.testing.assert_close(average.model.weight, expected)


def test_ema_leaves_the_averaged_weights(bands):
    plain, averaged = make_net(), make_net()
    train.fit(plain, bands, config=quiet())
    history = train.fit(averaged, bands, make_data(seed=1), quiet(ema=0.9))
    assert not torch.equal(plain[0].weight, averaged[0].weight)
    assert train.evaluate(averaged, make_data(seed=1)).loss == pytest.approx(
        history.records[-1].valid_loss, rel=1e-5
    )


def test_early_stopping_returns_to_the_best_epoch(bands, net):
    wrong = make_data(seed=1)
    wrong = type(wrong)(
        wrong.images, (wrong.labels + 1) % 3, wrong.classes
    )  # learning makes it worse and worse
    history = train.fit(net, bands, wrong, quiet(epochs=30, early_stopping=3))
    losses = history.column("valid_loss")
    best = int(losses.argmin())
    assert len(losses) == best + 1 + 3
    assert (
        history.stopped == f"early stopping: no lower validation loss in the 3 epochs after epoch {best + 1}"
    )
    assert train.evaluate(net, wrong).loss == pytest.approx(losses[best], rel=1e-5)


def test_a_loss_that_is_not_finite_stops_with_a_reason(bands, net):
    history = train.fit(net, bands, config=quiet(epochs=5, optimizer="sgd", lr=1e30, schedule="constant"))
    assert "the loss is not finite" in history.stopped
    assert "lower lr (1e+30)" in history.stopped
    assert all(math.isfinite(record.train_loss) for record in history.records)
    assert len(history.records) < 5


class PressCtrlC(nn.Module):
    """Send this process a real SIGINT at a given forward pass."""

    def __init__(self, at):
        super().__init__()
        self.at, self.calls = at, 0

    def forward(self, x):
        self.calls += self.training
        if self.training and self.calls == self.at:
            signal.raise_signal(signal.SIGINT)
        return x


def test_ctrl_c_returns_the_history_so_far(bands, net):
    model = nn.Sequential(PressCtrlC(at=4 * 2 + 2), *net)  # 4 batches per epoch: in epoch 3
    history = train.fit(model, bands, config=quiet(epochs=9))
    assert len(history.records) == 2
    assert history.stopped == "interrupted by Ctrl-C in epoch 3"


class Greedy(nn.Module):
    """Ask for more memory than any computer has, when a batch is large."""

    def forward(self, x):
        if len(x) > 1:
            torch.empty(1 << 55, dtype=torch.uint8)
        return x


def test_out_of_memory_says_which_batch_size_to_try(bands, net):
    with pytest.raises(MemoryError, match=r"out of memory on cpu with batch_size=16: try batch_size=8"):
        train.fit(nn.Sequential(Greedy(), *net), bands, config=quiet())


def test_other_errors_of_the_network_stay_what_they_are(bands, net):
    class Faulty(nn.Module):
        def forward(self, x):
            if len(x) > 1:
                raise RuntimeError("a fault of my own")
            return x

    with pytest.raises(RuntimeError, match="a fault of my own"):
        train.fit(nn.Sequential(Faulty(), *net), bands, config=quiet())


def test_callbacks_see_every_epoch_and_may_stop(bands, net):
    seen = []

    def listen(record, model):
        seen.append((record.epoch, model))
        return "enough" if record.epoch == 2 else None

    history = train.fit(net, bands, config=quiet(epochs=5), callbacks=[listen])
    assert seen == [(1, net), (2, net)]
    assert (history.stopped, len(history.records)) == ("enough", 2)


def test_lr_scales_freeze_parts(bands, net):
    before = weights_of(net)
    train.fit(net, bands, config=quiet(lr_scales={"0.": 0, "1.": 0}))
    assert torch.equal(net[0].weight, before["0.weight"])
    assert not torch.equal(net[6].weight, before["6.weight"])


def as_floats(data):
    images = torch.from_numpy(data.images) / 255
    return TensorDataset((images - data.mean[0]) / data.std[0], torch.from_numpy(data.labels))


def test_a_loader_trains_as_by_hand(bands, net):
    by_hand = copy.deepcopy(net)
    config = quiet(optimizer="sgd", lr=0.1, schedule="constant")
    loader = DataLoader(as_floats(bands), batch_size=7)
    history = train.fit(net, loader, DataLoader(as_floats(bands), 9), config)
    optimizer = torch.optim.SGD(by_hand.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    by_hand.train()
    for _ in range(2):
        for images, labels in loader:
            optimizer.zero_grad()
            F.cross_entropy(by_hand(images), labels).backward()
            optimizer.step()
    for ours, theirs in zip(net.parameters(), by_hand.parameters()):
        torch.testing.assert_close(ours, theirs)
    assert history.records[-1].valid_accuracy == train.evaluate(net, as_floats(bands)).accuracy


@pytest.mark.parametrize("workers", [0, 2])
def test_a_dataset_is_shuffled_by_the_seed(bands, workers):
    nets = [make_net() for _ in range(3)]
    for net, seed in zip(nets, (1, 1, 2)):
        train.fit(net, as_floats(bands), config=quiet(seed=seed, workers=workers))
    assert_same_bits(weights_of(nets[0]), weights_of(nets[1]))
    assert not torch.equal(nets[0][0].weight, nets[2][0].weight)


class Endless(IterableDataset):
    """A stream that does not know its length."""

    def __iter__(self):
        yield from as_floats(make_data())


def test_a_stream_without_length_needs_a_constant_schedule(net):
    with pytest.raises(
        ValueError, match=r'schedule="one-cycle" needs the number of batches.*schedule="constant"'
    ):
        train.fit(net, Endless(), config=quiet())
    history = train.fit(net, Endless(), config=quiet(schedule="constant"))
    assert len(history.records) == 2


def test_says_what_does_not_fit(bands):
    with pytest.raises(
        ValueError, match=r"does not take images of 1×8×8.*created as .*lenet5.*in_channels=1"
    ):
        train.fit(models.create("lenet5", 3, 3), bands, config=quiet())
    with pytest.raises(ValueError, match=r"output of shape \(1, 5\).*the data have 3 classes.*num_classes=3"):
        train.fit(make_net(classes=5), bands, config=quiet())
    with pytest.raises(TypeError, match="train is a tuple; pass an ImageData"):
        train.fit(make_net(), (bands.images, bands.labels), config=quiet())
    with pytest.raises(ValueError, match="train holds no image"):
        train.fit(make_net(), bands.take([]), config=quiet())
    with pytest.raises(ValueError, match="valid holds no image"):
        train.fit(make_net(), bands, bands.take([]), config=quiet())
    with pytest.raises(ValueError, match=r"device='warp9' cannot be used here"):
        train.fit(make_net(), bands, config=quiet(device="warp9"))


def test_compiled_network_trains_the_same(bands, monkeypatch):
    """With torch's capture of the network; generating and building C++ would take a minute."""
    compiled = []

    def compile_eagerly(model):
        compiled.append(model)
        return torch_compile(model, backend="aot_eager")

    torch_compile = torch.compile
    monkeypatch.setattr(torch, "compile", compile_eagerly)
    nets = [make_net() for _ in range(2)]
    for net, flag in zip(nets, (False, True)):
        train.fit(net, bands, config=quiet(compile=flag, optimizer="sgd"))
    assert compiled == [nets[1]]
    for a, b in zip(nets[0].parameters(), nets[1].parameters()):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
