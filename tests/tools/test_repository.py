"""The one address: read, set without touching anything else, and repeated where it must be."""

from __future__ import annotations

import subprocess
import sys

import pytest
import repository
import results_table
import site_url
from IPython.core.interactiveshell import InteractiveShell

CONFIG = """title: x
url: https://example.org/not-this-one

# The one place.
repository:
  path_to_book: book   # a comment
  url: https://github.com/OWNER/cnncourse
  branch: main
launch_buttons:
  colab_url: https://colab.research.google.com
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "_config.yml"
    path.write_text(CONFIG)
    return path


def test_the_address_is_read(config):
    assert repository.repository_url(config) == "https://github.com/OWNER/cnncourse"
    assert repository.is_placeholder(repository.repository_url(config))


def test_setting_changes_the_one_line(config):
    written = repository.set_repository_url("https://github.com/you/my-course.git/", config)
    assert written == "https://github.com/you/my-course" == repository.repository_url(config)
    assert config.read_text() == CONFIG.replace("https://github.com/OWNER/cnncourse", written)
    assert not repository.is_placeholder(written)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "you/cnncourse",
        "git@github.com:you/x",
        "https://github.com",
        "https://a.b/c d",
        "https://a.b/c\nx: y",
    ],
)
def test_a_wrong_address_is_refused_with_a_right_one(config, url):
    with pytest.raises(ValueError, match="must look like https://github"):
        repository.set_repository_url(url, config)
    assert config.read_text() == CONFIG


def test_a_config_without_address_is_named(tmp_path):
    path = tmp_path / "_config.yml"
    path.write_text("title: x\n")
    with pytest.raises(ValueError, match="no 'repository: url:' line"):
        repository.repository_url(path)


def test_the_command_gets_one_line_and_code_2():
    command = [sys.executable, str(repository.ROOT / "tools" / "site_url.py"), "set", "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_colab_links():
    link = repository.colab_link("https://github.com/you/course", "book/03_convolution.ipynb")
    assert link == "https://colab.research.google.com/github/you/course/blob/main/book/03_convolution.ipynb"


def test_the_setup_cell_does_nothing_where_the_course_is():
    shell = InteractiveShell()
    calls = []
    shell.register_magic_function(calls.append, magic_name="pip")
    assert shell.run_cell(repository.setup_source("https://example.org/a/b")).success
    assert calls == []


def test_the_setup_cell_installs_where_the_course_is_not(monkeypatch):
    shell = InteractiveShell()
    calls = []
    shell.register_magic_function(calls.append, magic_name="pip")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert shell.run_cell(repository.setup_source("https://example.org/a/b")).success
    assert calls == ['install -q "cnncourse[course] @ git+https://example.org/a/b"']


def test_generated_text_stays_between_its_markers():
    text = "before\n<!-- a:begin (by a tool) -->\nold\n<!-- a:end -->\nafter\n"
    new = repository.replace_between(text, "a", "| x \\1 |\n")
    assert new == "before\n<!-- a:begin (by a tool) -->\n| x \\1 |\n<!-- a:end -->\nafter\n"
    assert repository.replace_between(new, "a", "| x \\1 |") == new
    with pytest.raises(ValueError, match="exactly one pair of markers"):
        repository.replace_between(text, "b", "")


def test_the_readme_follows_the_address():
    text = site_url.README.read_text(encoding="utf-8")
    moved = site_url.readme_text(text, "https://github.com/you/my-course")
    assert "git clone https://github.com/you/my-course\ncd my-course\n" in moved
    assert "/OWNER/" not in moved


def test_results_come_from_what_their_scripts_stored():
    content = {
        "command": "python benchmarks/a.py",
        "hardware": {"processor": "P", "cores": 2},
        "s": {"low": 0.126},
    }
    rows = (results_table.Row("speed", "a", "{s[low]:.2f} s"),)
    assert (
        results_table.table({"a": content}, rows).splitlines()[-1]
        == "| speed | 0.13 s | P, 2 cores | `python benchmarks/a.py` |"
    )
    with pytest.raises(KeyError):
        results_table.table({"a": content}, (results_table.Row("x", "a", "{s[high]}"),))


def test_results_are_found_with_their_chapters_without_what_is_drawn(tmp_path, monkeypatch):
    for name, folder in (("RESULTS", "results"), ("CHAPTERS", "chapters/pooling/runs")):
        (tmp_path / folder).mkdir(parents=True)
        monkeypatch.setattr(results_table, name, tmp_path / folder.split("/")[0])
    (tmp_path / "results" / "b.json").write_text('{"n": 1}')
    (tmp_path / "chapters" / "pooling" / "runs" / "a.json").write_text('{"n": 2, "drawn": {"x": 3}}')
    assert list(results_table.results().items()) == [("a", {"n": 2}), ("b", {"n": 1})]
