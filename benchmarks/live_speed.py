"""How long the page takes from a change of an explorer's state to its picture, and how heavy its scripts are.

    python benchmarks/live_speed.py

Claim: 16 ms in the median, computing and drawing together; 60 ms for LeNet with the processor slowed four
times. Milliseconds of Chromium's clock for 60 changes each, after ten that are not counted. Needs Chromium.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from record import save, spread

from cnncourse.chapters.a_cnn_from_scratch.read_drawing import draw_digit
from cnncourse.chapters.convolution.lab import kernel_lab
from cnncourse.chapters.convolution.windows import convolution_windows
from cnncourse.course import modules

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from cnnsite.live import preview
from repository import chromium_path

EXPLORERS = {"kernel_lab": kernel_lab, "convolution": convolution_windows, "draw_digit": draw_digit}
# Changes one number of the state and waits for the picture; the time is that of computing and drawing.
_MEASURE = """async ([key, count]) => {
  const { explorer } = document.querySelector("[data-live]");
  const update = explorer.update;
  const times = [];
  explorer.update = (changed) => {
    const begun = performance.now();
    update(changed);
    times.push(performance.now() - begun);
  };
  for (let i = 0; i < count; i += 1) {
    const value = explorer.state[key];
    value[0][0] = (i % 10) / 10;
    await explorer.set({ [key]: value });
  }
  return times;
}"""


def measure(browser: object, name: str, slowed: int) -> dict:
    """Return the milliseconds of a change of one number."""
    with tempfile.TemporaryDirectory() as folder:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(preview([EXPLORERS[name]().html()], Path(folder)).as_uri())
        page.wait_for_selector(".cnl-mounted")
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        times = page.evaluate(_MEASURE, ["image" if name == "draw_digit" else "kernel", 70])
        page.close()
    return spread(times[10:])


def kilobytes(name: str) -> float:
    """Return the size of an explorer's scripts and the host's, compressed."""
    texts = [text for _, text in modules.scripts(EXPLORERS[name]().module)]
    return sum(len(gzip.compress(text.encode())) for text in [*texts, modules.host()]) / 1000


def main() -> None:
    figures = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        for name in EXPLORERS:
            figures[name] = {
                "picture_ms": measure(browser, name, 1),
                "picture_ms_slowed_4_times": measure(browser, name, 4),
                "scripts_kb_gzipped": round(kilobytes(name), 1),
            }
            print(name, figures[name])
        browser.close()
    save("live_speed", {"explorers": figures})


if __name__ == "__main__":
    main()
