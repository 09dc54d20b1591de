"""What the browser tests of live explorers share: the explorers, and how a page is asked and told."""

import numpy as np

from cnncourse.chapters.a_cnn_from_scratch.read_drawing import draw_digit
from cnncourse.chapters.convolution.lab import kernel_lab
from cnncourse.chapters.convolution.windows import convolution_windows

MAKERS = {"kernel_lab": kernel_lab, "convolution": convolution_windows, "draw_digit": draw_digit}


def shown(page, name):
    """State, result and verdict of an explorer, as everybody may read them."""
    look = "(e) => ({ state: e.explorer.state, result: e.explorer.result, solved: e.explorer.solved })"
    return page.locator(f'[data-live="{name}"]').evaluate(look)


def put(page, name, **partial):
    """Set entries of the state; return the message if they are refused."""
    call = "(e, partial) => e.explorer.set(partial).then(() => null, (error) => error.message)"
    return page.locator(f'[data-live="{name}"]').evaluate(call, partial)


def assert_same(got, wanted):
    wanted = np.asarray(wanted)
    assert np.shape(got) == wanted.shape
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5 * max(np.abs(wanted).max(), 1e-9))
