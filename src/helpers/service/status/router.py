"""Whether the service is alive and ready, and what it has done."""

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from helpers.service.http.metrics import AppMetrics
from helpers.service.state import ServiceState
from helpers.service.status.docs import POLICY, render

router = APIRouter(tags=["status"])


class Health(BaseModel):
    """The process is alive."""

    status: str = Field(examples=["ok"])


class Readiness(BaseModel):
    """Which parts are ready."""

    ready: bool = Field(description="Whether all parts are ready.")
    parts: dict[str, bool] = Field(examples=[{"uploads": True, "vision": True}])


@router.get("/health", summary="Is the process alive?")
async def health() -> Health:
    """Respond at once, even under load; needs no token."""
    return Health(status="ok")


@router.get(
    "/ready",
    summary="Are the models loaded?",
    responses={503: {"model": Readiness, "description": "Not all parts are ready."}},
)
async def ready(state: ServiceState, response: Response) -> Readiness:
    """Report which parts are ready; 503 until all are, and while uploads cannot be kept."""
    parts = dict(state.parts)
    if parts.get("uploads"):  # not by the workers, who may have a line before them
        parts["uploads"] = await to_thread.run_sync(state.store.is_usable)
    is_ready = all(parts.values())
    response.status_code = 200 if is_ready else 503
    return Readiness(ready=is_ready, parts=parts)


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(numbers: AppMetrics) -> Response:
    """Return the metrics; docs/service.md explains each."""
    return Response(generate_latest(numbers.registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Return the OpenAPI document as a page."""
    headers = {"Content-Security-Policy": POLICY}
    return HTMLResponse(render(request.app.openapi()), headers=headers)
