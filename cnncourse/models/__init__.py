"""Networks by name, one file per family and one row of the registry per network.

>>> from cnncourse import models
>>> model = models.create("lenet5", num_classes=10, in_channels=1)
>>> sum(p.numel() for p in model.parameters()) == models.about("lenet5").parameters == 61_706
True
"""

from cnncourse.models.layers import LayerRow, Summary, summary
from cnncourse.models.pretrained import provenance
from cnncourse.models.registry import about, create, image_shape, names
from cnncourse.models.zoo import Network

__all__ = [
    "LayerRow",
    "Network",
    "Summary",
    "about",
    "create",
    "image_shape",
    "names",
    "provenance",
    "summary",
]
