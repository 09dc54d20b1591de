"""Looking inside a trained network: its filters and maps, what its answer rests on, and how to break it.

Images go in as the network expects them: float, normalised, of shape (N, C, H, W). NumPy arrays come out.
The network is left as it was: its mode, weights, gradients, hooks and device do not change.

>>> import torch
>>> from cnncourse import explain, models
>>> net, images = models.create("lenet5", in_channels=1), torch.rand(2, 1, 28, 28)
>>> explain.saliency(net, images).shape, explain.grad_cam(net, images).shape
((2, 28, 28), (2, 28, 28))
"""

from cnncourse.explain.covering import occlusion
from cnncourse.explain.gradients import grad_cam, gradient_times_input, nudge, saliency
from cnncourse.explain.maps import feature_maps, filters, for_display
from cnncourse.explain.sanity import randomised, rank_correlation

__all__ = [
    "feature_maps",
    "filters",
    "for_display",
    "grad_cam",
    "gradient_times_input",
    "nudge",
    "occlusion",
    "randomised",
    "rank_correlation",
    "saliency",
]
