"""Read the digits in a picture."""

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from helpers.service.bodies import FORM, RAW, check_size, media_type, picture_in
from helpers.service.problems import Problem, declare
from helpers.service.routers.uploads import no_upload
from helpers.vision.digits import shipped_reader
from helpers.vision.photos import Digit, decode, read_photo, to_grey

router = APIRouter(tags=["digits"])

SIDE = 28  # of an image of MNIST


class ReadDigit(BaseModel):
    """One digit."""

    value: int = Field(ge=0, le=9, examples=[7])
    probability: float = Field(ge=0, le=1, description="How sure the network is.")
    box: tuple[int, int, int, int] = Field(description="x, y, width and height in pixels.")


class Reading(BaseModel):
    """The digits of a picture, from left to right."""

    text: str = Field(description="All of them in one.", examples=["92182"])
    digits: list[ReadDigit]


class UploadId(BaseModel):
    """An upload instead of a picture."""

    id: str = Field(description="As POST /upload gave it.")


@router.post(
    "/digits",
    summary="Read the digits in a picture",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                **FORM,
                **RAW,
                "application/json": {"schema": UploadId.model_json_schema()},
            },
        }
    },
    responses=declare(400, 404, 408, 413, 415, 422, 503),
)
async def read_digits(request: Request) -> Reading:
    """Read a photo of digits, or one digit of at most 28x28 pixels as MNIST has it."""
    state = request.app.state
    if media_type(request) == "application/json":
        data = await _uploaded(request)
    else:
        data = (await picture_in(request)).data
    size = check_size(data, state.settings.max_pixels)
    is_one_digit = size is not None and max(size) <= SIDE
    digits = await state.workers.run(_read_one if is_one_digit else read_photo, data)
    return Reading(
        text="".join(str(digit.value) for digit in digits),
        digits=[
            ReadDigit(value=one.value, probability=one.probability, box=one.box) for one in digits
        ],
    )


async def _uploaded(request):
    try:
        wish = UploadId.model_validate_json(await request.body(), strict=True)
    except ValueError as error:
        raise Problem(
            422,
            en='The JSON must be {"id": "..."} with the id of an upload.',
            ko='JSON은 업로드의 id를 담은 {"id": "..."} 모양이어야 합니다.',
        ) from error
    data = request.app.state.store.read(wish.id)
    if data is None:
        raise no_upload()
    return data


def _read_one(data):
    """Read a picture of at most 28x28 pixels: white on black, or black on white."""
    grey = to_grey(decode(data))
    height, width = grey.shape
    if grey.mean() > 127:
        grey = 255 - grey
    image = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    image[top : top + height, left : left + width] = grey
    if not image.any():
        return []
    (probabilities,) = shipped_reader()(image)
    value = int(probabilities.argmax())
    return [Digit(value, float(probabilities[value]), (0, 0, width, height))]
