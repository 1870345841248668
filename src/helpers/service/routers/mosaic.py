"""Hide the faces in pictures behind a mosaic."""

import json
from functools import partial
from urllib.parse import quote

import cv2
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from helpers.reader import LANGUAGES, language, say, speaking
from helpers.service import names
from helpers.service.bodies import FORM, RAW, check_size, picture_in
from helpers.service.problems import Problem, declare
from helpers.service.routers.uploads import Id, no_upload
from helpers.vision.faces import find_faces, pixelate
from helpers.vision.pictures import PhotoError, decode

router = APIRouter(tags=["mosaic"])

#: What lies beside an upload once it was looked at: the result, or why there is none.
_RESULT, _FAILURE = "face.png", "face.json"


class Failure(BaseModel):
    """An upload without a result."""

    filename: str
    reason: str


class Mosaics(BaseModel):
    """The results for all uploads."""

    message: str = Field(examples=["모자이크 처리 완료"])
    processed_files: list[str] = Field(description="Addresses of the pictures without faces.")
    failed_files: list[Failure]


@router.get("/mosaic", summary="Hide the faces in every upload", responses=declare(503))
async def hide_all(request: Request) -> Mosaics:
    """Hide the faces in every upload; what was done once is not done again."""
    store, workers = request.app.state.store, request.app.state.workers
    uploads = await workers.run(store.list)
    new = [one.id for one in uploads if not _is_done(store, one.id)]
    if new:
        max_pixels = request.app.state.settings.max_pixels
        await workers.each(partial(_hide_once, store, max_pixels), new)
    processed, failed = [], []
    for one in uploads:
        if store.has(one.id, _RESULT):
            stem, _ = names.split(names.clean(one.name))
            processed.append(f"/mosaic/{one.id}/{quote(stem or 'photo')}-face.png")
        elif reasons := store.read(one.id, _FAILURE):
            reason = json.loads(reasons)[language()]
            failed.append(Failure(filename=one.name, reason=reason))
    return Mosaics(
        message=say(en="Mosaic done", ko="모자이크 처리 완료"),
        processed_files=processed,
        failed_files=failed,
    )


@router.get(
    "/mosaic/{id}/{name}",
    summary="One result",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "The picture."},
        **declare(404, 503),
    },
)
async def get_mosaic(request: Request, id: Id, name: str):
    """Give the picture that `GET /mosaic` made of an upload; the name is free."""
    result = request.app.state.store.read(id, _RESULT)
    if result is None:
        raise no_upload()
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
async def hide(request: Request):
    """Give the picture back with its faces hidden; without faces, as it is."""
    state = request.app.state
    data = (await picture_in(request)).data
    check_size(data, state.settings.max_pixels)
    picture, num_faces = await state.workers.run(_hide, data)
    return Response(picture, media_type="image/png", headers={"X-Faces": str(num_faces)})


def _hide(data):
    """Return the picture as PNG with its faces hidden, and how many there are."""
    photo = decode(data)
    faces = find_faces(photo)
    hidden = cv2.cvtColor(pixelate(photo, faces), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", hidden)[1].tobytes(), len(faces)


def _is_done(store, id):
    return store.has(id, _RESULT) or store.has(id, _FAILURE)


def _hide_once(store, max_pixels, id):
    """Put the result for an upload beside it, or the reason why there is none."""
    data = store.read(id)
    if data is None or _is_done(store, id):
        return
    try:
        check_size(data, max_pixels)
        picture, num_faces = _hide(data)
    except (PhotoError, Problem):
        reasons = {lang: _why(data, max_pixels, lang) for lang in LANGUAGES}
        num_faces = 0
    else:
        reasons = {"en": "No face was found.", "ko": "얼굴을 찾지 못했습니다."}
    if num_faces:
        store.write(id, _RESULT, picture)
    else:
        store.write(id, _FAILURE, json.dumps(reasons).encode())


def _why(data, max_pixels, lang):
    with speaking(lang):
        try:
            check_size(data, max_pixels)
            decode(data)
        except Problem as error:
            return error.detail
        except PhotoError as error:
            return str(error)
