"""Optimizers: how the gradients move the parameters."""

import numpy as np

from helpers.nn.dense import Dense


class SGD:
    """Stochastic gradient descent with momentum, as ``keras.optimizers.SGD``.

    Each parameter has a velocity. A step keeps a share of the velocity, adds a push
    downhill, and moves the parameter by it.

    Parameters
    ----------
    layers : list of Dense and ReLU
    learning_rate : float
    momentum : float in [0, 1)
        The share that is kept; 0 is plain gradient descent.

    Notes
    -----
    Polyak, "Some methods of speeding up the convergence of iteration methods" (1964).

    Examples
    --------
    >>> layer = Dense(np.array([[1.0]]), np.array([0.0]))
    >>> optimizer = SGD([layer], learning_rate=0.1, momentum=0.9)
    >>> layer.grad_weights = np.array([[2.0]])
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     print(layer.weights.round(4))
    [[0.8]]
    [[0.42]]
    """

    def __init__(self, layers, learning_rate=0.1, momentum=0.9):
        self.learning_rate, self.momentum = learning_rate, momentum
        self._layers = [layer for layer in layers if isinstance(layer, Dense)]
        self._velocities = [
            np.zeros_like(parameter)
            for layer in self._layers
            for parameter in (layer.weights, layer.bias)
        ]

    def step(self):
        """Move every parameter once, by the gradients of the latest `backward`."""
        velocities = iter(self._velocities)
        for layer in self._layers:
            for parameter, grad in (
                (layer.weights, layer.grad_weights),
                (layer.bias, layer.grad_bias),
            ):
                velocity = next(velocities)
                velocity *= self.momentum
                velocity -= self.learning_rate * grad
                parameter += velocity
