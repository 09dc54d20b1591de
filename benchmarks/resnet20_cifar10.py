"""Train the ResNet-20 whose weights ship with the package, and store them in half precision.

    python benchmarks/resnet20_cifar10.py --data cifar10 --out runs/resnet20

Runs `cnncourse train` in OUT (and goes on there, if it was stopped), halves the precision of the weights,
measures these on the test images, and writes them with their provenance to `cnncourse/models/weights/`.
About 20 minutes on two cores that know bfloat16.

DATA is a name of `cnncourse data list` or a folder of images with train/ and test/. The weights that ship
come from CIFAR-10 as JPEG files in such a folder.
"""

# needs: CIFAR-10 and twenty minutes

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

from record import hardware, save, versions
from safetensors.torch import load_file, save_file

from cnncourse import data, train
from cnncourse.models.pretrained import FOLDER

SETTINGS = shlex.split(
    "--model resnet20 --epochs 40 --batch-size 128 --optimizer nesterov --lr 0.1 --weight-decay 5e-4 "
    "--augment flip=0.5,crop_padding=4 --precision bfloat16 --seed 0 --valid 0"
)
LARGEST = 700_000  # bytes the weights may take in the package


def test_images(source: str, trained_on: dict) -> data.ImageData:
    """Return the test part of a data set by name, or of a folder."""
    if Path(source).is_dir():
        return data.load_folder(
            Path(source, "test"), trained_on["image_shape"][1], classes=trained_on["classes"]
        )
    return data.load(source, "test")


def main() -> None:
    """Train, convert, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="cifar10", help="name or folder of the data set; default cifar10")
    parser.add_argument("--described", default="CIFAR-10", help="what the provenance calls these data")
    parser.add_argument("--out", default="runs/resnet20", help="folder of the run; default runs/resnet20")
    args = parser.parse_args()
    command = ["-m", "cnncourse", "train", "--data", args.data, *SETTINGS, "--out", args.out, "--resume"]
    subprocess.run([sys.executable, *command], check=True)

    model, config = train.load_run(args.out)
    test = test_images(args.data, model.trained_on)
    full = train.evaluate(model, test)
    state = load_file(Path(args.out, "model.safetensors"))
    halved = {key: value.half() if value.is_floating_point() else value for key, value in state.items()}
    model.load_state_dict({key: value.to(state[key].dtype) for key, value in halved.items()})
    half = train.evaluate(model, test)

    FOLDER.mkdir(exist_ok=True)
    weights = FOLDER / "resnet20_cifar10.safetensors"
    save_file(halved, weights)
    weights.chmod(0o644)  # safetensors keeps what it writes to its owner
    if weights.stat().st_size > LARGEST:
        sys.exit(f"{weights.name} has {weights.stat().st_size:,} bytes, more than the {LARGEST:,} allowed")
    history = json.loads(Path(args.out, "history.json").read_text())
    figures = {
        "network": "resnet20",
        "data": {**model.trained_on, "name": args.described},
        "train": config["train"],
        "test_accuracy": round(half.accuracy, 4),
        "test_accuracy_before_halving": round(full.accuracy, 4),
        "test_images": len(test),
        "recall": dict(zip(half.classes, half.per_class()["recall"].round(4).tolist())),
        "minutes": round(sum(record["seconds"] for record in history["records"]) / 60, 1),
        "bytes": weights.stat().st_size,
    }
    said = " ".join(["cnncourse train --data CIFAR10", *SETTINGS])
    record = {"command": said, "versions": versions(), "hardware": hardware(), **figures}
    weights.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    save("resnet20_cifar10", figures)
    print(f"{weights.name}: {figures['bytes']:,} bytes, test accuracy {half.accuracy:.2%}")


if __name__ == "__main__":
    main()
