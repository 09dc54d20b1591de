"""Fixtures that the tests of transfer share."""

import pytest
import torch


@pytest.fixture
def without_memory():
    """Networks of any size: parameters have shapes and no values."""
    with torch.device("meta"):
        yield
