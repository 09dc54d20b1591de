"""Processes that can be killed."""

import multiprocessing

import pytest


@pytest.fixture(scope="session")
def processes():
    """Real processes from a server that has imported torch: an import per process would cost a minute."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cnncourse.train", "torch._dynamo"])  # optimisers import the second one
    return context


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Keep decoded folders away from the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
