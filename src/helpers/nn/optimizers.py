"""Optimizers: how the gradients move the parameters."""

from collections.abc import Iterable

import numpy as np

from helpers.nn.layer import Layer


class SGD:
    """Stochastic gradient descent with momentum, as ``keras.optimizers.SGD``.

    Each parameter has a velocity. A step keeps a share of the velocity, adds a push downhill,
    and moves the parameter by it.

    Parameters
    ----------
    layers : iterable of Layer
    learning_rate : float
    momentum : float in [0, 1)
        The share that is kept; 0 is plain gradient descent.

    Notes
    -----
    Polyak, "Some methods of speeding up the convergence of iteration methods" (1964).

    Examples
    --------
    >>> from helpers.nn.dense import Dense
    >>> layer = Dense(np.array([[1.0]]), np.array([0.0]))
    >>> optimizer = SGD([layer], learning_rate=0.1, momentum=0.9)
    >>> layer.grad_weights = np.array([[2.0]])
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     print(layer.weights.round(4))
    [[0.8]]
    [[0.42]]
    """

    def __init__(
        self, layers: Iterable[Layer], learning_rate: float = 0.1, momentum: float = 0.9
    ) -> None:
        self.layers = list(layers)
        self.learning_rate, self.momentum = learning_rate, momentum
        self.velocities = [np.zeros_like(p) for layer in self.layers for p in layer.parameters]

    def step(self) -> None:
        """Move every parameter once, by the gradients of the latest `backward`."""
        parameters = [parameter for layer in self.layers for parameter in layer.parameters]
        gradients = [gradient for layer in self.layers for gradient in layer.gradients]
        for parameter, gradient, velocity in zip(
            parameters, gradients, self.velocities, strict=True
        ):
            velocity *= self.momentum
            velocity -= self.learning_rate * gradient
            parameter += velocity
