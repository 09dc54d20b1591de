"""What came out of a recipe, beside what the article says."""

from __future__ import annotations

from dataclasses import dataclass

from cnncourse.recipes.recipe import Recipe
from cnncourse.results import History

NOT_STATED = "–"


@dataclass(frozen=True)
class Outcome:
    """One run of a recipe.

    Parameters
    ----------
    parameters : int
        Trainable parameters of the network.
    history : History
        One record per epoch; its validation columns are measured on the test images.
    transfer : (int, History), default None
        Parameters and history of the head that was trained on a ready network's features, from `transferred`.
    alternative : History, default None
        Of the second training, with the recipe's `alternative` settings.
    """

    parameters: int
    history: History
    transfer: tuple[int, History] | None = None
    alternative: History | None = None

    @property
    def stopped(self) -> str | None:
        """Why one of the trainings ended early; None when all ran to the end."""
        histories = (self.history, self.alternative, self.transfer and self.transfer[1])
        return next((history.stopped for history in histories if history and history.stopped), None)


def table(recipe: Recipe, outcome: Outcome) -> list[tuple[str, str, str]]:
    """Return the figures of a run beside the article's.

    Parameters
    ----------
    recipe : Recipe
        What was run.
    outcome : Outcome
        What came out.

    Returns
    -------
    list of (str, str, str)
        What, the article's figure (a dash where it states none), ours.

    Examples
    --------
    >>> from cnncourse.recipes import RECIPES
    >>> from cnncourse.results import EpochRecord
    >>> history = History([EpochRecord(1, 0.7, 0.82, 0.36, 0.91, 0.001, 3.0)])
    >>> for row in table(RECIPES["article2"], Outcome(7850, history)):
    ...     print(row)
    ('parameters', '–', '7,850')
    ('epoch 1, loss', '0.7187', '0.7000')
    ('epoch 1, accuracy', '0.8141', '0.8200')
    ('test accuracy after 1 epochs', '–', '91.00%')
    """
    stated = recipe.stated
    parameters = NOT_STATED if stated.parameters is None else f"{stated.parameters:,}"
    rows = [("parameters", parameters, f"{outcome.parameters:,}")]
    for number, record in enumerate(outcome.history.records):
        for what, said, ours in (
            ("loss", stated.train_loss, record.train_loss),
            ("accuracy", stated.train_accuracy, record.train_accuracy),
        ):
            if said:
                theirs = f"{said[number]:.4f}" if number < len(said) else NOT_STATED
                rows.append((f"epoch {record.epoch}, {what}", theirs, f"{ours:.4f}"))
    last = outcome.history.records[-1]
    after = f"test accuracy after {last.epoch} epochs"
    rows.append((after, stated.test_accuracy or NOT_STATED, _reached(outcome.history)))
    if outcome.alternative and outcome.alternative.records:
        rows.append(("the same with this course's settings", NOT_STATED, _reached(outcome.alternative)))
    if outcome.transfer and outcome.transfer[1].records:
        trained, history = outcome.transfer
        rows.append(("with transfer: parameters trained", NOT_STATED, f"{trained:,}"))
        rows.append(("with transfer: test accuracy", NOT_STATED, _reached(history)))
    return rows


def _reached(history: History) -> str:
    """Return the test accuracy after the last epoch."""
    return f"{history.records[-1].valid_accuracy:.2%}"
