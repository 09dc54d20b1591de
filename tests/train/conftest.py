"""Fixtures of the trainer's tests."""

import pytest
from small_training import make_data, make_net


@pytest.fixture
def bands():
    return make_data()


@pytest.fixture
def net():
    return make_net()
