"""Pictures from MNIST's training set, as addresses that are drawn when they are opened."""

import re
from functools import lru_cache
from urllib.parse import quote

import cv2
import numpy as np
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from helpers.data import load_mnist
from helpers.service import names
from helpers.service.problems import Problem, declare

router = APIRouter(tags=["samples"])

SIZE = 500  # pixels: five inches at a hundred dots an inch
SIGMA = 15
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_NAME = re.compile(r".+_label(?P<label>\d)(?P<noise>_noise)?(?P<suffix>\.png|\.jpe?g)")


class Wish(BaseModel):
    """Which sample is asked for."""

    index: StrictInt = Field(100, description="0 to 59999.")
    filename: StrictStr = Field("mnist_sample.png", description="A .png, .jpg or .jpeg.")
    add_noise: StrictBool = Field(False, description="Add Gaussian noise, sigma 15.")


class Sample(BaseModel):
    """A sample: its label, and where its picture is."""

    label: int = Field(examples=[5])
    image_path: str = Field(
        description="The picture's address.",
        examples=["/mnist-sample/100/mnist_sample_label5.png"],
    )


class WishedSample(Sample):
    """A sample, with or without noise."""

    has_noise: bool


@router.get("/mnist-sample", summary="Sample 100", responses=declare(503))
async def default_sample() -> Sample:
    """Give training image 100."""
    sample = _sample(100, "mnist_sample.png", False)
    return Sample(label=sample.label, image_path=sample.image_path)


@router.post("/mnist-sample", summary="A sample by its index", responses=declare(400, 422, 503))
async def sample(wish: Wish | None = None) -> WishedSample:
    """Give a training image, with noise if wished."""
    wish = wish or Wish()
    return _sample(wish.index, wish.filename, wish.add_noise)


@router.get(
    "/mnist-sample/{index}/{name}",
    summary="A sample's picture",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "500x500, grey."},
        **declare(400, 404, 422, 503),
    },
)
async def sample_picture(request: Request, index: int, name: str):
    """Draw a sample at the address that `image_path` names; the same for ever."""
    match = _NAME.fullmatch(name)
    if not match or int(match["label"]) != _label(index):
        raise Problem(404, en="There is no such sample.", ko="그런 표본이 없습니다.")
    picture = _draw(index, bool(match["noise"]), match["suffix"])
    return Response(
        picture,
        media_type=_TYPES[match["suffix"]],
        headers={"Cache-Control": "public, max-age=86400"},
    )


def _sample(index, filename, add_noise):
    stem, suffix = names.split(names.clean(filename))
    if not stem or suffix.lower() not in _TYPES:
        raise Problem(
            400,
            en="The filename must end in .png, .jpg or .jpeg.",
            ko="파일 이름은 .png, .jpg, .jpeg 가운데 하나로 끝나야 합니다.",
        )
    label = _label(index)
    name = f"{stem}_label{label}{'_noise' * add_noise}{suffix.lower()}"
    address = f"/mnist-sample/{index}/{quote(name)}"
    return WishedSample(label=label, image_path=address, has_noise=add_noise)


def _label(index):
    (_, y_train), _ = load_mnist()
    if not 0 <= index < len(y_train):
        raise Problem(
            400,
            en=f"The index must be from 0 to {len(y_train) - 1}.",
            ko=f"index는 0에서 {len(y_train) - 1} 사이여야 합니다.",
        )
    return int(y_train[index])


@lru_cache(maxsize=1024)
def _draw(index, add_noise, suffix):
    (x_train, _), _ = load_mnist()
    digit = x_train[index]
    if add_noise:
        noise = np.random.default_rng(index).normal(0, SIGMA, digit.shape)
        digit = np.clip(digit + noise, 0, 255).astype(np.uint8)
    picture = cv2.resize(digit, (SIZE, SIZE), interpolation=cv2.INTER_NEAREST)
    return cv2.imencode(suffix, picture)[1].tobytes()
