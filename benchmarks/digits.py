"""How well, and at what cost, the course's CNN learns MNIST beside Keras's own example.

    python benchmarks/digits.py [--seeds 3] [--epochs 1 2]

Trains `helpers.vision.digits.build_cnn()` from several seeds and prints the accuracy on the
test set, with the CPU seconds as a ratio to one epoch, in the same run, of the example
"Simple MNIST convnet" (https://keras.io/examples/vision/mnist_convnet/).
"""

import argparse
import statistics
import time

import keras
from keras import layers

from helpers.data import load_mnist
from helpers.vision import digits

TRAIN, TEST = load_mnist()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many trainings (default: 3)")
    parser.add_argument("--epochs", type=int, nargs="+", default=[1, 2], help="default: 1 2")
    options = parser.parse_args()

    accuracy, unit = train_example()
    print(f"keras example, 1 epoch: {accuracy:.4f}, {unit:.0f} CPU s (ratio 1)", flush=True)
    for num_epochs in options.epochs:
        runs = [train_ours(num_epochs, seed) for seed in range(options.seeds)]
        accuracies, seconds = zip(*runs, strict=True)
        print(
            f"build_cnn(), {num_epochs} epochs:",
            *(f"{accuracy:.4f}" for accuracy in accuracies),
            f"median {statistics.median(accuracies):.4f},",
            f"{statistics.median(seconds):.0f} CPU s",
            f"(ratio {statistics.median(seconds) / unit:.2f})",
            flush=True,
        )


def train_ours(num_epochs, seed):
    """Return the test accuracy and the CPU seconds of a training."""
    model = digits.build_cnn(seed=seed)
    start = time.process_time()
    digits.train(model, *TRAIN, num_epochs=num_epochs, seed=seed)
    seconds = time.process_time() - start
    return digits.evaluate(model, *TEST), seconds


def train_example():
    """Return the test accuracy and the CPU seconds of one epoch of the Keras example."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False
    )
    x, y = TRAIN
    start = time.process_time()
    # The last tenth is held back, as in the example.
    model.fit(digits.to_images(x), y, batch_size=128, validation_split=0.1, verbose=0)
    seconds = time.process_time() - start
    return digits.evaluate(model, *TEST), seconds


if __name__ == "__main__":
    main()
