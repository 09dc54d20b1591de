"""Explorers with sliders, and quests: exercises that are answered with sliders."""

from cnncourse.widgets.convolution import EDGE_IMAGE, convolution_step
from cnncourse.widgets.explore import explore, quest
from cnncourse.widgets.kernels import KERNELS

__all__ = ["EDGE_IMAGE", "KERNELS", "convolution_step", "explore", "quest"]
