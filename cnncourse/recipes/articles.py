"""The five recipes. The words in `choices` and `why` are printed with the figures."""

from cnncourse.recipes.recipe import Recipe, Stated
from cnncourse.train import Augment, TrainConfig

# Keras' own defaults, which an article takes where it names none: Adam with 0.001, no decay, no schedule.
_KERAS = {"optimizer": "adam", "lr": 0.001, "weight_decay": 0.0, "schedule": "constant", "batch_size": 32}

_ALL = (
    Recipe(
        name="article1",
        title="cats and dogs at 64×64, two convolutions of 32 filters",
        data="cats_dogs",
        # Keras reads shear_range in degrees. Its zoom of 0.8 to 1.2 divides: 0.8 is a magnification of 1.25.
        config=TrainConfig(
            epochs=25, augment=Augment(shear=0.2, scale=(1 / 1.2, 1 / 0.8), flip=0.5), **_KERAS
        ),
        stated=Stated(parameters=813_217, test_accuracy="up to 90%"),
        stretch=(64, 64),
        choices="The line that compiles the network is lost: Adam with 0.001. A zoom keeps the aspect ratio, "
        "and what lies outside the picture is black, where Keras repeats its edge.",
        why="The article does not say how many photographs it had, nor whether its 90% are of those it "
        "trained on. With other photographs, and fewer of them, another accuracy comes out.",
    ),
    Recipe(
        name="article2",
        title="digits with one dense layer of ten sigmoid units",
        data="mnist",
        config=TrainConfig(epochs=5, **_KERAS),
        stated=Stated(
            train_loss=(0.7187, 0.3122, 0.2908, 0.2783, 0.2643),
            train_accuracy=(0.8141, 0.9128, 0.9187, 0.9229, 0.9262),
        ),
        choices="The line that compiles the network is lost: Adam with 0.001, and the cross-entropy of "
        "the outputs divided by their sum. The batch size follows from the 1,875 steps that it prints.",
        why="In the first epoch the article's figures are near the mean of the running means, which Keras' "
        "progress bar can show and in which the bad first steps count most; ours are means over the epoch. "
        "Later, the random start and the order of the images move the third decimal.",
    ),
    Recipe(
        name="article3",
        title="digits with one convolution, one pooling and one hidden layer",
        data="mnist",
        config=TrainConfig(epochs=10, **_KERAS),
        stated=Stated(),
        choices="The listing has lost its numbers: 32 filters of 3×3, 100 hidden units, Adam with 0.001 and "
        "batches of 32 are ours. Epochs and the order of the layers are the article's.",
        why="The article's own figures are lost, so there is nothing to differ from.",
    ),
    Recipe(
        name="article4",
        title="digits with two convolutions and dropout, Keras' example mnist_cnn",
        data="mnist",
        config=TrainConfig(
            epochs=12, optimizer="adadelta", lr=1.0, weight_decay=0.0, schedule="constant", batch_size=128
        ),
        alternative=TrainConfig(epochs=12),
        stated=Stated(test_accuracy="99.25% (the example it copies)"),
        choices="The line that compiles the network is lost: Adadelta with 1.0, as in the example that the "
        "article copies. In TensorFlow's Keras the same line means 0.001, which learns far too slowly. The "
        "second training has this course's settings: AdamW and one cycle of the learning rate.",
        why="The example's comment is high: who ran it in Keras with 1.0 reports 99.05% and 99.11%. "
        "Adadelta's steps do not shrink at the end, so the accuracy goes up and down by a tenth of a percent "
        "from one epoch to the next. One cycle ends with small steps, and then the same network reads more.",
    ),
    Recipe(
        name="article5",
        title="digits in PyTorch with two convolutions of 5×5",
        data="mnist",
        config=TrainConfig(epochs=5),
        stated=Stated(),
        keras=False,
        choices="The listing has lost its training: AdamW, one cycle of the learning rate, batches of 128, "
        "5 epochs, which are this course's defaults. The network is the article's.",
        why="The article prints no accuracy, so there is nothing to differ from.",
    ),
)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
