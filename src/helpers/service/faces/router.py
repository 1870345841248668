"""Hide the faces in pictures under a mosaic."""

import json
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from helpers.reader import language, say
from helpers.service import filenames
from helpers.service.errors import UploadNotFound
from helpers.service.faces.mosaic import FAILURE, RESULT, hide
from helpers.service.http.bodies import FORM, RAW, picture_in
from helpers.service.http.disconnect import cancel_on_disconnect
from helpers.service.http.problems import declare
from helpers.service.state import ServiceState
from helpers.service.uploads.router import Id
from helpers.service.uploads.storage import Store

router = APIRouter(tags=["mosaic"])


class Failure(BaseModel):
    """An upload without a result."""

    filename: str
    reason: str


class Mosaics(BaseModel):
    """The results of the uploads that are done, and the names of those that are not."""

    message: str = Field(examples=["모자이크 처리 완료"])
    processed_files: list[str] = Field(description="Addresses of the pictures without faces.")
    failed_files: list[Failure]
    pending: list[str] = Field(description="Names of the uploads still waiting: ask again.")


@router.get("/mosaic", summary="Hide the faces in every upload", responses=declare(503, 507))
async def hide_all(request: Request, state: ServiceState) -> Mosaics:
    """Hide the faces in every upload; each is processed only once.

    After `mosaic_seconds` it answers with what is done and what is `pending`; asked again, it goes
    on. It works for as long as somebody waits: once the client is gone, no more is begun.
    """
    with anyio.move_on_after(state.settings.mosaic_seconds):
        async with cancel_on_disconnect(request):
            await state.mosaics.finish()
    processed, failed, pending = await state.quick.run(_results, state.store)
    return Mosaics(
        message=say(
            en="Not all is done yet: ask again", ko="아직 처리하고 있습니다. 다시 요청하세요"
        )
        if pending
        else say(en="Mosaic done", ko="모자이크 처리 완료"),
        processed_files=processed,
        failed_files=failed,
        pending=pending,
    )


@router.get(
    "/mosaic/{id}/{name}",
    summary="One result",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "The picture."},
        **declare(404, 422, 503),
    },
)
async def get_mosaic(state: ServiceState, id: Id, name: str) -> Response:
    """Return the picture that `GET /mosaic` made of an upload, under any name."""
    result = await state.quick.run(state.store.read, id, RESULT)
    if result is None:
        raise UploadNotFound
    return Response(result, media_type="image/png")


@router.post(
    "/mosaic",
    summary="Hide the faces in a picture",
    openapi_extra={"requestBody": {"required": True, "content": {**FORM, **RAW}}},
    response_class=Response,
    responses={
        200: {
            "content": {"image/png": {}},
            "description": "The picture.",
            "headers": {
                "X-Faces": {
                    "description": "How many faces were found.",
                    "schema": {"type": "integer", "minimum": 0},
                }
            },
        },
        **declare(400, 408, 413, 415, 422, 503),
    },
)
async def hide_one(request: Request, state: ServiceState) -> Response:
    """Return the picture with its faces hidden, or as it is if it has none."""
    data = (await picture_in(request)).data
    picture, num_faces = await state.workers.run(hide, data, state.settings.max_pixels)
    return Response(picture, media_type="image/png", headers={"X-Faces": str(num_faces)})


def _results(store: Store) -> tuple[list[str], list[Failure], list[str]]:
    processed: list[str] = []
    failed: list[Failure] = []
    pending: list[str] = []
    for one in store.all():
        if store.has(one.id, RESULT):
            stem = filenames.clean(filenames.split(one.name)[0]) or "photo"
            processed.append(f"/mosaic/{one.id}/{quote(stem)}-face.png")
        elif reasons := store.read(one.id, FAILURE):
            reason = json.loads(reasons)[language()]
            failed.append(Failure(filename=one.name, reason=reason))
        else:
            pending.append(one.name)
    return processed, failed, pending
