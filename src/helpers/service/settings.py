"""Settings: each field is an environment variable, ``ANNYEONG_`` and its name."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from helpers.language.chatbot import ENGINES
from helpers.paths import WORK
from helpers.reader import say
from helpers.service.deploy.cores import cores_allowed
from helpers.vision.pictures import MAX_PIXELS

_ADDRESS = re.compile(r"(https?://(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?)/?", re.A | re.I)


def _address(text: str) -> str:
    """Return the address of a server without a slash at its end; refuse what is none."""
    found = _ADDRESS.fullmatch(text.strip())
    if found and 0 < int(found[2] or 80) < 65536:
        return found[1].lower()
    sentence = say(
        en="it takes an address such as http://127.0.0.1:8001, with nothing after the port",
        ko="http://127.0.0.1:8001 같은 주소를 쓰고 포트 뒤에는 아무것도 붙이지 마세요",
    )
    raise PydanticCustomError("address", "{sentence}", {"sentence": sentence})


Address = Annotated[str, AfterValidator(_address)]


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
        None,
        min_length=1,
        description="If set, every request except /health and the page needs it.",
    )
    hosts: str = Field(
        "",
        description="Without a token: the names with a dot under which it may be reached, "
        "separated by commas; others are refused.",
    )
    max_body_bytes: PositiveInt = Field(10_000_000, description="The largest body of a request.")
    max_pixels: int = Field(
        MAX_PIXELS, ge=1, le=MAX_PIXELS, description="The largest picture, in pixels."
    )
    max_files: PositiveInt = Field(1000, description="How many uploads are kept at most.")
    max_total_bytes: PositiveInt = Field(
        4_000_000_000,
        description="How many bytes all uploads may take, including their results.",
    )
    max_age_seconds: PositiveInt = Field(86_400, description="How long an upload is kept.")
    workers: PositiveInt = Field(
        default_factory=cores_allowed,
        description="How many pictures are processed at once, and how many quick tasks beside "
        "them; by default one for each core it may use.",
    )
    max_waiting: int = Field(32, ge=0, description="How many requests may wait for a worker.")
    max_held_bytes: PositiveInt = Field(
        100_000_000,
        description="How many bytes of request bodies may be held at once; and, counted "
        "separately, of responses that clients have not read yet.",
    )
    max_header_bytes: PositiveInt = Field(
        65_536, description="How many bytes the first line and the headers of a request may take."
    )
    max_connections: PositiveInt = Field(500, description="How many connections are open at most.")
    max_connections_of_one: PositiveInt = Field(
        200, description="How many of them one address may have; a trusted proxy may use all."
    )
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses and networks of proxies, separated by commas, whose "
        "X-Forwarded-For is trusted; * for any.",
    )
    header_seconds: PositiveFloat = Field(
        10, description="How long the headers of a request may take to arrive."
    )
    body_seconds: PositiveFloat = Field(10, description="How long a body may take to arrive.")
    mosaic_seconds: PositiveFloat = Field(
        20,
        description="After how many seconds GET /mosaic responds with what is done so far; less "
        "than upstream_seconds.",
    )
    read_seconds: PositiveFloat = Field(
        30, description="How many seconds a client may go without reading its response."
    )
    idle_seconds: PositiveFloat = Field(300, description="How long a WebSocket may be silent.")
    stuck_seconds: NonNegativeFloat = Field(
        0,
        description="After how many seconds a process with a stuck event loop ends, so that its "
        "supervisor starts it again; 0 for never.",
    )
    # The names are in one place, the table of the engines, which a type checker cannot read.
    chat_engine: Literal[tuple(ENGINES)] = Field(  # type: ignore[valid-type]
        "retrieval", description="The engine of the chatbot."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least serious level that is written to the log."
    )
    log_format: Literal["plain", "json"] = Field(
        "plain", description="The format of the log: plain for people, json for programs."
    )
    log_requests: bool = Field(
        False, description="Whether every request is logged, or only those that fail."
    )
    uploads_url: Address = Field(
        "http://127.0.0.1:8001", description="Gateway: where the upload service is."
    )
    vision_url: Address = Field(
        "http://127.0.0.1:8002", description="Gateway: where the vision service is."
    )
    chat_url: Address = Field("http://127.0.0.1:8003", description="Gateway: where the chatbot is.")
    upstream_seconds: PositiveFloat = Field(
        30, description="Gateway: how many seconds a service behind it may take to respond."
    )


def read_settings(**given: Any) -> Settings:
    """Return what is given and, where nothing is (None), what the environment says.

    Raises
    ------
    ValueError
        Naming the first setting with a wrong value.
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
