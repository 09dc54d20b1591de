"""Reading data, and the command line from data to a trained network.

    CNNCOURSE_DATA=DIR python benchmarks/data.py [--seeds 3] [--only reading]

Claims: 60,000 MNIST images from IDX files in at most 0.3 s; the second load of a folder of 60,000 image files
in at most 1 s; `cnncourse train --model lenet5 --data mnist --epochs 3` reaches 98.5 %; `--data digits` ends
within 60 s on two cores; `cnncourse --help` is quick.

MNIST is read from $CNNCOURSE_DATA. The folder is `cifar10-jpeg.tar.xz` from there, unpacked for the occasion:
50,000 + 10,000 JPEG files of 32×32. What is not there is left out, and the result says so. `--only reading`
measures the first two claims again and leaves the rest of the result as it is.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from record import RESULTS, save, spread

from cnncourse.data import CATALOG, data_root, load, load_folder
from cnncourse.data.catalog import present
from cnncourse.data.readers import read_idx

ARCHIVE = "cifar10-jpeg.tar.xz"
CIRCUMSTANCES = ("command", "versions", "hardware")  # of a result, which are written anew


def timed(action: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def repeated(action: Callable[[], object], times: int) -> dict:
    """Return the spread of wall-clock and of processor seconds; other work stretches the former only."""
    wall, processor = [], []
    for _ in range(times):
        began = time.process_time()
        wall.append(timed(action))
        processor.append(time.process_time() - began)
    return {"wall": spread(wall), "processor": spread(processor)}


def idx_seconds(root: Path) -> dict:
    """Time `load("mnist")`, and the images' file compressed by gzip; the first read warms the file cache."""
    images = present(root, CATALOG["mnist"].files[0])
    with tempfile.TemporaryDirectory() as folder:
        zipped = Path(folder) / "images-idx3-ubyte.gz"
        content = images.read_bytes() if images.suffix != ".gz" else gzip.decompress(images.read_bytes())
        zipped.write_bytes(gzip.compress(content))
        load("mnist", root=root)
        return {
            "60,000 images with labels": repeated(lambda: load("mnist", root=root), 20),
            "the images compressed by gzip": repeated(lambda: read_idx(zipped), 5),
        }


def folder_seconds(archive: Path) -> dict:
    """Unpack the folder and load both parts of it: decoded once, then from what was kept."""
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(archive) as tar:
            tar.extractall(place, filter="data")
        root, cache = Path(place), Path(place) / "kept"
        parts = [root / "train", root / "test"]
        number = sum(len(load_folder(part, cache=False)) for part in parts)  # warms the file cache
        first = repeated(lambda: [load_folder(part, cache=False) for part in parts], 3)
        for part in parts:
            load_folder(part, cache=cache)
        again = repeated(lambda: [load_folder(part, cache=cache) for part in parts], 10)
    return {"files": number, "decoded": first, "second load": again}


def trained(data: str, seeds: int) -> dict:
    """Run `cnncourse train` as a user does; return accuracy and wall-clock seconds of the whole command."""
    accuracies, seconds = [], []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            options = f"--model lenet5 --data {data} --epochs 3 --quiet --seed {seed} --out {folder}/run"
            command = [sys.executable, "-m", "cnncourse", "train", *options.split()]
            seconds.append(timed(lambda command=command: subprocess.run(command, check=True)))
            accuracies.append(json.loads((Path(folder) / "run" / "evaluation.json").read_text())["accuracy"])
    return {"test accuracy": spread(accuracies), "seconds": spread(seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="runs of each training")
    parser.add_argument("--only", choices=("reading",), help="leave the rest as it was measured before")
    args = parser.parse_args()
    root, archive = data_root(), data_root() / ARCHIVE
    has_mnist = not CATALOG["mnist"].missing(root)
    absent = "not measured: the data are not there"
    reading = {
        "seconds to read MNIST": idx_seconds(root) if has_mnist else absent,
        "seconds to load a folder": folder_seconds(archive) if archive.exists() else absent,
    }
    if args.only:
        before = json.loads((RESULTS / "data.json").read_text(encoding="utf-8"))
        arguments = before["command"].split()[2:]
        rest = {name: value for name, value in before.items() if name not in CIRCUMSTANCES}
        save("data", rest | reading, arguments=arguments)
        return
    help_command = [sys.executable, "-m", "cnncourse", "--help"]
    help_samples = [
        timed(lambda: subprocess.run(help_command, check=True, capture_output=True)) for _ in range(10)
    ]
    figures = reading | {
        "cnncourse train --data digits, 3 epochs": trained("digits", args.seeds),
        "cnncourse train --data mnist, 3 epochs": trained("mnist", args.seeds) if has_mnist else absent,
        "seconds for cnncourse --help": spread(help_samples),
    }
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    save("data", figures, arguments=["--seeds", str(args.seeds)])


if __name__ == "__main__":
    main()
