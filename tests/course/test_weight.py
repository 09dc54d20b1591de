"""Every named explorer and quest as a page: it is drawn, says something else in each frame, and is light."""

import base64
import inspect

import pytest

from cnncourse import widgets
from cnncourse.chapters.cats_and_dogs.cats_dogs import CONDITIONS
from cnncourse.course.frames import make_explorer
from cnncourse.course.static_form import StaticForm

EXPLORERS = {
    "convolution_step": {"kernel": ["Sobel x", "Sobel y"], "position": range(16)},
    "kernel_gallery": {"kernel": list(widgets.KERNELS)},
    "padding_stride_dilation": {"padding": [0, 1, 2], "stride": [1, 2, 3], "dilation": [1, 2]},
    "padding_modes": {"mode": ["zeros", "reflect", "replicate", "circular"], "kernel_size": [3, 9, 15]},
    "gradient_descent": {"learning_rate": [0.02, 0.1, 0.15, 0.19, 0.21], "steps": [0, 1, 3, 10, 30]},
    "training_epochs": {"epoch": range(13)},
    "lenet_layers": {"layer": widgets.LAYERS},
    "shifted_digit": {"dx": range(-8, 9)},
    "gradient_by_depth": {"function": ["sigmoid", "tanh", "ReLU", "GELU"], "depth": [2, 5, 10, 20]},
    "loss_by_logit": {"target": [1, 0], "logit": [-8, -4, 0, 4]},
    "softmax_temperature": {"temperature": [0.1, 0.2, 0.5, 1, 2, 5, 20, 100], "added": [0, 5]},
    "pixel_gradient": {"position": range(25)},
    "neuron": {"weight_1": [-1, 0, 1, 2], "weight_2": [-1, 0, 2], "bias": [-2, 0, 1]},
    "activation_function": {"function": list(widgets.ACTIVATIONS), "z": [-2, -0.5, 0.5, 2]},
    "channel_sum": {"filter": list(widgets.FILTERS), "photo": ["flower", "pagoda"]},
    "pooling_shift": {"dx": [0, 1, 2, 3], "window": [1, 2, 3, 4, 6, 12]},
    "pooling_step": {"kind": ["max", "average", "sum"], "position": range(9)},
    "receptive_field_depth": {"depth": [1, 2, 3, 4, 5], "kernel_size": [3, 5], "stride": [1, 2]},
    "transposed_step": {"stride": [1, 2, 3], "position": range(4)},
    "cats_dogs_curves": {"condition": list(CONDITIONS)},
    "star_threshold": {"threshold": [0.02, 0.3, 0.5, 0.9, 0.98, 0.99, 0.999]},
    "architecture": {
        "model": list(widgets.ARCHITECTURES),
        "show": ["shape", "parameters", "MACs", "sees"],
    },
    "degradation": {"depth": [8, 20, 32, 44], "show": ["training loss", "gradient"]},
    "overfitting_by_size": {
        "size": [20, 50, 100, 300, 1000, 3000, 10000],
        "remedy": ["nothing", "dropout", "weight decay"],
    },
    "dropout_layer": {"rate": [0, 0.25, 0.5, 0.75, 0.9], "draws": [1, 10, 100, 1000]},
    "warped_photo": {
        "angle": [0, 15, 45],
        "scale": [0.7, 1, 1.4],
        "shear": [0, 20],
        "flip": [False, True],
    },
    "relit_photo": {"brightness": [0.5, 1, 1.5], "contrast": [0.5, 1, 1.5], "saturation": [0, 1, 2]},
    "blended_photos": {"kind": ["mixup", "cutmix", "cutout"], "share": [0.9, 0.8, 0.7, 0.5, 0.3, 0.1]},
    "grad_cam_layers": {
        "asked": list(widgets.stored_looks().questions),
        "layer": list(widgets.stored_looks().depth),
    },
    "labelled_examples": {
        "data": ["cats and dogs", "digits"],
        "labels": widgets.transfer_runs("digits").labels,
    },
    "dense_or_convolution": {"side": [8, 16, 28, 32, 64, 128, 224, 512, 1024], "channels": [1, 3]},
}
QUESTS = [
    "cheap_inception",
    "find_enough_labels",
    "find_gradient_bug",
    "find_kernel",
    "find_learning_rate",
    "find_mix",
    "find_pooling",
    "find_stack",
    "find_stop",
    "find_temperature",
    "find_the_stars",
    "find_transform",
    "fit_the_budget",
    "hide_the_evidence",
    "keep_gradient_alive",
    "make_and",
    "open_for_dogs",
    "reach_14",
    "shape_lenet",
]
# The drawing board and the data that go with it, not explorers themselves.
OTHERS = {"explore", "quest", "ACTIVATIONS", "FILTERS", "KERNELS", "EDGE_IMAGE", "LAYERS"}
OTHERS |= {"ARCHITECTURES", "lenet_stages", "live", "shift_study", "stored_looks", "transfer_runs"}
OTHERS |= {"cats_dogs_runs"}


def test_no_named_explorer_or_quest_is_left_out_here():
    assert set(widgets.__all__) == set(EXPLORERS) | set(QUESTS) | OTHERS


@pytest.mark.parametrize("name", list(EXPLORERS))
def test_an_explorer_is_light_and_says_something_else_in_each_frame(name):
    _check(make_explorer(getattr(widgets, name), EXPLORERS[name]))


@pytest.mark.parametrize("name", QUESTS)
def test_a_quest_is_light_and_says_something_else_in_each_frame(name, shown):
    getattr(widgets, name)()
    _check(shown[0])


def _check(explorer):
    form = StaticForm(explorer)
    assert inspect.getdoc(explorer.draw)
    assert explorer.title[0].isupper()
    alts = [frame.alt for frame in form.frames]
    assert len(set(alts)) == len(alts)
    assert all(any(character.isdigit() for character in alt) for alt in alts)
    # Narrow enough for a phone, where the picture shrinks: its letters must not.
    assert form.frames[0].width <= 480
    sizes = [len(base64.b64encode(frame.picture)) for frame in form.frames]
    assert max(sizes) < 45_000
    assert len(form.html) < 1_000_000
