"""A layer: what all parts of a network have in common."""

from collections.abc import Sequence

import numpy as np


class Layer:
    """A step of a network, forwards and backwards.

    `forward` computes the outputs and remembers what the way back needs. `backward` takes the
    gradient of the loss with respect to the outputs of the latest `forward`, sets the gradients
    of the parameters and returns those of the inputs.

    Attributes
    ----------
    names : sequence of str
        The layer's own parameters, in the order of Keras's ``get_weights``; the gradient of
        ``weights`` is ``grad_weights``.
    parts : sequence of Layer
        The layers that it is made of.
    """

    names: Sequence[str] = ()
    parts: Sequence["Layer"] = ()

    @property
    def parameters(self) -> list[np.ndarray]:
        """What is learned, as a list of arrays; an optimizer changes them in place."""
        own = [getattr(self, name) for name in self.names]
        return own + [parameter for part in self.parts for parameter in part.parameters]

    @property
    def gradients(self) -> list[np.ndarray]:
        """The gradient of the loss for each of the parameters; zeros before a `backward`."""
        own = [getattr(self, f"grad_{name}") for name in self.names]
        return own + [gradient for part in self.parts for gradient in part.gradients]
