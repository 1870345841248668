"""Read the digits in a picture."""

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from helpers.service.digits import reader
from helpers.service.errors import UploadNotFound
from helpers.service.http.bodies import FORM, RAW, media_type, picture_in
from helpers.service.http.problems import Problem, declare
from helpers.service.state import State, state_of
from helpers.vision.photos import Digit, as_text

router = APIRouter(tags=["digits"])


class ReadDigit(BaseModel, from_attributes=True):
    """One digit."""

    value: int = Field(ge=0, le=9, examples=[7])
    probability: float = Field(ge=0, le=1, description="How sure the network is.")
    box: tuple[int, int, int, int] = Field(description="x, y, width and height in pixels.")
    row: int = Field(ge=0, description="The row in which it stands, from 0 at the top.")


class Maps(BaseModel):
    """What one layer of the network makes of the first digit."""

    layer: str = Field(examples=["conv_1"])
    shape: list[int] = Field(description="Height, width, maps; or how many numbers.")
    pictures: list[str] = Field(description="A PNG for each map, as data URIs.")


class Reading(BaseModel):
    """The digits of a picture, row by row, each from left to right."""

    text: str = Field(description="All of them, each row on a line.", examples=["92182"])
    digits: list[ReadDigit]
    maps: list[Maps] | None = Field(None, description="Of the first digit, if asked for.")


class Options(BaseModel):
    """What may stand in the address."""

    explain: bool = Field(False, description="Add each layer's feature maps.")


class UploadId(BaseModel, extra="forbid"):
    """An upload instead of a picture."""

    id: str = Field(description="As POST /upload gave it.")


@router.post(
    "/digits",
    summary="Read the digits in a picture",
    response_model=Reading,
    openapi_extra={
        "parameters": [
            {"name": name, "in": "query", "schema": schema}
            for name, schema in Options.model_json_schema()["properties"].items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                **FORM,
                **RAW,
                "application/json": {"schema": UploadId.model_json_schema()},
            },
        },
    },
    responses=declare(400, 404, 408, 413, 415, 422, 503),
)
async def read_digits(request: Request) -> Response:
    """Read a photo of digits, or one digit of at most 28x28 pixels as MNIST has it."""
    # Dependencies and declared parameters would cost a sixth of the time of a digit.
    state, options = state_of(request), _options_of(request)
    if media_type(request) == "application/json":
        data = await _uploaded(request, state)
    else:
        data = (await picture_in(request)).data
    digits = await _read(state, data)
    maps = await state.workers.run(_explain, data, digits) if options.explain else None
    found = Reading(
        text=as_text(digits),
        digits=[ReadDigit.model_validate(digit) for digit in digits],
        maps=maps,
    )
    # As it is: given the model itself, FastAPI would check it a second time.
    return Response(found.model_dump_json(exclude_none=True), media_type="application/json")


def _options_of(request: Request) -> Options:
    if not request.scope["query_string"]:
        return Options()
    try:
        return Options.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise RequestValidationError(
            [{**found, "loc": ("query", *found["loc"])} for found in error.errors()]
        ) from None


async def _read(state: State, data: bytes) -> list[Digit]:
    max_pixels = state.settings.max_pixels
    if reader.is_small(data, max_pixels):
        digits = await state.read_small(data)
        if digits is not None:
            return digits
    return await state.workers.run(reader.read, data, max_pixels)


async def _uploaded(request: Request, state: State) -> bytes:
    try:
        wish = UploadId.model_validate_json(await request.body(), strict=True)
    except ValueError as error:
        raise Problem(
            "bad-json",
            en='The JSON must be {"id": "..."} with the id of an upload.',
            ko='JSON은 업로드의 id를 담은 {"id": "..."} 모양이어야 합니다.',
        ) from error
    data = await state.quick.run(state.store.read, wish.id)
    if data is None:
        raise UploadNotFound
    return data


def _explain(data: bytes, digits: list[Digit]) -> list[Maps]:
    """Return the maps of the first digit; none where there is no digit."""
    return [
        Maps(layer=layer, shape=shape, pictures=pictures)
        for digit in digits[:1]
        for layer, shape, pictures in reader.explain(data, digit)
    ]
