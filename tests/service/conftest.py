import pytest

from helpers.paths import PHOTOS


@pytest.fixture(scope="session")
def photo():
    """A photo of the ZIP code 92182, as bytes."""
    return (PHOTOS / "zip-02.jpg").read_bytes()
