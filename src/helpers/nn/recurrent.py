"""Recurrent networks: SimpleRNN, LSTM and GRU, forwards and back through time.

A *cell* makes one time step: from the input x_t and the state so far it makes the new state. A
*layer* is its cell in a loop, with the same weights at every step. The weights are those of
Keras, so that ``LSTM(*keras_layer.get_weights())`` is the same layer.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.nn.activations import sigmoid
from helpers.nn.checks import as_float_array, check_gradient, check_shape
from helpers.nn.layer import Layer


class Recurrent(Layer):
    """The loop around a cell, forwards and backwards; a subclass gives the cell.

    Parameters
    ----------
    kernel : array_like, (num_inputs, num_blocks * units)
        The weights of the inputs: one block for each gate, and one for the new content.
    recurrent_kernel : array_like, (units, num_blocks * units)
        The weights of h_t.
    bias : array_like, (num_blocks * units,)
        For `GRU` (2, 3 * units): one for the inputs, one for h_t.

    Attributes
    ----------
    grad_kernel, grad_recurrent_kernel, grad_bias : ndarray
        The gradient of the loss, of the shapes of the weights; zero until the first `backward`.
    states : list of tuple of ndarray, (N, units) each
        After a `forward`: the state after t steps at place t, zeros at place 0. It is
        ``(h_t,)``, and ``(h_t, c_t)`` for `LSTM`.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    names = ("kernel", "recurrent_kernel", "bias")
    num_blocks = 1
    num_states = 1
    bias_axes = "units"

    def __init__(self, kernel: ArrayLike, recurrent_kernel: ArrayLike, bias: ArrayLike) -> None:
        blocks = "units" if self.num_blocks == 1 else f"{self.num_blocks}*units"
        self.kernel = check_shape("kernel", as_float_array(kernel), f"num_inputs {blocks}")
        self.units = self.kernel.shape[1] // self.num_blocks
        recurrent_kernel = as_float_array(recurrent_kernel)
        self.recurrent_kernel = check_shape(
            "recurrent_kernel", recurrent_kernel, f"units {blocks}", units=self.units
        )
        self.bias = check_shape("bias", as_float_array(bias), self.bias_axes, units=self.units)
        self.grad_kernel = np.zeros_like(self.kernel)
        self.grad_recurrent_kernel = np.zeros_like(self.recurrent_kernel)
        self.grad_bias = np.zeros_like(self.bias)
        self.states: list[tuple[np.ndarray, ...]] = []
        self._x = np.empty((0, 0, len(self.kernel)))

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Read N sequences, step by step, from a state of zeros.

        Parameters
        ----------
        x : array_like, (N, T, num_inputs)

        Returns
        -------
        ndarray, (N, T, units)
            h_t after every step.

        Raises
        ------
        ValueError
            If `x` has another shape.
        """
        x = self._x = check_shape("x", x, f"N T {len(self.kernel)}")
        zeros = np.zeros((len(x), self.units), np.result_type(x, self.kernel))
        self.states = [(zeros,) * self.num_states]
        for x_t in x.swapaxes(0, 1):
            self.states.append(self.step(x_t, *self.states[-1]))
        return np.stack([state[0] for state in self.states[1:]], axis=1)

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Go back through time; set the gradients of the weights.

        Parameters
        ----------
        grad : array_like, (N, T, units)
            The gradient of the loss with respect to every h_t of the latest `forward`; zeros
            at the steps that the loss does not use.

        Returns
        -------
        ndarray, (N, T, num_inputs)
            The gradient with respect to the inputs.

        Raises
        ------
        ValueError
            If `grad` has another shape, or there was no `forward` before.

        Notes
        -----
        Werbos, "Backpropagation through time: what it does and how to do it" (1990). The
        gates are computed again on the way back, so that only the states are kept.
        """
        x = self._x
        grad = check_gradient(grad, (*x.shape[:2], self.units))
        self.grad_kernel = np.zeros_like(self.kernel)
        self.grad_recurrent_kernel = np.zeros_like(self.recurrent_kernel)
        grad_biases = np.zeros((2, self.kernel.shape[1]), self.bias.dtype)
        grad_x = np.empty(x.shape, self.states[0][0].dtype)
        grad_state = [np.zeros_like(part) for part in self.states[0]]
        for t in reversed(range(x.shape[1])):
            before, after = self.states[t], self.states[t + 1]
            grad_state[0] = grad_state[0] + grad[:, t]
            grad_of_x, grad_of_h, *grad_state = self._step_backward(
                x[:, t], before, after, *grad_state
            )
            self.grad_kernel += x[:, t].T @ grad_of_x
            self.grad_recurrent_kernel += before[0].T @ grad_of_h
            grad_biases += grad_of_x.sum(axis=0), grad_of_h.sum(axis=0)
            grad_x[:, t] = grad_of_x @ self.kernel.T
            grad_state[0] = grad_state[0] + grad_of_h @ self.recurrent_kernel.T
        self.grad_bias = grad_biases if self.bias.ndim == 2 else grad_biases[0]
        return grad_x

    def step(self, x_t: np.ndarray, *state: np.ndarray) -> tuple[np.ndarray, ...]:
        """Make one time step: the cell.

        Parameters
        ----------
        x_t : ndarray, (N, num_inputs)
        *state : ndarray, (N, units) each
            h_t of the step before; for `LSTM` h_t and c_t.

        Returns
        -------
        tuple of ndarray, (N, units) each
            The new state.
        """
        raise NotImplementedError

    def _step_backward(
        self,
        x_t: np.ndarray,
        before: tuple[np.ndarray, ...],
        after: tuple[np.ndarray, ...],
        *grad_state: np.ndarray,
    ) -> tuple[Any, ...]:
        """Go back through one step, from the gradient of the state `after` it.

        Returns the gradients of the weighted sums of x_t and of those of h_t, then the gradient
        of each part of the state `before`, without what passes through the sums.
        """
        raise NotImplementedError


class SimpleRNN(Recurrent):
    """The simplest recurrent layer, as ``keras.layers.SimpleRNN``.

    h_t = tanh(x_t W + h_{t-1} U + b), with W the kernel and U the recurrent kernel.

    Notes
    -----
    Elman, "Finding structure in time" (1990).

    Examples
    --------
    >>> rnn = SimpleRNN(kernel=[[1.0]], recurrent_kernel=[[2.0]], bias=[0.0])
    >>> rnn.forward([[[1.0], [0.0]]]).round(4)
    array([[[0.7616],
            [0.9093]]])
    >>> rnn.backward([[[0.0], [1.0]]]).round(4)
    array([[[0.1455],
            [0.1733]]])
    """

    def step(self, x_t: np.ndarray, *state: np.ndarray) -> tuple[np.ndarray, ...]:  # noqa: D102
        (h_t,) = state
        return (np.tanh(x_t @ self.kernel + h_t @ self.recurrent_kernel + self.bias),)

    def _step_backward(
        self,
        x_t: np.ndarray,
        before: tuple[np.ndarray, ...],
        after: tuple[np.ndarray, ...],
        *grad_state: np.ndarray,
    ) -> tuple[Any, ...]:
        (h_t,), (grad_h,) = after, grad_state
        grad_sum = grad_h * (1 - h_t**2)
        return grad_sum, grad_sum, 0


class LSTM(Recurrent):
    """The layer with a long memory c_t and three gates, as ``keras.layers.LSTM``.

    The input gate i, the forget gate f and the output gate o are sigmoids of weighted sums of
    x_t and h_{t-1}; the new content is one with tanh. The order of the blocks of the weights is
    i, f, new, o.

    c_t = f c_{t-1} + i new, and h_t = o tanh(c_t).

    Notes
    -----
    Hochreiter and Schmidhuber, "Long short-term memory" (1997); the forget gate is from Gers,
    Schmidhuber and Cummins, "Learning to forget" (2000).

    Examples
    --------
    With weights of 0 every gate is half open, and the bias decides the new content:

    >>> lstm = LSTM(np.zeros((1, 4)), np.zeros((1, 4)), bias=[0, 0, np.arctanh(0.8), 0])
    >>> h = lstm.forward(np.zeros((1, 2, 1)))
    >>> [round(c_t.item(), 4) for h_t, c_t in lstm.states]
    [0.0, 0.4, 0.6]
    """

    num_blocks = 4
    bias_axes = "4*units"
    num_states = 2

    def step(self, x_t: np.ndarray, *state: np.ndarray) -> tuple[np.ndarray, ...]:  # noqa: D102
        h_t, c_t = state
        i, f, new, o = self._gates(x_t, h_t)
        c_t = f * c_t + i * new
        return o * np.tanh(c_t), c_t

    def _gates(self, x_t: np.ndarray, h_t: np.ndarray) -> tuple[np.ndarray, ...]:
        sums = x_t @ self.kernel + h_t @ self.recurrent_kernel + self.bias
        i, f, _, o = np.split(sigmoid(sums), 4, axis=1)  # in one go, which is faster
        new = np.tanh(sums[:, 2 * self.units : 3 * self.units])
        return i, f, new, o

    def _step_backward(
        self,
        x_t: np.ndarray,
        before: tuple[np.ndarray, ...],
        after: tuple[np.ndarray, ...],
        *grad_state: np.ndarray,
    ) -> tuple[Any, ...]:
        (h_before, c_before), (_, c_t), (grad_h, grad_c) = before, after, grad_state
        i, f, new, o = self._gates(x_t, h_before)
        shown = np.tanh(c_t)
        grad_c = grad_c + grad_h * o * (1 - shown**2)
        grad_sums = np.hstack(
            [
                grad_c * new * i * (1 - i),
                grad_c * c_before * f * (1 - f),
                grad_c * i * (1 - new**2),
                grad_h * shown * o * (1 - o),
            ]
        )
        return grad_sums, grad_sums, 0, grad_c * f


class GRU(Recurrent):
    """The lighter layer with two gates and no c_t, as ``keras.layers.GRU``.

    The update gate z and the reset gate r are sigmoids of weighted sums of x_t and h_{t-1};
    the order of the blocks of the weights is z, r, new.

    new = tanh(x_t W + b_0 + r (h_{t-1} U + b_1)), and h_t = z h_{t-1} + (1 - z) new.

    Notes
    -----
    Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014). There the
    reset gate comes before the recurrent kernel; Keras's default, ``reset_after=True``, has
    it after, with a bias of its own.

    Examples
    --------
    With weights of 0 the update gate is half open, and each step goes halfway:

    >>> gru = GRU(np.zeros((1, 3)), np.zeros((1, 3)), [[0, 0, np.arctanh(0.8)], [0, 0, 0]])
    >>> gru.forward(np.zeros((1, 3, 1))).ravel().round(4)
    array([0.4, 0.6, 0.7])
    """

    num_blocks = 3
    bias_axes = "2 3*units"

    def step(self, x_t: np.ndarray, *state: np.ndarray) -> tuple[np.ndarray, ...]:  # noqa: D102
        (h_t,) = state
        z, _, _, new = self._gates(x_t, h_t)
        return (z * h_t + (1 - z) * new,)

    def _gates(self, x_t: np.ndarray, h_t: np.ndarray) -> tuple[np.ndarray, ...]:
        x_sums = x_t @ self.kernel + self.bias[0]
        h_sums = h_t @ self.recurrent_kernel + self.bias[1]
        z, r, _ = np.split(sigmoid(x_sums + h_sums), 3, axis=1)
        x_new, h_new = x_sums[:, 2 * self.units :], h_sums[:, 2 * self.units :]
        return z, r, h_new, np.tanh(x_new + r * h_new)

    def _step_backward(
        self,
        x_t: np.ndarray,
        before: tuple[np.ndarray, ...],
        after: tuple[np.ndarray, ...],
        *grad_state: np.ndarray,
    ) -> tuple[Any, ...]:
        (h_before,), (grad_h,) = before, grad_state
        z, r, h_new, new = self._gates(x_t, h_before)
        grad_z = grad_h * (h_before - new) * z * (1 - z)
        grad_new = grad_h * (1 - z) * (1 - new**2)
        grad_r = grad_new * h_new * r * (1 - r)
        grad_of_x = np.hstack([grad_z, grad_r, grad_new])
        grad_of_h = np.hstack([grad_z, grad_r, grad_new * r])
        return grad_of_x, grad_of_h, grad_h * z
