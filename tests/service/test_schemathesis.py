"""What the OpenAPI document promises, held against made-up requests."""

from tempfile import TemporaryDirectory

import cv2
import numpy as np
import schemathesis
from hypothesis import HealthCheck, Phase, settings, strategies
from schemathesis.openapi import media_type

from helpers.service.app import create_app
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
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", APP)


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
