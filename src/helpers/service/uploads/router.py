"""Keep pictures, list them, give safe copies, delete them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from helpers.reader import say
from helpers.service.http.problems import Problem, declare
from helpers.service.pictures import FORM, encode, opened, picture_in
from helpers.vision.pictures import decode

router = APIRouter(tags=["uploads"])

Id = Annotated[str, Path(description="The sha256 of the picture.", examples=["9f86d0…"])]


class Kept(BaseModel):
    """A picture that was kept."""

    filename: str = Field(description="The name as it was sent.", examples=["zip.jpg"])
    message: str = Field(examples=["파일 업로드 성공!"])
    path: str = Field(description="Its address.", examples=["/uploads/9f86d0…"])
    id: str = Field(description="The sha256 of its content.")
    size: int = Field(description="In bytes.")


class Listed(BaseModel):
    """An upload in the list."""

    id: str
    filename: str
    size: int = Field(description="In bytes.")
    kind: str = Field(description="`jpeg` or `png`.")
    created: datetime
    path: str


class Uploads(BaseModel):
    """All uploads, the oldest first."""

    files: list[Listed]


@router.post(
    "/upload",
    summary="Keep a picture",
    openapi_extra={"requestBody": {"required": True, "content": FORM}},
    responses=declare(400, 408, 413, 415, 422, 503, 507),
)
async def upload(request: Request) -> Kept:
    """Keep a JPEG or PNG picture under the hash of its content."""
    picture = await picture_in(request, raw=False)
    kept = await request.app.state.quick.run(
        request.app.state.store.add, picture.data, picture.name, picture.kind
    )
    return Kept(
        filename=kept.name,
        message=say(en="File uploaded!", ko="파일 업로드 성공!"),
        path=f"/uploads/{kept.id}",
        id=kept.id,
        size=kept.size,
    )


@router.get("/uploads", summary="List the uploads", responses=declare(503))
async def list_uploads(request: Request) -> Uploads:
    """List what is kept, the oldest first."""
    uploads = await request.app.state.quick.run(request.app.state.store.list)
    return Uploads(
        files=[
            Listed(
                id=one.id,
                filename=one.name,
                size=one.size,
                kind=one.kind,
                created=one.created,
                path=f"/uploads/{one.id}",
            )
            for one in uploads
        ]
    )


@router.get(
    "/uploads/{id}",
    summary="A safe copy of an upload",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The picture."},
        **declare(404, 413, 422, 503),
    },
)
async def get_upload(request: Request, id: Id):
    """Give the picture drawn anew: upright, without what else stood in the file."""
    state = request.app.state
    kind, copy = await state.workers.run(_copy, state.store, state.settings.max_pixels, id)
    return Response(copy, media_type=f"image/{kind}")


@router.delete(
    "/uploads/{id}", summary="Delete an upload", status_code=204, responses=declare(404, 422, 503)
)
async def delete_upload(request: Request, id: Id) -> None:
    """Delete an upload and what was made of it."""
    if not await request.app.state.quick.run(request.app.state.store.delete, id):
        raise no_upload()


def no_upload():
    """Return the problem of an id that no upload has."""
    return Problem(404, en="There is no such upload.", ko="그런 업로드가 없습니다.")


def _copy(store, max_pixels, id):
    kept, data = store.get(id), store.read(id)
    if kept is None or data is None:
        raise no_upload()
    with opened(data, max_pixels):
        return kept.kind, encode(decode(data), kept.kind)
