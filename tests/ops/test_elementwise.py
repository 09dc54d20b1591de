"""The mask that costs no decision."""

import numpy as np
import pytest

from cnncourse.ops._elementwise import keep


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_keeps_every_number_exactly_and_clears_the_others(dtype):
    values = np.array([[1.5, -2.0, np.nan, np.inf], [-np.inf, 5e-8, -0.0, np.nan]], dtype)
    for where in (values == values, values != values, np.zeros(values.shape, bool)):
        for x, w in ((values, where), (values.T, where.T), (values[:, ::2], where[:, ::2])):
            np.testing.assert_array_equal(keep(x, w), np.where(w, x, 0))
            assert keep(x, w).dtype == dtype
