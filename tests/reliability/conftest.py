"""Processes that can be killed."""

import multiprocessing

import pytest


@pytest.fixture(scope="session")
def processes():
    """Real processes from a server that has imported torch: an import per process would cost a minute."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cnncourse.train", "torch._dynamo"])  # optimisers import the second one
    return context
