"""How long a move of a slider takes in the form with a kernel, and how heavy the frames of the page form are.

    python benchmarks/explorer_redraw.py

Claim: a move to a position not yet seen redraws within 100 ms. Each position is drawn once, after one that
warms the fonts; the milliseconds are processor time, so that other work on the machine does not count.
"""

from __future__ import annotations

import time

from record import save, spread

from cnncourse import widgets
from cnncourse.plots import encode
from cnncourse.widgets.frames import make_explorer

EXPLORERS = {
    "convolution_step": {"position": range(16)},
    "kernel_gallery": {"kernel": list(widgets.KERNELS)},
    "padding_stride_dilation": {"padding": [0, 1, 2], "stride": [1, 2, 3], "dilation": [1, 2]},
    "padding_modes": {"mode": ["zeros", "reflect", "replicate", "circular"], "kernel_size": [3, 9, 15]},
    "gradient_descent": {"learning_rate": [0.02, 0.1, 0.15, 0.19, 0.21], "steps": [0, 1, 3, 10, 30]},
    "training_epochs": {"epoch": range(13)},
}


def measure(name: str, choices: dict) -> dict:
    """Return the milliseconds of a redraw and the kilobytes of a frame of one explorer, over all "
    "positions."""
    explorer = make_explorer(getattr(widgets, name), choices)
    explorer.frame(explorer.start, encode.to_png)
    milliseconds, kilobytes = [], []
    for position in explorer.positions():
        begun = time.process_time()
        explorer.frame(position, encode.to_png)
        milliseconds.append(1000 * (time.process_time() - begun))
        kilobytes.append(len(explorer.frame(position).picture) / 1000)
    return {"redraw_ms": spread(milliseconds), "frame_kb": spread(kilobytes)}


def main() -> None:
    figures = {}
    for name, choices in EXPLORERS.items():
        figures[name] = measured = measure(name, choices)
        redraw, frame = measured["redraw_ms"], measured["frame_kb"]
        times = f"{redraw['median']:5.0f} ms (to {redraw['high']:.0f})"
        print(f"{name:24} redraw {times}  frame {frame['median']:5.1f} kB")
    save("explorer_redraw", {"explorers": figures})


if __name__ == "__main__":
    main()
