"""What is installed: ranges, lock, conda environment, wheel. The marked ones build clean environments."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import lower_bounds
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from repository import copy_sources

import cnncourse

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}
NUMPY_ROOMS = ("ops", "nn", "data", "course", "results", "cli")
IN_CONDA = ("torch", "course", "lab")


def requirements(*extras: str) -> dict[str, Requirement]:
    """Return the project's own requirements: the base and the extras named."""
    lines = PROJECT["dependencies"] + [
        line for extra in extras for line in PROJECT["optional-dependencies"][extra]
    ]
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(item.name): item for item in parsed if item.name != PROJECT["name"]}


def everything_behind(names: set[str]) -> set[str]:
    """Return the names of all distributions that installing these brings along, as installed here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        needed = [Requirement(line) for line in lines]
        waiting += [
            item.name for item in needed if item.marker is None or item.marker.evaluate({"extra": ""})
        ]
    return found


def locked() -> dict[str, str]:
    lines = (ROOT / "requirements-ci.txt").read_text().splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def test_the_base_is_numpy_alone():
    assert list(requirements()) == ["numpy"]


@pytest.mark.parametrize("extra", sorted(PROJECT["optional-dependencies"]))
def test_ranges_have_a_lower_bound_and_no_pin(extra):
    for item in requirements(extra).values():
        operators = [part.operator for part in item.specifier]
        assert ">=" in operators, f"{item} in '{extra}' needs a lower bound"
        assert not {"==", "~=", "==="} & set(operators), f"{item} in '{extra}' is a pin"


def test_the_colab_extra_can_touch_neither_torch_nor_numpy():
    numpy = requirements()["numpy"]
    assert {part.operator for part in numpy.specifier} == {">="}
    behind = everything_behind(set(requirements("course")))
    assert "numpy" in behind
    assert not {"torch", "torchvision", "torchaudio"} & behind


def test_lower_bounds_are_those_of_pyproject():
    expected = {
        item.name: next(part.version for part in item.specifier if part.operator == ">=")
        for item in requirements("torch", "course").values()
    }
    assert lower_bounds.lower_bounds() == expected


def test_lower_bounds_refuse_what_has_none():
    with pytest.raises(ValueError, match="has no lower bound"):
        lower_bounds.lower_bounds(("course",), 'course = ["matplotlib"]')
    with pytest.raises(ValueError, match="no list 'torch"):
        lower_bounds.lower_bounds(("torch",), "course = []")


def test_the_lock_lies_within_the_ranges_and_misses_nothing():
    pins = locked()
    for name, item in requirements(*PROJECT["optional-dependencies"]).items():
        if name in requirements("lab") and name not in pins:
            continue  # `make lab` is not part of what CI runs
        assert name in pins, f"requirements-ci.txt lacks {name}; run make lock"
        assert pins[name] in item.specifier, (
            f"requirements-ci.txt has {name} {pins[name]}, pyproject.toml says {item}"
        )


def test_the_conda_environment_says_what_pyproject_says():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    lines = [line for line in environment["dependencies"] if isinstance(line, str)]
    conda = dict(re.fullmatch(r"([\w-]+)(.*)", line).groups() for line in lines)
    assert conda.pop("python") == PROJECT["requires-python"]
    assert conda.pop("pip") == ""
    expected = {
        CONDA_NAMES.get(name, name): str(item.specifier) for name, item in requirements(*IN_CONDA).items()
    }
    assert conda == expected
    assert environment["channels"] == ["conda-forge"]
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert PROJECT["version"] == citation["version"] == cnncourse.__version__


def test_licences():
    text = (ROOT / "LICENSE").read_text()
    assert "Redistribution and use in source and binary forms" in text
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert PROJECT["license"] == " AND ".join(citation["license"])


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.stem
)
def test_workflows_parse_and_run_commands_that_exist(path):
    workflow = yaml.safe_load(path.read_text())
    assert {"name", "jobs"} <= workflow.keys()
    assert True in workflow, "YAML reads the key 'on' as true"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = re.findall(r"(?:run|command): (.+?)(?: \}|\n)", path.read_text())
    for command in commands:
        if command.startswith("make "):
            assert {word for word in command.split()[1:] if "=" not in word} <= targets, command
        elif not command.startswith("${{"):
            script = next(word for word in command.split() if word.endswith((".py", "run")))
            assert (ROOT / script).is_file(), command


# ------------------------------------------------------------- clean environments


@pytest.fixture(scope="session")
def distributions(tmp_path_factory):
    """Build wheel and sdist from a copy of what git knows, so that no leftover gets in."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    copy_sources(source)
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(out), str(source)], check=True)
    return out


@pytest.fixture(scope="session")
def clean_python(distributions, tmp_path_factory):
    """Install the wheel, and what it asks for, into an environment of its own; return its interpreter."""
    folder = tmp_path_factory.mktemp("clean") / "env"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    (wheel,) = distributions.glob("*.whl")
    subprocess.run([python, "-m", "pip", "install", "-q", str(wheel)], check=True)
    return python


@pytest.mark.clean_env
def test_the_wheel_holds_the_package_and_its_data_only(distributions):
    (wheel,) = distributions.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    kinds = (".py", ".css", ".js", ".json", ".npz", ".html", ".safetensors")
    package = {path for path in (ROOT / "cnncourse").rglob("*") if path.suffix in kinds}
    assert held == {path.relative_to(ROOT).as_posix() for path in package}
    assert {Path(name).suffix for name in held} >= {".py", ".css", ".js", ".json"}


@pytest.mark.clean_env
def test_both_distributions_carry_licence_and_readme(distributions):
    (wheel,), (sdist,) = distributions.glob("*.whl"), distributions.glob("*.tar.gz")
    archive = zipfile.ZipFile(wheel)
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())
    described = next(name for name in archive.namelist() if name.endswith("/METADATA"))
    assert "Two commands" in archive.read(described).decode()
    with tarfile.open(sdist) as source:
        names = {name.split("/", 1)[-1] for name in source.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "cnncourse/ops/conv.py"} <= names


@pytest.mark.clean_env
def test_the_wheel_brings_numpy_alone(clean_python):
    listed = subprocess.run(
        [clean_python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True
    )
    names = {canonicalize_name(item["name"]) for item in json.loads(listed.stdout)}
    assert names - {"pip", "setuptools", "wheel"} == {"cnncourse", "numpy"}


@pytest.mark.clean_env
@pytest.mark.parametrize("module", [room for room in NUMPY_ROOMS if list(ROOT.glob(f"cnncourse/{room}*"))])
def test_rooms_for_numpy_users_load_numpy_and_nothing_else(clean_python, module):
    program = (
        "import sys, json; before = set(sys.modules)\n"
        f"import cnncourse.{module}\n"
        # Cython's bookkeeping inside NumPy stands there without having been imported: it has no spec.
        "new = {name for name, module in sys.modules.items() if getattr(module, '__spec__', None)} - before\n"
        "roots = {name.split('.')[0] for name in new}\n"
        "print(json.dumps(sorted(roots - sys.stdlib_module_names)))"
    )
    done = subprocess.run([clean_python, "-c", program], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) <= {"cnncourse", "numpy"}


@pytest.mark.clean_env
def test_an_operator_computes_in_the_clean_environment(clean_python):
    program = (
        "import numpy as np; from cnncourse import ops\n"
        "x = np.arange(9.0).reshape(1, 1, 3, 3); k = np.arange(4.0).reshape(1, 1, 2, 2)\n"
        "print(ops.conv2d(x, k).ravel().tolist())"
    )
    done = subprocess.run([clean_python, "-c", program], capture_output=True, text=True, cwd="/")
    assert done.stdout.strip() == "[19.0, 25.0, 37.0, 43.0]", done.stderr


@pytest.mark.clean_env
def test_the_command_without_torch_says_what_to_install(clean_python):
    command = clean_python.parent / "cnncourse"
    assert subprocess.run([command, "--help"], capture_output=True, cwd="/").returncode == 0
    doctor = subprocess.run([command, "doctor"], capture_output=True, text=True, cwd="/")
    assert "torch" in doctor.stdout
    train = subprocess.run([command, "train", "--data", "digits"], capture_output=True, text=True, cwd="/")
    assert train.returncode != 0
    assert "Traceback" not in train.stderr
    assert "cnncourse[torch]" in train.stderr + train.stdout
