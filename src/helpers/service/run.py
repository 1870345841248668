"""What ``annyeong serve`` does."""

import uvicorn

from helpers.service.app import create_app
from helpers.service.settings import Settings


def serve(settings: Settings) -> int:
    """Serve every part in this process until Ctrl-C; return the exit code."""
    uvicorn.run(create_app(settings=settings), host=settings.host, port=settings.port)
    return 0
