"""The five articles' systems, with several seeds, epoch by epoch.

    python benchmarks/articles.py [--only article2 article5] [--seeds 0 1 2] [--precision float32]

Each run (a recipe with a seed) is stored as soon as it is done. A run that is stored already is left out:
stop the script and start it again as you like, or delete a run to have it made anew. About two hours on one
core for everything, of which article 4 takes the larger half. Needs MNIST and a folder `cats_dogs` in
$CNNCOURSE_DATA.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

import torch
from record import earlier, save

from cnncourse import recipes
from cnncourse.cli.recipe import load_data

CHAPTER = "five_articles"
COLUMNS = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")
CHEAPEST_FIRST = ("article2", "article5", "article3", "article1", "article4")


def stored() -> dict:
    """Return what earlier runs found, by recipe."""
    return earlier("articles", CHAPTER).get("recipes", {})


def columns(history) -> dict:
    """Return the columns of a run; on the test images they are called test_."""
    return {
        name.replace("valid", "test"): [round(float(value), 5) for value in history.column(name)]
        for name in COLUMNS
    }


def one_run(recipe: recipes.Recipe, seed: int, precision: str) -> None:
    """Follow a recipe with a seed, and store what came out with all that was found before."""
    images, test = load_data(recipe)
    config = replace(recipe.config, seed=seed, precision=precision)
    outcome = recipes.run(recipe, images, test, config)
    run = columns(outcome.history) | {
        "precision": outcome.history.precision,
        "seconds": round(float(outcome.history.column("seconds").sum()), 1),
    }
    if recipe.alternative:
        config = replace(recipe.alternative, seed=seed, precision=precision)
        run["one_cycle"] = columns(recipes.run(recipe, images, test, config).history)
    if recipe.data == "cats_dogs":
        trained, history = recipes.transferred(images, test, seed)
        run["transfer"] = {"parameters": trained} | columns(history)
    about = {"parameters": outcome.parameters, "images": len(images), "test_images": len(test)}
    store(recipe.name, seed, run, about)


def store(name: str, seed: int, run: dict, about: dict) -> None:
    """Put a run to those that the file holds."""
    found = stored()
    runs = found.get(name, {}).get("seeds", {}) | {str(seed): run}
    found[name] = about | {"seeds": dict(sorted(runs.items()))}
    figures = {"threads": torch.get_num_threads(), "recipes": dict(sorted(found.items()))}
    save("articles", figures, chapter=CHAPTER)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=CHEAPEST_FIRST, choices=CHEAPEST_FIRST)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="SEED")
    parser.add_argument("--precision", default="float32", choices=("float32", "bfloat16"))
    args = parser.parse_args()
    os.environ.setdefault("CNNCOURSE_OFFLINE", "1")
    for name in args.only:
        for seed in args.seeds:
            if str(seed) not in stored().get(name, {"seeds": {}})["seeds"]:
                one_run(recipes.RECIPES[name], seed, args.precision)


if __name__ == "__main__":
    main()
