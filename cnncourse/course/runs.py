"""`stored(name)`: what a script in `benchmarks/` measured for a chapter, read without running it again."""

from __future__ import annotations

import json

from cnncourse.course.chapters import FOLDER
from cnncourse.errors import did_you_mean


def stored(name: str) -> dict:
    """Return a measured run that ships with a chapter.

    Parameters
    ----------
    name : str
        Name of a file in `cnncourse/chapters/*/runs/`, without its ending.

    Returns
    -------
    dict
        As the script of that name in `benchmarks/` wrote it: command, versions, hardware, figures, and in
        ``"drawn"``, if there is one, what the chapter draws beyond them. Each call gives a fresh one.

    Raises
    ------
    ValueError
        If there is no run of that name; the text names the nearest.

    Examples
    --------
    >>> stored("degradation")["depths"]
    [8, 20, 32, 44]
    """
    runs = {path.stem: path for path in FOLDER.glob("*/runs/*.json")}
    if name not in runs:
        raise ValueError(f"name={name!r} is no stored run. {did_you_mean(name, runs)}")
    return json.loads(runs[name].read_text(encoding="utf-8"))
