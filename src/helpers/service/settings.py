"""What can be set: each field is a variable of the environment, ``ANNYEONG_`` and its name."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from helpers.language.chatbot import ENGINES
from helpers.paths import WORK
from helpers.reader import say
from helpers.service.cores import cores_allowed
from helpers.vision.pictures import MAX_PIXELS


class Settings(BaseSettings):
    """The settings of one process of the service.

    Examples
    --------
    >>> Settings(max_files=3).max_files
    3
    """

    model_config = SettingsConfigDict(env_prefix="ANNYEONG_", env_ignore_empty=True, frozen=True)

    folder: Path = Field(WORK / "service", description="Where uploads are kept.")
    host: str = Field("127.0.0.1", description="The address to listen on; the default is private.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 for a free one.")
    token: SecretStr | None = Field(
        None, min_length=1, description="If set, asked of every request but /health and the page."
    )
    hosts: str = Field(
        "",
        description="Without a token: names with a dot in them under which it is reached, with "
        "commas between; others are refused.",
    )
    max_body_bytes: PositiveInt = Field(10_000_000, description="The largest body of a request.")
    max_pixels: int = Field(
        MAX_PIXELS, ge=1, le=MAX_PIXELS, description="The largest picture, in pixels."
    )
    max_files: PositiveInt = Field(1000, description="How many uploads are kept at most.")
    max_age_seconds: PositiveInt = Field(86_400, description="How long an upload is kept.")
    workers: PositiveInt = Field(
        default_factory=cores_allowed,
        description="How many pictures are worked on at once, and how many quick tasks beside "
        "them; one for each core that it may use if not set.",
    )
    max_waiting: int = Field(32, ge=0, description="How many requests may wait for a worker.")
    max_held_bytes: PositiveInt = Field(
        100_000_000,
        description="How much the bodies that are held at once may take; and, apart from them, "
        "the responses that are not read.",
    )
    max_header_bytes: PositiveInt = Field(
        65_536, description="How much the first line and the headers of a request may take."
    )
    max_connections: PositiveInt = Field(500, description="How many connections are open at most.")
    max_connections_of_one: PositiveInt = Field(
        200, description="How many of them one address may have; a trusted proxy may have all."
    )
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses and networks of proxies, with commas between, whose "
        "X-Forwarded-For is believed; * for any.",
    )
    header_seconds: PositiveFloat = Field(
        10, description="How long the headers of a request may take to arrive."
    )
    body_seconds: PositiveFloat = Field(10, description="How long a body may take to arrive.")
    read_seconds: PositiveFloat = Field(
        30, description="How long a client may read nothing of its response."
    )
    idle_seconds: PositiveFloat = Field(300, description="How long a WebSocket may be silent.")
    chat_engine: Literal[tuple(ENGINES)] = Field(
        "retrieval", description="The engine of the chatbot."
    )
    uploads_url: str = Field(
        "http://127.0.0.1:8001", description="Gateway: where the upload service is."
    )
    vision_url: str = Field(
        "http://127.0.0.1:8002", description="Gateway: where the server for pictures is."
    )
    chat_url: str = Field("http://127.0.0.1:8003", description="Gateway: where the chatbot is.")
    upstream_seconds: PositiveFloat = Field(
        30, description="Gateway: how long a service behind it may take to answer."
    )


def read_settings(**given) -> Settings:
    """Return what is given and, where nothing is (None), what the environment says.

    Raises
    ------
    ValueError
        Naming the first setting that cannot be.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = f"ANNYEONG_{name.upper()}"
        raise ValueError(
            say(
                en=f"The setting {name} ({variable}) is wrong: {first['msg']}.",
                ko=f"설정 {name}({variable})의 값이 올바르지 않습니다: {first['msg']}.",
            )
        ) from None
