"""The model zoo: one file per family, each network a function ``(num_classes, in_channels) -> nn.Module``.

>>> from cnncourse import models
>>> model = models.create("lenet5", num_classes=10, in_channels=1)
>>> sum(p.numel() for p in model.parameters())
61706
"""

from cnncourse.models.pretrained import provenance
from cnncourse.models.registry import create, image_shape, names
from cnncourse.models.summary import LayerRow, Summary, summary

__all__ = ["LayerRow", "Summary", "create", "image_shape", "names", "provenance", "summary"]
