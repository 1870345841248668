"""Keep pictures, list them, give safe copies, delete them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import AliasChoices, BaseModel, BeforeValidator, Field

from helpers.reader import say
from helpers.service.errors import UploadNotFound
from helpers.service.http.bodies import FORM, picture_in
from helpers.service.http.problems import declare
from helpers.service.pictures import encode, opened
from helpers.service.state import ServiceState
from helpers.service.uploads.storage import Store
from helpers.vision.pictures import decode

router = APIRouter(tags=["uploads"])

Id = Annotated[str, Path(description="The sha256 of the picture.", examples=["9f86d0…"])]


#: The address of an upload, made from its id.
UploadPath = Annotated[str, BeforeValidator("/uploads/{}".format)]


class Kept(BaseModel):
    """A picture that was kept."""

    filename: str = Field(
        validation_alias="name", description="The client's name for it.", examples=["zip.jpg"]
    )
    message: str = Field(examples=["파일 업로드 성공!"])
    path: UploadPath = Field(
        validation_alias=AliasChoices("id"),
        description="Its address.",
        examples=["/uploads/9f86d0…"],
    )
    id: str = Field(description="The sha256 of its content.")
    size: int = Field(description="In bytes.")


class Listed(BaseModel, from_attributes=True):
    """An upload in the list."""

    id: str
    filename: str = Field(validation_alias="name")
    size: int = Field(description="In bytes.")
    kind: str = Field(description="`jpeg` or `png`.")
    created: datetime
    path: UploadPath = Field(validation_alias=AliasChoices("id"))


class Uploads(BaseModel, from_attributes=True):
    """All uploads, the oldest first."""

    files: list[Listed]


@router.post(
    "/upload",
    summary="Keep a picture",
    openapi_extra={"requestBody": {"required": True, "content": FORM}},
    responses=declare(400, 408, 413, 415, 422, 503, 507),
)
async def upload(request: Request, state: ServiceState) -> Kept:
    """Keep a JPEG or PNG picture under the hash of its content."""
    picture = await picture_in(request, raw=False)
    kept = await state.quick.run(state.store.add, *picture)
    message = say(en="File uploaded!", ko="파일 업로드 성공!")
    return Kept.model_validate({**asdict(kept), "message": message})


@router.get("/uploads", summary="List the uploads", responses=declare(503))
async def list_uploads(state: ServiceState) -> Uploads:
    """List the uploads, the oldest first."""
    return Uploads.model_validate({"files": await state.quick.run(state.store.all)})


@router.get(
    "/uploads/{id}",
    summary="A safe copy of an upload",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The picture."},
        **declare(404, 413, 422, 503),
    },
)
async def get_upload(state: ServiceState, id: Id) -> Response:
    """Return the picture encoded anew: turned upright, without any other data of the file."""
    kind, copy = await state.workers.run(_copy, state.store, state.settings.max_pixels, id)
    return Response(copy, media_type=f"image/{kind}")


@router.delete(
    "/uploads/{id}", summary="Delete an upload", status_code=204, responses=declare(404, 422, 503)
)
async def delete_upload(state: ServiceState, id: Id) -> None:
    """Delete an upload and its results."""
    if not await state.quick.run(state.store.delete, id):
        raise UploadNotFound


def _copy(store: Store, max_pixels: int, id: str) -> tuple[str, bytes]:
    kept, data = store.get(id), store.read(id)
    if kept is None or data is None:
        raise UploadNotFound
    with opened(data, max_pixels):
        return kept.kind, encode(decode(data), kept.kind)
