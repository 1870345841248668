"""What the OpenAPI document promises, held against made-up requests."""

from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings, strategies
from schemathesis.openapi import media_type

from helpers.service.app import create_app
from helpers.service.chat import sessions
from helpers.service.settings import Settings

SHAPES = [(28, 28), (20, 12, 3), (60, 80, 3)]


def _picture(kind):
    noise = np.random.default_rng(0)
    pictures = [noise.integers(0, 256, shape, np.uint8) for shape in SHAPES]
    return strategies.sampled_from(
        [cv2.imencode(f".{kind}", picture)[1].tobytes() for picture in pictures]
    )


for kind in ("png", "jpeg"):
    media_type(f"image/{kind}", _picture(kind))


FOLDER = TemporaryDirectory()  # removed when the tests end
APP = create_app(settings=Settings(folder=FOLDER.name, max_files=20))
# Not from the app that runs: it would load the chatbot while tests are still being collected.
SCHEMA = schemathesis.openapi.from_dict(APP.openapi())
SCHEMA.app = APP


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Have the chatbot there from the first request on."""
    chatbot = sessions._shared("retrieval")

    async def load(self, engine):
        self._chatbot = chatbot
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions.ChatSessions, "load", load)
        yield


@SCHEMA.parametrize()
@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_document_holds(case):
    case.call_and_validate()
