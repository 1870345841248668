"""The digit reader: a small convolutional network, trained on MNIST, saved and run.

A model is anything that maps images (N, 28, 28, 1) to probabilities (N, 10): a Keras model, or
an ONNX file run without TensorFlow. Importing this package loads neither.
"""

from helpers.vision.digits.augmentation import distort
from helpers.vision.digits.evaluation import evaluate, probabilities
from helpers.vision.digits.export import load, save, ship
from helpers.vision.digits.inference import load_onnx, shipped_reader
from helpers.vision.digits.maps import export_maps, feature_maps, layer_maps
from helpers.vision.digits.model import build_cnn, to_images
from helpers.vision.digits.training import train

__all__ = [
    "build_cnn",
    "distort",
    "evaluate",
    "export_maps",
    "feature_maps",
    "layer_maps",
    "load",
    "load_onnx",
    "probabilities",
    "save",
    "ship",
    "shipped_reader",
    "to_images",
    "train",
]
