"""Transfer learning: a trained network's body on new images, as bottleneck features, frozen or fine-tuned.

The last linear or convolution layer of a network is its head; all before it is its body. Training is that of
``train.fit``: on the features, on a network whose body is frozen, or with a learning rate for each layer.

>>> from cnncourse import data, models, transfer
>>> net = transfer.freeze(transfer.replace_head(models.create("resnet20"), num_classes=6))
>>> sum(weight.numel() for weight in net.parameters() if weight.requires_grad)  # 64 · 6 + 6
390
"""

from cnncourse.transfer.bottleneck import FeatureData, features, prepare
from cnncourse.transfer.head import head_name, replace_head
from cnncourse.transfer.tuning import freeze, layer_rates, unfreeze

__all__ = [
    "FeatureData",
    "features",
    "freeze",
    "head_name",
    "layer_rates",
    "prepare",
    "replace_head",
    "unfreeze",
]
