"""What live explorers compute in a page, against Python: results, verdicts, refusals, both forms."""

import json

import numpy as np
import pytest
from live_pages import MAKERS, assert_same, convolution_windows, draw_digit, kernel_lab, put, shown

from cnncourse.chapters.convolution.levels import LEVELS, is_solved
from cnncourse.course import modules

pytestmark = pytest.mark.site


def test_the_kernel_lab_computes_what_python_computes(open_page):
    lab = kernel_lab()
    page = open_page(lab)
    rng = np.random.default_rng(1)
    for number in range(24):
        sides = rng.integers(1, 6, 2) if number % 3 else (3, 3)
        change = {"kernel": np.round(rng.normal(size=sides), 3).tolist()}
        if number % 4 == 0:
            change["image"] = rng.integers(0, 256, rng.integers(7, 40, 2)).tolist()
        lab.set(**change)
        assert put(page, "kernel_lab", **change) is None
        now = shown(page, "kernel_lab")
        assert now["state"] == lab.state
        assert_same(now["result"]["output"], lab.result["output"])


def test_the_windows_compute_what_python_computes(open_page):
    page = open_page(convolution_windows())
    rng = np.random.default_rng(2)
    done = 0
    while done < 30:
        channels = [(), (2,), (3,)][rng.integers(3)]
        change = {
            "input": rng.integers(-9, 10, (*channels, *rng.integers(3, 10, 2))).tolist(),
            "kernel": np.round(rng.normal(size=(*channels, *rng.integers(1, 6, 2))), 2).tolist(),
            "stride": int(rng.integers(1, 4)),
            "padding": [0, 1, 2, "same", "valid"][rng.integers(5)],
            "dilation": int(rng.integers(1, 4)),
            "padding_mode": ["zeros", "reflect", "replicate", "circular"][rng.integers(4)],
        }
        windows = convolution_windows()
        try:
            windows.set(**change)
        except ValueError:
            assert put(page, "convolution", **change), f"the page takes what Python refuses: {change}"
            continue
        done += 1
        assert put(page, "convolution", **change) is None
        now = shown(page, "convolution")
        assert now["state"] == windows.state
        assert_same(now["result"]["output"], windows.result["output"])


def test_the_page_reads_digits_as_python_does(open_page):
    pad = draw_digit()
    page = open_page(pad)
    rng = np.random.default_rng(4)
    seven = pad.image
    for number in range(24):
        moved = np.roll(seven, rng.integers(-6, 7, 2), (0, 1)) * rng.uniform(0.2, 1)
        image = np.round(np.clip(moved + rng.uniform(0, 0.4) * rng.random((28, 28)), 0, 1), 3)
        pad.set(image=image if number else np.zeros((28, 28)))
        assert put(page, "draw_digit", **pad.state) is None
        got = shown(page, "draw_digit")["result"]
        assert got.keys() == {"probabilities"}
        assert_same(got["probabilities"], pad.result["probabilities"])


def test_page_and_python_judge_alike(open_page):
    page = open_page(kernel_lab(image=np.zeros((9, 9))))
    rng = np.random.default_rng(3)
    kernels = [np.array(level.kernel, dtype=float) for level in LEVELS]
    kernels += [
        kernel + rng.uniform(-near, near, kernel.shape) for kernel in kernels for near in (0.019, 0.03)
    ]
    kernels += [np.pad(kernel, 1) for kernel in kernels[:5]] + [-kernel for kernel in kernels[:6]]
    kernels += [rng.integers(-2, 3, (3, 3)).astype(float) for _ in range(20)] + [
        np.ones((2, 2)),
        np.ones((7, 7)),
    ]
    judge = """async (e, kernels) => {
      const verdicts = [];
      for (const kernel of kernels) {
        verdicts.push([]);
        for (let level = 1; level <= 6; level += 1) {
          await e.explorer.set({ kernel, level });
          verdicts.at(-1).push(e.explorer.solved);
        }
      }
      return verdicts;
    }"""
    got = page.locator(".cnl").evaluate(judge, [kernel.tolist() for kernel in kernels])
    for kernel, verdicts in zip(kernels, got):
        assert verdicts == [is_solved(kernel, level) for level in LEVELS], kernel
    assert sum(is_solved(kernel, level) for kernel in kernels for level in LEVELS) > 15


@pytest.mark.parametrize(
    "name, change, words",
    [
        ("kernel_lab", {"kernel": [[1, 2], [3]]}, "kernel must be rows of numbers"),
        ("kernel_lab", {"image": [[1]]}, "at least as large as the kernel"),
        ("kernel_lab", {"weight": 1}, "there is no weight here"),
        ("convolution", {"input": [[[1]]] * 4}, "up to 3 channels"),
        ("convolution", {"dilation": 4}, "does not fit"),
        ("draw_digit", {"image": [[0.5]]}, "28 rows of 28 numbers"),
        ("convolution", {"padding": "some"}, 'whole number from 0 to 4, "same" or "valid"'),
    ],
)
def test_what_cannot_be_shown_is_refused_and_the_state_stays(open_page, name, change, words):
    page = open_page(MAKERS[name]())
    before = shown(page, name)
    assert words in put(page, name, **change)
    assert shown(page, name) == before


_NOTEBOOK = """async ([text, css, state]) => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const listeners = {};
  const model = {
    get: (key) => state[key],
    set(key, value) { state[key] = value; for (const f of listeners[`change:${key}`] ?? []) f(); },
    on: (event, f) => { (listeners[event] ??= []).push(f); },
    off() {},
    save_changes() { window.saved = (window.saved ?? 0) + 1; },
  };
  const module = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  const el = document.createElement("div");
  await module.default.render({ model, el });
  document.body.append(el);
  window.model = model;
}"""


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_module_runs_as_in_a_notebook(module_page, name):
    explorer = MAKERS[name]()
    state = json.loads(json.dumps({**explorer.state, "constants": explorer._all_constants()}))
    css = "\n".join(modules.styles(explorer.module))
    module_page.evaluate("document.body.replaceChildren()")
    module_page.evaluate(_NOTEBOOK, [modules.joined(explorer.module), css, state])
    assert module_page.locator(".cnl-title").inner_text() == explorer.title
    assert module_page.locator(".cnl").evaluate("(e) => getComputedStyle(e).borderRadius") == "12px"
    result = next(iter(explorer.result))
    assert_same(shown(module_page, name)["result"][result], explorer.result[result])
    key = "image" if name == "draw_digit" else "kernel"
    change = np.tril(np.ones((28, 28))) if name == "draw_digit" else np.array([[0.0, 1], [2, 0]])
    explorer.set(**{key: change})
    module_page.evaluate(f"model.set('{key}', {change.tolist()})")  # what Python sends
    assert_same(shown(module_page, name)["result"][result], explorer.result[result])
    put(module_page, name, **{key: change.T.tolist()})
    assert module_page.evaluate(f"model.get('{key}')") == change.T.tolist()
    assert module_page.evaluate("window.saved") >= 1
