"""Settings that come from the environment and hold for every room."""

from __future__ import annotations

import os


def offline() -> bool:
    """Tell whether ``CNNCOURSE_OFFLINE`` forbids the network; ``0``, ``no`` and ``false`` do not.

    Returns
    -------
    bool

    Examples
    --------
    >>> os.environ["CNNCOURSE_OFFLINE"] = "1"
    >>> offline()
    True
    >>> del os.environ["CNNCOURSE_OFFLINE"]
    """
    return os.environ.get("CNNCOURSE_OFFLINE", "").strip().lower() not in ("", "0", "no", "false")
