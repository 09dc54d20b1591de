"""Convolution: the kernel lab, and the convolution window by window."""

from cnncourse.chapters.convolution.lab import KernelLab, kernel_lab
from cnncourse.chapters.convolution.windows import ConvolutionWindows, convolution_windows

__all__ = ["ConvolutionWindows", "KernelLab", "convolution_windows", "kernel_lab"]
