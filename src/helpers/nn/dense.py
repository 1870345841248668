"""Dense networks: the fully connected layer, ReLU, the loss, and backpropagation.

A network is a list of layers. Backpropagation goes through the list from last to first: each
layer gets the gradient of the loss with respect to its outputs, and returns the one with respect
to its inputs.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from helpers.nn.checks import (
    as_float_array,
    check_gradient,
    check_labels,
    check_shape,
    check_widths,
)
from helpers.nn.layer import Layer


class Dense(Layer):
    """A fully connected layer: each output is a weighted sum of all inputs, plus a bias.

    Parameters
    ----------
    weights : array_like, (num_inputs, num_outputs)
    bias : array_like, (num_outputs,)
        Floats are kept, not copied, and `SGD` changes them in place.

    Attributes
    ----------
    grad_weights, grad_bias : ndarray
        The gradient of the loss, of the shapes of `weights` and `bias`; zero until the first
        `backward`.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.

    Notes
    -----
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.5.

    Examples
    --------
    >>> layer = Dense(np.array([[1.0, 10], [2, 20]]), np.array([0.5, 0]))
    >>> layer.forward(np.array([[3.0, 4]]))
    array([[ 11.5, 110. ]])
    >>> layer.backward(np.array([[1.0, 0]])), layer.grad_bias
    (array([[1., 2.]]), array([1., 0.]))
    >>> layer.grad_weights
    array([[3., 0.],
           [4., 0.]])
    """

    names = ("weights", "bias")

    def __init__(self, weights: ArrayLike, bias: ArrayLike) -> None:
        self.weights = check_shape("weights", as_float_array(weights), "num_inputs num_outputs")
        self.num_inputs, self.num_outputs = self.weights.shape
        self.bias = check_shape("bias", as_float_array(bias), f"{self.num_outputs}")
        self.grad_weights, self.grad_bias = np.zeros_like(self.weights), np.zeros_like(self.bias)
        self._x = np.empty((0, self.num_inputs))

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Return the outputs (..., num_outputs) for inputs (..., num_inputs)."""
        self._x = check_shape("x", x, f"... {self.num_inputs}")
        return self._x @ self.weights + self.bias

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Set `grad_weights` and `grad_bias`; return the gradient of the inputs.

        Parameters
        ----------
        grad : array_like, (..., num_outputs)
            The gradient of the loss with respect to the outputs of the latest `forward`.

        Returns
        -------
        ndarray, (..., num_inputs)
        """
        grad = check_gradient(grad, (*self._x.shape[:-1], self.num_outputs))
        x_rows = self._x.reshape(-1, self.num_inputs)  # one example a row
        grad_rows = grad.reshape(-1, self.num_outputs)
        self.grad_weights = x_rows.T @ grad_rows
        self.grad_bias = grad_rows.sum(axis=0)
        return grad @ self.weights.T


class ReLU(Layer):
    """The bend between two layers: negative numbers become 0, and stop the gradient.

    Examples
    --------
    >>> layer = ReLU()
    >>> layer.forward(np.array([[-2.0, 3]]))
    array([[0., 3.]])
    >>> layer.backward(np.array([[5.0, 7]]))
    array([[0., 7.]])
    """

    def __init__(self) -> None:
        self._positive = np.empty(0, bool)

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Return max(x, 0), of the shape of `x`."""
        x = np.asarray(x)
        self._positive = x > 0
        return np.where(self._positive, x, 0)

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Return `grad` where the input of the latest `forward` was positive, else 0."""
        return check_gradient(grad, self._positive.shape) * self._positive


def build_dnn(widths: Iterable[int], *, seed: int = 0, dtype: DTypeLike = np.float32) -> list[Any]:
    """Build a dense network: a `Dense` layer between two widths, a `ReLU` between two layers.

    Parameters
    ----------
    widths : iterable of int
        How many numbers go in, come out of each hidden layer, and come out at the end.
    seed : int
        Decides the first weights.
    dtype : dtype
        Of all parameters; float64 where finite differences are taken.

    Returns
    -------
    list of Dense and ReLU
        The last layer gives scores: no ReLU follows it.

    Raises
    ------
    ValueError
        If there are fewer than two widths, or one of them is not a positive integer.

    Notes
    -----
    The weights are drawn from a normal distribution of variance 2 / inputs, with which the
    numbers neither fade nor grow from layer to layer (He et al., "Delving deep into rectifiers",
    2015); the biases begin at 0.

    Examples
    --------
    >>> layers = build_dnn([784, 128, 10])
    >>> [type(layer).__name__ for layer in layers], layers[0].weights.shape
    (['Dense', 'ReLU', 'Dense'], (784, 128))
    """
    widths = check_widths(widths)
    rng = np.random.default_rng(seed)
    layers: list[Layer] = []
    for num_inputs, num_outputs in pairwise(widths):
        weights = rng.normal(0, np.sqrt(2 / num_inputs), (num_inputs, num_outputs))
        layers += [Dense(weights.astype(dtype), np.zeros(num_outputs, dtype)), ReLU()]
    return layers[:-1]


def forward(layers: Sequence[Any], x: ArrayLike) -> np.ndarray:
    """Send `x` (N, num_inputs) through all layers; return the scores (N, num_outputs).

    Examples
    --------
    >>> forward(build_dnn([784, 128, 10]), np.zeros((5, 784), np.float32)).shape
    (5, 10)
    """
    for layer in layers:
        x = layer.forward(x)
    return np.asarray(x)


def backward(layers: Sequence[Any], grad: ArrayLike) -> np.ndarray:
    """Send the gradient of the scores back through all layers: backpropagation.

    Parameters
    ----------
    layers : sequence of Layer
        After a `forward`; the gradients of the parameters are set.
    grad : array_like, (N, num_outputs)
        The gradient of the loss with respect to the scores, from `cross_entropy`.

    Returns
    -------
    ndarray, (N, num_inputs)
        The gradient with respect to the network's inputs.

    Notes
    -----
    Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986).

    Examples
    --------
    >>> layers = build_dnn([2, 3, 2])
    >>> loss, grad = cross_entropy(forward(layers, np.eye(2, dtype=np.float32)), [0, 1])
    >>> backward(layers, grad).shape, layers[0].grad_weights.shape
    ((2, 2), (2, 3))
    """
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return np.asarray(grad)


def cross_entropy(scores: ArrayLike, labels: ArrayLike) -> tuple[float, np.ndarray]:
    """Measure how wrong scores are: softmax, then the mean of -log(right probability).

    Parameters
    ----------
    scores : array_like, (N, num_classes)
    labels : array_like of int, (N,)
        The right class of each row, from 0.

    Returns
    -------
    loss : float
        0 or more; log(num_classes) where all classes seem equally probable.
    grad : ndarray, (N, num_classes)
        Its gradient with respect to the scores: (probabilities - one-hot labels) / N.

    Raises
    ------
    ValueError
        If the scores have another shape, or the labels are not one class for each row.

    Notes
    -----
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3. The logarithm is
    taken of softmax as a whole, so that no probability can round to 0 before it.

    Examples
    --------
    >>> loss, grad = cross_entropy([[np.log(1), np.log(3)]], [1])
    >>> round(loss, 4), grad
    (0.2877, array([[ 0.25, -0.25]]))
    """
    scores = check_shape("scores", as_float_array(scores), "N num_classes")
    num, num_classes = scores.shape
    labels = check_labels(labels, num, num_classes)
    scores = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    right = np.arange(num), labels  # one place in each row
    loss = -log_probabilities[right].mean()
    grad = np.exp(log_probabilities)
    grad[right] -= 1
    return float(loss), grad / num
