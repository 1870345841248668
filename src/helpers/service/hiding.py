"""Faces hidden for the service: in one picture, or in every upload, each once."""

import json
from concurrent.futures import ThreadPoolExecutor

from helpers.reader import LANGUAGES, say, speaking
from helpers.service.bodies import LARGE, encode, opened
from helpers.service.problems import Problem
from helpers.service.storage import Store
from helpers.vision.faces import find_faces, pixelate
from helpers.vision.pictures import PhotoError, decode

#: What lies beside an upload once it was looked at: the result, or why there is none.
RESULT, FAILURE = "face.png", "face.json"


def hide(data: bytes, max_pixels: int) -> tuple[bytes, int]:
    """Return a picture as PNG with its faces behind mosaics, and how many they are.

    Raises
    ------
    Problem, PhotoError
        If the picture is too large or cannot be decoded.
    """
    with opened(data, max_pixels):
        return _hide(data)


def _hide(data):
    photo = decode(data)
    faces = _faces_in(photo)
    return encode(pixelate(photo, faces), "png"), len(faces)


def _faces_in(photo):
    """Find the faces; in a large photo by a thread of its own, which takes its memory along.

    OpenCV's detector, of which each thread has one, keeps what it last worked with: 300 MB after
    a photo of 13 megapixels.
    """
    if photo.shape[0] * photo.shape[1] <= LARGE:
        return find_faces(photo, "quick")
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(find_faces, photo, "quick").result()


def hide_in_upload(store: Store, max_pixels: int, id: str):
    """Put the result for an upload beside it, or in each language why there is none."""
    data = store.read(id)
    if data is None or is_done(store, id):
        return
    try:
        picture, num_faces = hide(data, max_pixels)
    except (Problem, PhotoError):
        num_faces = 0
    if num_faces:
        store.write(id, RESULT, picture)
    else:
        reasons = {lang: _why_not(data, max_pixels, lang) for lang in LANGUAGES}
        store.write(id, FAILURE, json.dumps(reasons).encode())


def is_done(store: Store, id: str) -> bool:
    """Tell whether `hide_in_upload` has looked at an upload."""
    return store.has(id, RESULT) or store.has(id, FAILURE)


def _why_not(data, max_pixels, lang):
    with speaking(lang):
        try:
            with opened(data, max_pixels):
                decode(data)
        except Problem as error:
            return error.detail
        except PhotoError as error:
            return str(error)
        return say(en="No face was found.", ko="얼굴을 찾지 못했습니다.")
