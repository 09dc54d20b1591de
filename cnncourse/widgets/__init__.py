"""Explorers with sliders, and quests: exercises that are answered with sliders.

Each named explorer is a draw function; ``explore(convolution_step, position=range(16))`` shows it. Each
named quest is shown by calling it.
"""

from cnncourse.widgets.architectures import ARCHITECTURES, architecture
from cnncourse.widgets.augmentation import relit_photo, warped_photo
from cnncourse.widgets.blending import blended_photos
from cnncourse.widgets.borders import padding_modes
from cnncourse.widgets.cats_dogs import cats_dogs_curves, cats_dogs_runs, open_for_dogs
from cnncourse.widgets.channels import FILTERS, channel_sum
from cnncourse.widgets.cheap_inception import cheap_inception
from cnncourse.widgets.convolution import EDGE_IMAGE, convolution_step
from cnncourse.widgets.deep_gradients import gradient_by_depth, keep_gradient_alive
from cnncourse.widgets.degradation import degradation
from cnncourse.widgets.descent import find_learning_rate, gradient_descent
from cnncourse.widgets.dropout import dropout_layer
from cnncourse.widgets.explore import explore, quest
from cnncourse.widgets.fields import dense_or_convolution, receptive_field_depth
from cnncourse.widgets.find_gradient_bug import find_gradient_bug
from cnncourse.widgets.find_kernel import find_kernel
from cnncourse.widgets.find_mix import find_mix
from cnncourse.widgets.find_pooling import find_pooling
from cnncourse.widgets.find_stack import find_stack
from cnncourse.widgets.find_stop import find_stop
from cnncourse.widgets.find_transform import find_transform
from cnncourse.widgets.fit_the_budget import fit_the_budget
from cnncourse.widgets.gallery import kernel_gallery
from cnncourse.widgets.geometry import padding_stride_dilation, reach_14
from cnncourse.widgets.grad_cam_layers import grad_cam_layers, stored_looks
from cnncourse.widgets.hide_the_evidence import hide_the_evidence
from cnncourse.widgets.kernels import KERNELS
from cnncourse.widgets.labelled_examples import find_enough_labels, labelled_examples, transfer_runs
from cnncourse.widgets.lenet_layers import LAYERS, lenet_layers, lenet_stages
from cnncourse.widgets.live import live
from cnncourse.widgets.losses import loss_by_logit
from cnncourse.widgets.make_and import make_and
from cnncourse.widgets.neurons import ACTIVATIONS, activation_function, neuron
from cnncourse.widgets.overfitting import overfitting_by_size
from cnncourse.widgets.pixel_gradient import pixel_gradient
from cnncourse.widgets.pooling import pooling_step
from cnncourse.widgets.shape_lenet import shape_lenet
from cnncourse.widgets.shifted_digit import shift_study, shifted_digit
from cnncourse.widgets.shifts import pooling_shift
from cnncourse.widgets.star_hunt import find_the_stars, star_threshold
from cnncourse.widgets.temperature import find_temperature, softmax_temperature
from cnncourse.widgets.training import training_epochs
from cnncourse.widgets.transposed import transposed_step

__all__ = [
    "ACTIVATIONS",
    "ARCHITECTURES",
    "EDGE_IMAGE",
    "FILTERS",
    "KERNELS",
    "LAYERS",
    "activation_function",
    "architecture",
    "blended_photos",
    "cats_dogs_curves",
    "cats_dogs_runs",
    "channel_sum",
    "cheap_inception",
    "convolution_step",
    "degradation",
    "dense_or_convolution",
    "dropout_layer",
    "explore",
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
    "grad_cam_layers",
    "gradient_by_depth",
    "gradient_descent",
    "hide_the_evidence",
    "keep_gradient_alive",
    "kernel_gallery",
    "labelled_examples",
    "lenet_layers",
    "lenet_stages",
    "live",
    "loss_by_logit",
    "make_and",
    "neuron",
    "open_for_dogs",
    "overfitting_by_size",
    "padding_modes",
    "padding_stride_dilation",
    "pixel_gradient",
    "pooling_shift",
    "pooling_step",
    "quest",
    "reach_14",
    "receptive_field_depth",
    "relit_photo",
    "shape_lenet",
    "shift_study",
    "shifted_digit",
    "softmax_temperature",
    "star_threshold",
    "stored_looks",
    "training_epochs",
    "transfer_runs",
    "transposed_step",
    "warped_photo",
]
