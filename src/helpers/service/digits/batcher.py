"""Work that arrives together, done together."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

#: The size of the largest batch: the rest waits a turn, so that other requests are not delayed.
LARGEST = 32


Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Call a function once for all that ask for it in one turn of the event loop.

    Between two single requests the processor runs through the whole framework, which pushes the
    function's code and data out of its cache; a batch pays for that once. No item waits for
    others: what has arrived by the end of the turn is the batch. If the function fails, each item
    is tried alone, so that an error reaches only the one who sent it.

    Parameters
    ----------
    function : callable
        From a list of items to as many results, in their order. It runs in the event loop, so
        an item should take it well under a millisecond; and in the context of the first caller, so
        it must say nothing in a reader's language.

    Examples
    --------
    >>> double = Batcher(lambda numbers: print(numbers) or [2 * number for number in numbers])
    >>> async def three():
    ...     return await asyncio.gather(double(1), double(2), double(3))
    >>> asyncio.run(three())
    [1, 2, 3]
    [2, 4, 6]
    """

    def __init__(self, function: Callable[[list[Item]], Sequence[Result]]):
        self._function = function
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []

    async def __call__(self, item: Item) -> Result:
        """Return the function's result for an item, or raise what it raises for it alone."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._answer)
        result: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, result))
        return await result

    def _answer(self) -> None:
        batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._answer)
        # What was cancelled meanwhile needs no answer any more.
        self._work([(item, result) for item, result in batch if not result.done()])

    def _work(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            answers = self._function([item for item, _ in batch])
            answered = list(zip(batch, answers, strict=True))
        except Exception as error:
            if len(batch) == 1:
                batch[0][1].set_exception(error)
            else:
                for one in batch:
                    self._work([one])
        else:
            for (_, result), answer in answered:
                result.set_result(answer)
