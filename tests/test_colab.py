"""The first cell in an environment like Colab's: it installs the course and leaves everything else alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import check_colab
import lower_bounds
import nbformat
import pytest
from repository import repository_url

ROOT = Path(__file__).resolve().parent.parent
BEFORE = {"numpy": "1.26.4", "torch": "2.4.0"}


def test_an_added_course_is_all_that_is_accepted():
    check_colab.compare(BEFORE, BEFORE | {"cnncourse": "0.1.0"})


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (BEFORE, "has not installed cnncourse"),
        ({"cnncourse": "0.1.0", "numpy": "2.0.0", "torch": "2.4.0"}, r"numpy 1\.26\.4 -> 2\.0\.0"),
        ({"cnncourse": "0.1.0", "numpy": "1.26.4"}, r"torch 2\.4\.0 -> None"),
        (BEFORE | {"cnncourse": "0.1.0", "lightning": "2.0"}, r"lightning None -> 2\.0"),
    ],
)
def test_any_other_change_is_named(after, message):
    with pytest.raises(ValueError, match=message):
        check_colab.compare(BEFORE, after)


def test_git_takes_the_course_from_the_working_tree(tmp_path):
    address = check_colab.publish_working_tree(tmp_path / "course")
    environment = os.environ | check_colab.taken_from(address)
    command = ["git", "ls-remote", repository_url(), "HEAD"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("HEAD\n")
    assert (tmp_path / "course" / "pyproject.toml").is_file()


def test_the_two_environments_are_the_ends_of_the_ranges():
    bounds = lower_bounds.lower_bounds()
    assert check_colab.preinstalled("newest") == [*bounds, "ipykernel"]
    assert check_colab.preinstalled("oldest") == [*(f"{k}=={v}" for k, v in bounds.items()), "ipykernel"]


def test_an_unknown_chapter_gets_one_line(capsys):
    assert check_colab.main(["newest", "none"]) == 2
    assert capsys.readouterr().err == "chapter='none' has 0 notebooks in book/; it must have one\n"


def test_a_chapter_without_the_setup_cell_is_refused_at_once(tmp_path):
    cells = [nbformat.v4.new_code_cell("import numpy")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    with pytest.raises(ValueError, match=r"a\.ipynb does not begin with the setup cell"):
        check_colab.check("newest", [tmp_path / "a.ipynb"], tmp_path / "unused")
    assert not (tmp_path / "unused").exists()


@pytest.mark.clean_env
@pytest.mark.parametrize("age", ["newest", "oldest"])
def test_chapters_run_in_a_clean_environment(age):
    command = [sys.executable, str(ROOT / "tools" / "check_colab.py"), age]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
