"""Dense networks: the fully connected layer, backpropagation and a step of learning.

A network is a list of layers. Each layer has a `forward`, which remembers what it needs
for the way back, and a `backward`, which takes the gradient of the loss with respect to
the layer's outputs and returns the one with respect to its inputs.
"""

from itertools import pairwise

import numpy as np

from helpers.reader import say


class Dense:
    """A fully connected layer: each output is a weighted sum of all inputs, plus a bias.

    Parameters
    ----------
    weights : ndarray, (num_inputs, num_outputs)
    bias : ndarray, (num_outputs,)
        Floats are kept, not copied, and `SGD` changes them in place.

    Attributes
    ----------
    grad_weights, grad_bias : ndarray
        The gradient of the loss, of the shapes of `weights` and `bias`; zero until the
        first `backward`.

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

    def __init__(self, weights, bias):
        weights, bias = _floats(weights), _floats(bias)
        if weights.ndim != 2 or bias.shape != weights.shape[1:]:
            raise ValueError(
                say(
                    en="weights must have the shape (num_inputs, num_outputs) and bias "
                    f"(num_outputs,), not {weights.shape} and {bias.shape}.",
                    ko="weights의 모양은 (num_inputs, num_outputs), bias의 모양은 "
                    f"(num_outputs,)여야 합니다. 받은 모양: {weights.shape}, {bias.shape}",
                )
            )
        self.weights, self.bias = weights, bias
        self.grad_weights, self.grad_bias = np.zeros_like(weights), np.zeros_like(bias)
        self._x = np.empty((0, len(weights)), weights.dtype)

    def forward(self, x):
        """Return the outputs (N, num_outputs) for N inputs, (N, num_inputs)."""
        x = np.asarray(x)
        if x.ndim != 2 or x.shape[1] != len(self.weights):
            raise ValueError(
                say(
                    en=f"x must have the shape (N, {len(self.weights)}), one row for each "
                    f"example, not {x.shape}.",
                    ko=f"x는 예시마다 한 줄씩, (N, {len(self.weights)}) 모양이어야 합니다. "
                    f"받은 모양: {x.shape}",
                )
            )
        self._x = x
        return x @ self.weights + self.bias

    def backward(self, grad):
        """Set `grad_weights` and `grad_bias`; return the gradient of the inputs.

        Parameters
        ----------
        grad : ndarray, (N, num_outputs)
            The gradient of the loss with respect to the outputs of the latest `forward`.

        Returns
        -------
        ndarray, (N, num_inputs)
        """
        grad = _of_outputs(grad, (len(self._x), len(self.bias)))
        self.grad_weights = self._x.T @ grad
        self.grad_bias = grad.sum(axis=0)
        return grad @ self.weights.T


class ReLU:
    """The bend between two layers: negative numbers become 0, and stop the gradient.

    Examples
    --------
    >>> layer = ReLU()
    >>> layer.forward(np.array([[-2.0, 3]]))
    array([[0., 3.]])
    >>> layer.backward(np.array([[5.0, 7]]))
    array([[0., 7.]])
    """

    def __init__(self):
        self._passes = np.empty((0, 0), bool)

    def forward(self, x):
        """Return max(x, 0), of the shape of `x`."""
        x = np.asarray(x)
        self._passes = x > 0
        return np.where(self._passes, x, 0)

    def backward(self, grad):
        """Return `grad` where the latest `forward` got a positive number, else 0."""
        return _of_outputs(grad, self._passes.shape) * self._passes


def build_dnn(widths, *, seed=0, dtype=np.float32):
    """Build a dense network: a `Dense` layer between any two widths, a `ReLU` between layers.

    Parameters
    ----------
    widths : sequence of int
        How many numbers go in, come out of each hidden layer, and come out at the end.
    seed : int
        Decides the first weights.
    dtype : dtype
        Of all parameters; float64 where finite differences are taken.

    Returns
    -------
    list of Dense and ReLU
        The last layer gives scores: no ReLU stands behind it.

    Raises
    ------
    ValueError
        If there are fewer than two widths, or one of them is not a positive integer.

    Notes
    -----
    The weights are drawn from a normal distribution of variance 2 / inputs, with which
    the numbers neither fade nor grow from layer to layer (He et al., "Delving deep into
    rectifiers", 2015); the biases begin at 0.

    Examples
    --------
    >>> layers = build_dnn([784, 128, 10])
    >>> [type(layer).__name__ for layer in layers], layers[0].weights.shape
    (['Dense', 'ReLU', 'Dense'], (784, 128))
    """
    widths = list(widths)
    if len(widths) < 2 or not all(isinstance(w, int | np.integer) and w > 0 for w in widths):
        raise ValueError(
            say(
                en="widths must be two positive integers or more, such as [784, 128, 10], "
                f"not {widths}.",
                ko="widths에는 [784, 128, 10]처럼 양의 정수가 둘 이상 있어야 합니다. "
                f"받은 값: {widths}",
            )
        )
    rng = np.random.default_rng(seed)
    layers = []
    for num_inputs, num_outputs in pairwise(widths):
        weights = rng.normal(0, np.sqrt(2 / num_inputs), (num_inputs, num_outputs))
        layers += [Dense(weights.astype(dtype), np.zeros(num_outputs, dtype)), ReLU()]
    return layers[:-1]


def forward(layers, x):
    """Send `x` (N, num_inputs) through all layers; return the scores (N, num_outputs).

    Examples
    --------
    >>> forward(build_dnn([784, 128, 10]), np.zeros((5, 784), np.float32)).shape
    (5, 10)
    """
    for layer in layers:
        x = layer.forward(x)
    return x


def backward(layers, grad):
    """Send the gradient of the scores back through all layers: backpropagation.

    Parameters
    ----------
    layers : list of Dense and ReLU
        After a `forward`; each `Dense` is left with its `grad_weights` and `grad_bias`.
    grad : ndarray, (N, num_outputs)
        The gradient of the loss with respect to the scores, from `cross_entropy`.

    Returns
    -------
    ndarray, (N, num_inputs)
        The gradient with respect to the network's inputs.

    Notes
    -----
    Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors"
    (1986).

    Examples
    --------
    >>> layers = build_dnn([2, 3, 2])
    >>> loss, grad = cross_entropy(forward(layers, np.eye(2, dtype=np.float32)), [0, 1])
    >>> backward(layers, grad).shape, layers[0].grad_weights.shape
    ((2, 2), (2, 3))
    """
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return grad


def cross_entropy(scores, labels):
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
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3. The logarithm
    is taken of softmax as a whole, so that no probability of 0 can arise.

    Examples
    --------
    >>> loss, grad = cross_entropy([[np.log(1), np.log(3)]], [1])
    >>> round(loss, 4), grad
    (0.2877, array([[ 0.25, -0.25]]))
    """
    scores, labels = _floats(scores), np.asarray(labels)
    if scores.ndim != 2 or 0 in scores.shape:
        raise ValueError(
            say(
                en=f"scores must have the shape (N, num_classes), not {scores.shape}.",
                ko=f"scores의 모양은 (N, num_classes)여야 합니다. 받은 모양: {scores.shape}",
            )
        )
    num, num_classes = scores.shape
    whole = np.issubdtype(labels.dtype, np.integer)
    if labels.shape != (num,) or not whole or not np.all((labels >= 0) & (labels < num_classes)):
        raise ValueError(
            say(
                en=f"labels must be {num} whole numbers from 0 to {num_classes - 1}, one for each "
                "row of scores.",
                ko=f"labels는 scores의 줄마다 하나씩, 0부터 {num_classes - 1}까지의 정수 "
                f"{num}개여야 합니다.",
            )
        )
    scores = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(num)
    loss = -log_probabilities[rows, labels].mean()
    grad = np.exp(log_probabilities)
    grad[rows, labels] -= 1
    return float(loss), grad / num


def _floats(x):
    x = np.asarray(x)
    return x.astype(np.result_type(x, np.float32), copy=False)


def _of_outputs(grad, shape):
    """Return `grad` as an array; raise `ValueError` unless it fits the latest outputs."""
    grad = np.asarray(grad)
    if grad.shape != shape:
        raise ValueError(
            say(
                en=f"grad must have the shape of the latest outputs, {shape}, not {grad.shape}: "
                "run forward first.",
                ko=f"grad의 모양은 forward가 마지막으로 낸 출력의 모양 {shape}와(과) 같아야 "
                f"합니다. 먼저 forward를 실행하십시오. 받은 모양: {grad.shape}",
            )
        )
    return grad
