"""The oldest versions that `pyproject.toml` allows for what learners install, printed as pip constraints.

    python tools/lower_bounds.py

tools/check_colab.py runs chapters, asserts and exercises included, with exactly these: a bound is tested.
"""

from __future__ import annotations

import re
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
LEARNERS = ("dependencies", "torch", "course")

_REQUIREMENT = re.compile(r'"([A-Za-z0-9_.-]+)\s*>=\s*([0-9.]+)[^"]*"')


def lower_bounds(lists: tuple[str, ...] = LEARNERS, text: str | None = None) -> dict[str, str]:
    """Return the lower bound of each requirement in the named lists (`dependencies` or an extra)."""
    # Python 3.10, the oldest supported, has no tomllib; these lists need no more than this pattern.
    text = PYPROJECT.read_text(encoding="utf-8") if text is None else text
    bounds: dict[str, str] = {}
    for name in lists:
        found = re.search(rf"^{name} = \[([^\]]*)\]", text, re.MULTILINE)
        if found is None:
            raise ValueError(f"pyproject.toml has no list '{name} = [...]'")
        for requirement in re.findall(r'"[^"]*"', found.group(1)):
            bound = _REQUIREMENT.fullmatch(requirement)
            if bound is None:
                raise ValueError(f"{requirement} in '{name}' has no lower bound; write \"package>=version\"")
            bounds[bound.group(1)] = bound.group(2)
    return bounds


if __name__ == "__main__":
    for package, version in lower_bounds().items():
        print(f"{package}=={version}")
