"""NumPy operators that speak ``torch.nn.functional``: same names, arguments, defaults and meaning."""

from cnncourse.ops.conv import conv2d, conv2d_backward

__all__ = ["conv2d", "conv2d_backward"]
