"""The pages made from results show every stored figure, and are those of the stored results."""

import book_pages
import pytest
import results_table

SPREAD = {"n": 3, "median": 0.99094, "low": 0.9907, "high": 0.9911}
RESULT = {
    "command": "python benchmarks/x.py",
    "versions": {"numpy": "2.4"},
    "hardware": {"processor": "A processor", "cores": 2},
    "threads": 1,
    "layers": {
        "conv_1": {"forward": {"numpy_ms": SPREAD, "ratio": 1234.5}},
        "conv_2": {"forward": {"numpy_ms": SPREAD, "ratio": None}},
    },
    "by_seed": [0.5, 0.25],
    "curve": [epoch / 4 for epoch in range(1, 21)],
}


def test_records_of_the_same_kind_become_rows_of_one_table():
    lines = book_pages.tables(RESULT)
    assert "| layers · forward | numpy ms | ratio |" in lines
    assert "| conv 1 | 0.9909 (0.9907 to 0.9911, n = 3) | 1234 |" in lines
    assert "| conv 2 | 0.9909 (0.9907 to 0.9911, n = 3) | – |" in lines
    assert "threads: 1; by seed: 0.5, 0.25; curve: 20 values, from 0.25 to 5." in lines
    assert not any("benchmarks/x.py" in line for line in lines)  # the circumstances have a line of their own
    assert book_pages.circumstances(RESULT) == "`python benchmarks/x.py` on A processor, 2 cores; numpy 2.4."


def numbers_in(node):
    """Every number that a result holds, through all its levels; of long lists the ends, or how many."""
    if isinstance(node, list) and len(node) > book_pages.LONGEST_LIST:
        node = [node[0], node[-1]] if book_pages.is_entry(node) else [len(node)]
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from numbers_in(value)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield node


@pytest.mark.parametrize("name", results_table.results())
def test_no_stored_figure_is_left_out(name):
    result = results_table.results()[name]
    text = "\n".join(book_pages.tables(result))
    figures = {key: value for key, value in result.items() if key not in book_pages.CIRCUMSTANCES}
    assert all(book_pages.number(value) in text for value in numbers_in(figures))


def test_a_script_stores_its_results_in_one_file():
    files = [*results_table.RESULTS.glob("*.json"), *results_table.CHAPTERS.glob("*/runs/*.json")]
    assert sorted(path.stem for path in files) == list(results_table.results())


def test_the_pages_are_those_of_the_stored_results():
    assert book_pages.main(["--check"]) == 0, "run make sync"
