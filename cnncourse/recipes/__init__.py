"""The systems of the five introductory articles this course grew from: data in, their figures out.

>>> from cnncourse import recipes
>>> recipes.RECIPES["article1"].stated.parameters
813217
"""

from cnncourse.recipes.articles import RECIPES
from cnncourse.recipes.outcome import Outcome, table
from cnncourse.recipes.recipe import Recipe, Stated
from cnncourse.recipes.run import run
from cnncourse.recipes.transferred import transferred

__all__ = ["RECIPES", "Outcome", "Recipe", "Stated", "run", "table", "transferred"]
