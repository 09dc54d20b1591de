"""Convolution: the kernel lab, and the convolution window by window."""

from cnncourse.chapters.convolution.lab import KernelLab, kernel_lab

__all__ = ["KernelLab", "kernel_lab"]
