"""What `numpy_forward` will meet in a network: its layers, their shapes and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from cnncourse.models.summary import LayerRow


def trace_shapes(module: torch.nn.Module, input_size: tuple[int, ...]) -> tuple[LayerRow, ...]:
    """Name, output shape, parameters and multiplications of each layer of a torch network.

    The rows are those of `models.summary`, which prints them as a table with totals. The network is not
    run: the shapes alone travel through it.

    Parameters
    ----------
    module : torch.nn.Module
        A network that takes one tensor of images.
    input_size : tuple of int
        (channels, height, width) of one image, pixels.

    Returns
    -------
    tuple of LayerRow
        In the order of execution; each has ``name``, ``kind``, ``output_shape``, ``parameters``, ``macs``
        (multiply-accumulate operations for one image) and ``receptive_field``.

    Raises
    ------
    TypeError
        If `module` is no torch network.
    ValueError
        If ``input_size`` is not three whole numbers of at least 1, or the network refuses such an image.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, for the output shapes.

    Examples
    --------
    >>> from torch import nn
    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 24 * 24, 10))
    >>> for row in trace_shapes(net, (1, 28, 28)):
    ...     print(row.name, row.kind, row.output_shape, row.parameters, row.macs)
    0 Conv2d (6, 24, 24) 156 86400
    1 ReLU (6, 24, 24) 0 0
    2 Flatten (3456,) 0 0
    3 Linear (10,) 34570 34560
    """
    from cnncourse.models import summary

    return summary(module, input_size).rows
