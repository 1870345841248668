"""Samples of MNIST's training set: each picture is drawn when its address is opened."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, Field, StrictBool, StrictInt, StrictStr

from helpers.service import filenames
from helpers.service.http.problems import Problem, declare
from helpers.service.samples import render

router = APIRouter(tags=["samples"])

_KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
_NAME = re.compile(r".+_label(?P<label>\d)(?P<noise>_noise)?(?P<suffix>\.png|\.jpe?g)")


def _whole(number: object) -> object:
    """Accept 100.0 as 100: JSON has only one kind of number."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


class Wish(BaseModel, extra="forbid"):
    """The sample to return."""

    # What the schema says here the router checks, so that its own sentence is the answer.
    index: Annotated[StrictInt, BeforeValidator(_whole)] = Field(
        100,
        description="0 to 59999.",
        json_schema_extra={"minimum": 0, "maximum": 59999},
    )
    filename: StrictStr = Field(
        "mnist_sample.png",
        description="A .png, .jpg or .jpeg; anything before the last / is ignored.",
        json_schema_extra={"pattern": r"\.([Pp][Nn][Gg]|[Jj][Pp][Ee]?[Gg])$"},
    )
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
    """Return training image 100."""
    return _sample(100, "mnist_sample.png", False)


@router.post("/mnist-sample", summary="A sample by its index", responses=declare(400, 422, 503))
async def sample(wish: Wish | None = None) -> WishedSample:
    """Return a training image, with noise on request."""
    wish = wish or Wish()
    return _sample(wish.index, wish.filename, wish.add_noise)


@router.get(
    "/mnist-sample/{index}/{name}",
    summary="A sample's picture",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "500x500, grey."},
        **declare(404, 422, 503),
    },
)
async def sample_picture(index: int, name: str) -> Response:
    """Draw the sample that `image_path` names; it never changes."""
    match = _NAME.fullmatch(name)
    is_index = 0 <= index < len(render.labels())
    if not match or not is_index or int(match["label"]) != _label(index):
        raise Problem("sample-not-found", en="There is no such sample.", ko="그런 표본이 없습니다.")
    kind = _KINDS[match["suffix"]]
    return Response(
        render.draw(index, bool(match["noise"]), kind),
        media_type=f"image/{kind}",
        headers={"Cache-Control": "public, max-age=86400"},
    )


def _sample(index: int, filename: str, add_noise: bool) -> WishedSample:
    stem, suffix = filenames.split(filename)
    if suffix.lower() not in _KINDS:
        raise Problem(
            "bad-filename",
            en="The filename must end in .png, .jpg or .jpeg.",
            ko="파일 이름은 .png, .jpg, .jpeg 가운데 하나로 끝나야 합니다.",
        )
    label = _label(index)
    stem = filenames.clean(stem) or "mnist_sample"
    name = f"{stem}_label{label}{'_noise' * add_noise}{suffix.lower()}"
    address = f"/mnist-sample/{index}/{quote(name)}"
    return WishedSample(label=label, image_path=address, has_noise=add_noise)


def _label(index: int) -> int:
    labels = render.labels()
    if not 0 <= index < len(labels):
        raise Problem(
            "index-out-of-range",
            en=f"The index must be from 0 to {len(labels) - 1}.",
            ko=f"index는 0에서 {len(labels) - 1} 사이여야 합니다.",
        )
    return int(labels[index])
