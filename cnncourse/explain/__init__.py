"""Looking inside a trained network: its filters and maps, what its answer rests on, and how to break it.

Images go in as the network expects them: float, normalised, of shape (N, C, H, W). NumPy arrays come out.
The network is left as it was: its mode, weights, gradients, hooks and device do not change.

>>> import torch
>>> from cnncourse import explain, models
>>> torch.manual_seed(0)  # doctest: +ELLIPSIS
<torch...
>>> net = models.create("lenet5", in_channels=1)
>>> images = torch.rand(2, 1, 28, 28)
>>> {name: maps.shape for name, maps in explain.feature_maps(net, images).items()}
{'0': (2, 6, 28, 28), '3': (2, 16, 10, 10)}
>>> explain.saliency(net, images).shape, explain.grad_cam(net, images).shape
((2, 28, 28), (2, 28, 28))
"""

from cnncourse.explain.attack import nudge
from cnncourse.explain.gradients import grad_cam, gradient_times_input, saliency
from cnncourse.explain.maps import feature_maps, filters, for_display
from cnncourse.explain.occlusion import occlusion
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
