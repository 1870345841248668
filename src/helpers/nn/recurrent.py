"""Recurrent networks: SimpleRNN, LSTM and GRU, forwards and back through time.

A *cell* makes one step: from the input x_t and the state so far it makes the new state. A
*layer* is its cell in a loop, with the same weights at every step. The weights lie as in
Keras, so that ``LSTM(*keras_layer.get_weights())`` is the same layer.
"""

import numpy as np

from helpers.reader import say


class _Recurrent:
    """The loop around a cell, there and back; a subclass gives the cell.

    Parameters
    ----------
    kernel : array_like, (num_inputs, num_blocks * units)
        The weights of the inputs; a block for each gate and one for what is new.
    recurrent_kernel : array_like, (units, num_blocks * units)
        The weights of h_t.
    bias : array_like, (num_blocks * units,)
        For `GRU` (2, 3 * units): one for the inputs, one for h_t.

    Attributes
    ----------
    grad_kernel, grad_recurrent_kernel, grad_bias : ndarray
        The gradient of the loss, of the shapes of the weights; set by `backward`.
    states : list of tuple of ndarray, (N, units) each
        After a `forward`: the state after t steps at place t, zeros at place 0. It is
        ``(h_t,)``, and ``(h_t, c_t)`` for `LSTM`.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    num_blocks = 1
    num_biases = 1
    num_states = 1

    def __init__(self, kernel, recurrent_kernel, bias):
        kernel, recurrent_kernel, bias = map(_floats, (kernel, recurrent_kernel, bias))
        self.units = len(recurrent_kernel) if recurrent_kernel.ndim else 0
        width = self.num_blocks * self.units
        shapes = kernel.shape[-1:], kernel.ndim, recurrent_kernel.shape, bias.shape
        bias_shape = (width,) if self.num_biases == 1 else (self.num_biases, width)
        if shapes != ((width,), 2, (self.units, width), bias_shape):
            name, k = type(self).__name__, self.num_blocks
            wanted = f"(num_inputs, {k} * units), (units, {k} * units)"
            wanted_bias = f"({k} * units,)" if self.num_biases == 1 else f"(2, {k} * units)"
            given = f"{kernel.shape}, {recurrent_kernel.shape}, {bias.shape}"
            raise ValueError(
                say(
                    en=f"kernel, recurrent_kernel and bias of {name} must have the shapes "
                    f"{wanted} and {wanted_bias}, not {given}.",
                    ko=f"{name}의 kernel, recurrent_kernel, bias의 모양은 차례로 {wanted}, "
                    f"{wanted_bias}여야 합니다. 받은 모양: {given}",
                )
            )
        self.kernel, self.recurrent_kernel, self.bias = kernel, recurrent_kernel, bias
        self.states = []
        self._x = np.empty((0, 0, len(kernel)), kernel.dtype)

    def forward(self, x):
        """Read N sequences, step by step, from a state of zeros.

        Parameters
        ----------
        x : array_like, (N, T, num_inputs)
            T is 1 or more.

        Returns
        -------
        ndarray, (N, T, units)
            h_t after every step.

        Raises
        ------
        ValueError
            If `x` has another shape.
        """
        x = np.asarray(x)
        if x.ndim != 3 or x.shape[2] != len(self.kernel) or x.shape[1] == 0:
            raise ValueError(
                say(
                    en=f"x must have the shape (N, T, {len(self.kernel)}), a row for each step "
                    f"of each sequence, not {x.shape}.",
                    ko=f"x는 시퀀스마다, 걸음마다 한 줄씩, (N, T, {len(self.kernel)}) "
                    f"모양이어야 합니다. 받은 모양: {x.shape}",
                )
            )
        self._x = x
        zeros = np.zeros((len(x), self.units), np.result_type(x, self.kernel))
        self.states = [(zeros,) * self.num_states]
        for x_t in x.swapaxes(0, 1):
            self.states.append(self.step(x_t, *self.states[-1]))
        return np.stack([state[0] for state in self.states[1:]], axis=1)

    def backward(self, grad):
        """Go back through time; set the gradients of the weights.

        Parameters
        ----------
        grad : array_like, (N, T, units)
            The gradient of the loss with respect to every h_t of the latest `forward`; zeros
            at the steps that the loss does not look at.

        Returns
        -------
        ndarray, (N, T, num_inputs)
            The gradient with respect to the inputs.

        Raises
        ------
        ValueError
            If `grad` has another shape, or no `forward` came before.

        Notes
        -----
        Werbos, "Backpropagation through time: what it does and how to do it" (1990). The
        gates are computed once more on the way back, so that only the states are kept.
        """
        grad, x = np.asarray(grad), self._x
        if grad.shape != (*x.shape[:2], self.units) or not self.states:
            raise ValueError(
                say(
                    en="grad must have the shape of the latest outputs, "
                    f"{(*x.shape[:2], self.units)}, not {grad.shape}: run forward first.",
                    ko="grad의 모양은 forward가 마지막으로 낸 출력의 모양 "
                    f"{(*x.shape[:2], self.units)}와(과) 같아야 합니다. 먼저 forward를 "
                    f"실행하십시오. 받은 모양: {grad.shape}",
                )
            )
        self.grad_kernel = np.zeros_like(self.kernel)
        self.grad_recurrent_kernel = np.zeros_like(self.recurrent_kernel)
        grad_biases = np.zeros((2, *self.bias.shape[-1:]), self.bias.dtype)
        grad_x = np.empty(x.shape, self.states[0][0].dtype)
        grad_state = [np.zeros_like(part) for part in self.states[0]]
        for t in reversed(range(x.shape[1])):
            before, after = self.states[t : t + 2]
            grad_state[0] = grad_state[0] + grad[:, t]
            from_x, from_h, *grad_state = self._step_back(x[:, t], before, after, *grad_state)
            grad_state[0] = grad_state[0] + from_h @ self.recurrent_kernel.T
            grad_x[:, t] = from_x @ self.kernel.T
            self.grad_kernel += x[:, t].T @ from_x
            self.grad_recurrent_kernel += before[0].T @ from_h
            grad_biases += from_x.sum(axis=0), from_h.sum(axis=0)
        self.grad_bias = grad_biases[0] if self.num_biases == 1 else grad_biases
        return grad_x

    def step(self, x_t, *state):
        """Make one step: the cell.

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

    def _step_back(self, x_t, before, after, *grad_state):
        """Go back through one step.

        Returns the gradients of x_t's and of h_t's weighted sums, then that of each part of
        the state before, as far as it does not come through the sums.
        """
        raise NotImplementedError


class SimpleRNN(_Recurrent):
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

    def step(self, x_t, h_t):  # noqa: D102
        return (np.tanh(x_t @ self.kernel + h_t @ self.recurrent_kernel + self.bias),)

    def _step_back(self, x_t, before, after, grad_h):
        grad_sum = grad_h * (1 - after[0] ** 2)
        return grad_sum, grad_sum, 0


class LSTM(_Recurrent):
    """The layer with a long memory c_t and three gates, as ``keras.layers.LSTM``.

    The input gate i, the forget gate f and the output gate o are sigmoids of weighted sums of
    x_t and h_{t-1}, and so is what is new, with tanh. The blocks of the weights have the
    order i, f, new, o.

    c_t = f c_{t-1} + i new, and h_t = o tanh(c_t).

    Notes
    -----
    Hochreiter and Schmidhuber, "Long short-term memory" (1997); the forget gate is of Gers,
    Schmidhuber and Cummins, "Learning to forget" (2000).

    Examples
    --------
    With weights of 0 every gate is half open, and its bias decides what is new:

    >>> lstm = LSTM(np.zeros((1, 4)), np.zeros((1, 4)), bias=[0, 0, np.arctanh(0.8), 0])
    >>> h = lstm.forward(np.zeros((1, 2, 1)))
    >>> [round(c_t.item(), 4) for h_t, c_t in lstm.states]
    [0.0, 0.4, 0.6]
    """

    num_blocks = 4
    num_states = 2

    def step(self, x_t, h_t, c_t):  # noqa: D102
        i, f, new, o = self._gates(x_t, h_t)
        c_t = f * c_t + i * new
        return o * np.tanh(c_t), c_t

    def _gates(self, x_t, h_t):
        sums = x_t @ self.kernel + h_t @ self.recurrent_kernel + self.bias
        i, f, new, o = np.split(sums, 4, axis=1)
        return _sigmoid(i), _sigmoid(f), np.tanh(new), _sigmoid(o)

    def _step_back(self, x_t, before, after, grad_h, grad_c):
        i, f, new, o = self._gates(x_t, before[0])
        shown = np.tanh(after[1])
        grad_c = grad_c + grad_h * o * (1 - shown**2)
        grad_sums = np.hstack(
            [
                grad_c * new * i * (1 - i),
                grad_c * before[1] * f * (1 - f),
                grad_c * i * (1 - new**2),
                grad_h * shown * o * (1 - o),
            ]
        )
        return grad_sums, grad_sums, 0, grad_c * f


class GRU(_Recurrent):
    """The lighter layer with two gates and no c_t, as ``keras.layers.GRU``.

    The update gate z and the reset gate r are sigmoids of weighted sums of x_t and h_{t-1};
    the blocks of the weights have the order z, r, new.

    new = tanh(x_t W + b_0 + r (h_{t-1} U + b_1)), and h_t = z h_{t-1} + (1 - z) new.

    Notes
    -----
    Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014). There the
    reset gate comes before the recurrent kernel; Keras's default, ``reset_after=True``, has
    it after, with a bias of its own.

    Examples
    --------
    With weights of 0 the update gate is half open, and each step goes half the way:

    >>> gru = GRU(np.zeros((1, 3)), np.zeros((1, 3)), [[0, 0, np.arctanh(0.8)], [0, 0, 0]])
    >>> gru.forward(np.zeros((1, 3, 1))).ravel().round(4)
    array([0.4, 0.6, 0.7])
    """

    num_blocks = 3
    num_biases = 2

    def step(self, x_t, h_t):  # noqa: D102
        z, _, _, new = self._gates(x_t, h_t)
        return (z * h_t + (1 - z) * new,)

    def _gates(self, x_t, h_t):
        x_z, x_r, x_new = np.split(x_t @ self.kernel + self.bias[0], 3, axis=1)
        h_z, h_r, h_new = np.split(h_t @ self.recurrent_kernel + self.bias[1], 3, axis=1)
        z, r = _sigmoid(x_z + h_z), _sigmoid(x_r + h_r)
        return z, r, h_new, np.tanh(x_new + r * h_new)

    def _step_back(self, x_t, before, after, grad_h):
        z, r, h_new, new = self._gates(x_t, before[0])
        grad_z = grad_h * (before[0] - new) * z * (1 - z)
        grad_new = grad_h * (1 - z) * (1 - new**2)
        grad_r = grad_new * h_new * r * (1 - r)
        from_x = np.hstack([grad_z, grad_r, grad_new])
        from_h = np.hstack([grad_z, grad_r, grad_new * r])
        return from_x, from_h, grad_h * z


def _sigmoid(x):
    """Return 1 / (1 + exp(-x)), written so that no large number can overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def _floats(x):
    x = np.asarray(x)
    return x.astype(np.result_type(x, np.float32), copy=False)
