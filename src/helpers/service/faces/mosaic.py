"""Faces behind mosaics: in one picture, or in every upload, each only once."""

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from typing import Any

import numpy as np
from anyio import to_thread

from helpers.reader import LANGUAGES, say, speaking
from helpers.service.errors import PictureTooLarge
from helpers.service.pictures import LARGE, encode, opened
from helpers.service.uploads.storage import Store
from helpers.service.workers import Workers
from helpers.vision.faces import find_faces, pixelate
from helpers.vision.pictures import PhotoError, decode

#: What lies beside an upload once it was looked at: the result, or why there is none.
RESULT, FAILURE = "face.png", "face.json"

_log = logging.getLogger(__name__)


def hide(data: bytes, max_pixels: int) -> tuple[bytes, int]:
    """Return a picture as PNG with its faces behind mosaics, and how many they are.

    Raises
    ------
    PictureTooLarge, PhotoError
        If the picture has too many pixels or cannot be decoded.
    """
    with opened(data, max_pixels):
        return _hide(data)


def _hide(data: bytes) -> tuple[bytes, int]:
    photo = decode(data)
    faces = _faces_in(photo)
    return encode(pixelate(photo, faces), "png"), len(faces)


def _faces_in(photo: np.ndarray) -> np.ndarray:
    """Find the faces; in a large photo by a thread of its own, which takes its memory along.

    OpenCV's detector, of which each thread has one, keeps what it last worked with: 300 MB after
    a photo of 13 megapixels.
    """
    if photo.shape[0] * photo.shape[1] <= LARGE:
        return find_faces(photo, "quick")
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(find_faces, photo, "quick").result()


class MosaicJob:
    """Faces hidden in every upload that is new: one run, shared by all who wait for it.

    Parameters
    ----------
    workers : Workers
        The threads that work on the pictures.
    store : Store
        Where the uploads are, and the results go.
    max_pixels : int
        The largest picture.
    """

    def __init__(self, workers: Workers, store: Store, max_pixels: int):
        self._workers, self._store, self._max_pixels = workers, store, max_pixels
        self._num_waiting = 0
        self._run: asyncio.Task[None] | None = None

    async def finish(self) -> None:
        """Wait until no upload is new.

        Once nobody waits any more, no further picture is begun; what is begun is finished and kept.
        """
        self._num_waiting += 1
        try:
            # Not by the workers: listing the store need not wait for pictures.
            while new := await to_thread.run_sync(self._new):
                if self._run is None or self._run.done():
                    self._run = asyncio.create_task(self._work_on(new))
                    self._run.add_done_callback(_note)
                await asyncio.shield(self._run)
        finally:
            self._num_waiting -= 1

    async def _work_on(self, ids: list[str]) -> None:
        wanted = takewhile(lambda _: self._num_waiting, ids)
        await self._workers.each(self._hide_one, wanted)

    def _hide_one(self, id: str) -> None:
        hide_in_upload(self._store, self._max_pixels, id)

    def _new(self) -> list[str]:
        return [one.id for one in self._store.all() if not is_done(self._store, one.id)]


def _note(run: asyncio.Task) -> None:
    """Take the exception of a run, or asyncio complains when everybody who waited has left."""
    if not run.cancelled():
        run.exception()


def hide_in_upload(store: Store, max_pixels: int, id: str) -> None:
    """Put the result for an upload beside it, or in each language why there is none."""
    if is_done(store, id) or (data := store.read(id)) is None:
        return
    try:
        picture, num_faces = hide(data, max_pixels)
        reasons = None if num_faces else _in_each_language(_no_face)
    except (PictureTooLarge, PhotoError):
        reasons = _in_each_language(_why_not, data, max_pixels)
    except Exception:  # an accident with one picture is not one of all the others
        _log.exception("The upload %s could not be worked on", id)
        reasons = _in_each_language(_accident)
    if reasons:
        store.write(id, FAILURE, json.dumps(reasons).encode())
    else:
        store.write(id, RESULT, picture)


def is_done(store: Store, id: str) -> bool:
    """Return whether `hide_in_upload` has looked at an upload."""
    return store.has(id, RESULT) or store.has(id, FAILURE)


def _in_each_language(reason: Callable[..., str], *args: Any) -> dict[str, str]:
    found = {}
    for lang in LANGUAGES:
        with speaking(lang):
            found[lang] = reason(*args)
    return found


def _why_not(data: bytes, max_pixels: int) -> str:
    try:
        with opened(data, max_pixels):
            decode(data)
    except (PictureTooLarge, PhotoError) as error:
        return str(error)
    return _no_face()


def _no_face() -> str:
    return say(en="No face was found.", ko="얼굴을 찾지 못했습니다.")


def _accident() -> str:
    return say(
        en="Something went wrong with this picture; the service's log says what.",
        ko="이 사진을 처리하다 문제가 생겼습니다. 무엇인지는 서비스의 기록에 남아 있습니다.",
    )
