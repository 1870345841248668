"""Faces in a photo: found by OpenCV's Haar cascade, and hidden behind a mosaic."""

import threading
from pathlib import Path

import cv2
import numpy as np

from helpers.reader import say
from helpers.vision.pictures import decode

CASCADE = Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt.xml"
#: Smaller faces, in pixels, are not looked for.
MIN_SIZE = (30, 30)

_of_this_thread = threading.local()


def find_faces(image):
    """Find the faces that look into the camera, upright or nearly so.

    Parameters
    ----------
    image : str, Path, bytes or ndarray
        A photo as `helpers.vision.pictures.decode` takes it; one from a file is looked at
        as the camera was held, which is how `decode` returns it.

    Returns
    -------
    ndarray, (N, 4) int32
        x, y, width and height of each face in pixels, from left to right. Faces under
        30 pixels are missed, and most that are tilted by 20 degrees or more; now and then
        a box holds no face.

    Raises
    ------
    PhotoError
        If `image` is no photo, broken, or too large.

    Notes
    -----
    Viola and Jones, "Rapid object detection using a boosted cascade of simple features"
    (2001), with Lienhart's cascade `haarcascade_frontalface_alt.xml`.

    Examples
    --------
    >>> find_faces(np.zeros((60, 80))).shape
    (0, 4)
    """
    grey = cv2.cvtColor(decode(image), cv2.COLOR_RGB2GRAY)
    boxes = np.array(detector().detectMultiScale(grey, minSize=MIN_SIZE), np.int32).reshape(-1, 4)
    return boxes[np.lexsort(boxes.T[::-1])]  # OpenCV's threads finish in any order


def detector():
    """Return OpenCV's detector with the cascade loaded, one for each thread.

    Two threads must not use one detector at the same time.

    Returns
    -------
    cv2.CascadeClassifier

    Examples
    --------
    >>> detector().getOriginalWindowSize()
    (20, 20)
    """
    if not hasattr(_of_this_thread, "detector"):
        # From memory, since on Windows OpenCV opens no path with Hangul in it.
        text = CASCADE.read_text(encoding="utf-8")
        storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        _of_this_thread.detector = cv2.CascadeClassifier()
        _of_this_thread.detector.read(storage.getFirstTopLevelNode())
    return _of_this_thread.detector


def pixelate(image, boxes, blocks=16):
    """Hide each box of a photo behind a mosaic.

    Parameters
    ----------
    image : str, Path, bytes or ndarray
        A photo as `helpers.vision.pictures.decode` takes it.
    boxes : array_like of int, (N, 4)
        x, y, width and height of each box, as `find_faces` returns them; what reaches
        over the border of the photo is cut off.
    blocks : int
        Tiles of the mosaic in each direction; fewer where they would be under two pixels
        wide, since such a mosaic would hide nothing.

    Returns
    -------
    ndarray, (H, W, 3) uint8
        A new photo: red, green, blue.

    Raises
    ------
    PhotoError
        If `image` is no photo, broken, or too large.
    ValueError
        If `boxes` or `blocks` does not fit.

    Examples
    --------
    >>> photo = np.arange(64, dtype=np.uint8).reshape(8, 8)
    >>> pixelate(photo, [(0, 0, 4, 4)], blocks=1)[:5, :5, 0]
    array([[14, 14, 14, 14,  4],
           [14, 14, 14, 14, 12],
           [14, 14, 14, 14, 20],
           [14, 14, 14, 14, 28],
           [32, 33, 34, 35, 36]], dtype=uint8)
    """
    boxes = _check_boxes(boxes)
    _check_blocks(blocks)
    photo = decode(image).copy()
    for x, y, width, height in boxes:
        face = photo[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)]
        if face.size:
            face[:] = _mosaic(face, blocks)
    return photo


def _mosaic(face, blocks):
    height, width = face.shape[:2]
    tiles = [max(1, min(blocks, length // 2)) for length in (width, height)]
    small = cv2.resize(face, tiles, interpolation=cv2.INTER_LINEAR)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def _check_boxes(boxes):
    boxes = np.asarray(boxes)
    if boxes.size == 0:
        boxes = np.empty((0, 4), int)
    if boxes.ndim != 2 or boxes.shape[1] != 4 or not np.issubdtype(boxes.dtype, np.integer):
        raise ValueError(
            say(
                en="boxes must be whole numbers x, y, width, height, one row a face: (N, 4), "
                f"not {boxes.dtype} {boxes.shape}.",
                ko="boxes는 얼굴마다 한 줄씩 x, y, 너비, 높이를 정수로 적은 (N, 4) 배열이어야 "
                f"합니다. 받은 것: {boxes.dtype} {boxes.shape}",
            )
        )
    return boxes.tolist()


def _check_blocks(blocks):
    if not isinstance(blocks, (int, np.integer)) or blocks < 1:
        raise ValueError(
            say(
                en=f"blocks must be a whole number from 1, not {blocks}.",
                ko=f"blocks는 1 이상의 정수여야 합니다. 받은 값: {blocks}",
            )
        )
