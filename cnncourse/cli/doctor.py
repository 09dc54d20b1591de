"""``cnncourse doctor``: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
from pathlib import Path

from cnncourse.cli.data import lacking
from cnncourse.cli.parser import pip_install

# module -> (name on the package index, extra that brings it, what it is for)
_PACKAGES = {
    "numpy": ("numpy", "", "everything"),
    "torch": ("torch", "torch", "models, training"),
    "torchvision": ("torchvision", "torch", "fetching data, pretrained weights"),
    "safetensors": ("safetensors", "torch", "saving weights"),
    "tqdm": ("tqdm", "torch", "progress bars"),
    "sklearn": ("scikit-learn", "course", "the embedded digits, sample photographs"),
    "PIL": ("pillow", "course", "image files"),
    "matplotlib": ("matplotlib", "course", "figures"),
    "ipywidgets": ("ipywidgets", "course", "sliders in notebooks"),
}
_EPILOG = """
example:
  cnncourse doctor

The exit code is 0 unless the core (Python and NumPy) is broken. What else is missing is listed with its
remedy.
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "doctor", help="check the installation", description="Check the installation.", epilog=_EPILOG
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print versions, device, data and remedies."""
    import cnncourse

    print(f"cnncourse    {cnncourse.__version__}")
    print(f"Python       {platform.python_version()} on {platform.platform()}")
    lacking = _packages()
    if "numpy" in lacking:
        print(f"The core does not work. To mend it: {lacking['numpy'][1]}")
        return 1
    if not {"torch", "safetensors"} & lacking.keys():
        _device()
    _data()
    for name, (purpose, remedy) in lacking.items():
        print(f"missing: {name}, for {purpose}. To get it: {remedy}")
    if not lacking:
        print("All parts are there.")
    return 0


def _packages() -> dict[str, tuple[str, str]]:
    """Print a line per package; return those that cannot be imported, with purpose and remedy."""
    lacking = {}
    for module, (name, extra, purpose) in _PACKAGES.items():
        try:
            version = getattr(importlib.import_module(module), "__version__", "(version unknown)")
            print(f"{name:12} {version}")
        except ModuleNotFoundError as error:
            because = "" if error.name == module else f": it needs {error.name}"
            print(f"{name:12} not installed{because}")
            lacking[module] = (purpose, pip_install(extra=extra) if extra else pip_install(name))
        except Exception as error:  # a broken installation raises anything while it is imported
            print(f"{name:12} installed, but broken: {' '.join(str(error).split())[:150]}")
            lacking[module] = (purpose, pip_install("--force-reinstall", name))
    return lacking


def _device() -> None:
    """Print where networks would compute."""
    import torch

    from cnncourse.train.precision import choose_device, choose_precision, device_name

    device = choose_device("auto")
    threads = f", {torch.get_num_threads()} threads" if device.type == "cpu" else ""
    precision = choose_precision("auto", device)
    print(f"device       {device_name(device)}{threads}; precision auto means {precision}")


def _data() -> None:
    """Print where data lie and which are here."""
    from cnncourse.data import CATALOG, data_root

    root = data_root()
    set_by = (
        "$CNNCOURSE_DATA" if os.environ.get("CNNCOURSE_DATA") else "default; CNNCOURSE_DATA names another"
    )
    above = next(folder for folder in (root, *root.parents) if folder.exists())
    state = _state(root, above)
    free = shutil.disk_usage(above).free / 1e9
    print(f"data root    {root} ({set_by}; {state}, {free:.0f} GB free)")
    here = [name for name, item in CATALOG.items() if not lacking(item, root)]
    away = [name for name, item in CATALOG.items() if item.missing(root)]
    print(f"data here    {', '.join(here)}")
    if away:
        print(f"not here     {', '.join(away)}. To get one: cnncourse data get {away[0]}")
    if lacking(CATALOG["digits"], root):
        print(f"digits       {lacking(CATALOG['digits'], root)}")


def _state(root: Path, above: Path) -> str:
    """Say what the data root is now; `above` is the nearest of it and its parents that exists."""
    if not above.is_dir():
        return f"{'it' if above == root else above} is a file: no data can lie there"
    writable = os.access(above, os.W_OK)
    if above != root:
        return "does not exist yet" if writable else f"does not exist, and {above} is read-only"
    return "writable" if writable else "read-only"
