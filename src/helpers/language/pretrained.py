"""Pretrained models: their files on the Hugging Face hub, and the memory they need.

No lesson, test or service depends on the hub: this is for a learner who is online and wants more.
"""

import re
import shutil
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from helpers.checksums import sha256
from helpers.data import DataError
from helpers.paths import WORK, written_whole
from helpers.reader import say

HUB = "https://huggingface.co"
#: Where downloads are kept; git ignores it.
DOWNLOADS = WORK / "pretrained"
#: Seconds without a byte after which the hub counts as unreachable.
PATIENCE = 30

# One part of a name, between slashes; never only dots, so that no path leaves its folder.
_PART = r"(?!\.+(?:/|$))[A-Za-z0-9._+-]+"


def file_address(repository: str, file: str, revision: str = "main", *, hub: str = HUB) -> str:
    """Return the address of a file on the hub.

    Parameters
    ----------
    repository : str
        ``"owner/name"``.
    file : str
        Its path in the repository.
    revision : str
        A branch, a tag or a commit; only a commit's content never changes.
    hub : str
        The hub's address.

    Raises
    ------
    ValueError
        If a name contains anything but letters, digits and ``. _ + - /``.

    Examples
    --------
    >>> file_address("skt/kobert-base-v1", "config.json")
    'https://huggingface.co/skt/kobert-base-v1/resolve/main/config.json'
    """
    for name in (repository, file, revision):
        if not re.fullmatch(rf"{_PART}(/{_PART})*", name):
            raise ValueError(
                say(
                    en=f"{name!r} can't be a name on the hub: write letters, digits and . _ + - "
                    "with / between the parts.",
                    ko=f"{name!r}은(는) 허브에서 쓰는 이름이 아닙니다. 영문자, 숫자와 . _ + -를 "
                    "쓰고, 부분 사이에는 /를 쓰세요.",
                )
            )
    return f"{hub}/{repository}/resolve/{revision.replace('/', '%2F')}/{file}"


def download(
    repository: str,
    file: str,
    checksum: str,
    *,
    revision: str = "main",
    folder: str | Path = DOWNLOADS,
    hub: str = HUB,
) -> Path:
    """Download a file from the hub, unless it is there already; **this needs the network**.

    Parameters
    ----------
    repository, file, revision, hub : str
        As for `file_address`.
    checksum : str
        The sha256 that the file must have, 64 hexadecimal digits. The hub shows it on the
        page of each large file.
    folder : path
        Where downloads are kept, each under its repository and revision.

    Returns
    -------
    Path
        The file, whole and with that checksum; any other is deleted.

    Raises
    ------
    ValueError
        If a name or the checksum is invalid.
    DataError
        If the hub cannot be reached, refuses the file, or sends another one.
    """
    address = file_address(repository, file, revision, hub=hub)
    checksum = checksum.lower()
    if not re.fullmatch("[0-9a-f]{64}", checksum):
        raise ValueError(
            say(
                en=f"checksum must be a sha256, 64 hexadecimal digits, not {checksum!r}.",
                ko=f"checksum은 16진수 64자리의 sha256이어야 합니다. 받은 값: {checksum!r}",
            )
        )
    path = Path(folder, repository, revision, file)
    if path.is_file() and sha256(path) == checksum:
        return path
    with written_whole(path) as temporary:
        _fetch(address, temporary)
        if sha256(temporary) != checksum:
            raise DataError(
                say(
                    en=f"{file} of {repository} arrived incomplete or changed: its sha256 is not "
                    "the expected one, so it was not kept.",
                    ko=f"받은 {repository}의 {file} 파일이 잘렸거나 바뀌었습니다. sha256이 "
                    "기대한 것과 달라서 저장하지 않았습니다.",
                )
            )
    return path


def _fetch(address: str, path: Path) -> None:
    """Download `address` to `path` in blocks."""
    try:
        with urlopen(address, timeout=PATIENCE) as answer, path.open("wb") as file:
            shutil.copyfileobj(answer, file, 2**20)
    except HTTPError as error:
        raise DataError(_refused(error.code, address)) from error
    except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
        host = urlsplit(address).hostname
        raise DataError(
            say(
                en=f"{host} can't be reached: connect to the internet and try again, "
                "or go on without this file.",
                ko=f"{host}에 연결할 수 없습니다. 인터넷에 연결하고 다시 시도하거나, "
                "이 파일 없이 계속하세요.",
            )
        ) from error


def _refused(status: int, address: str) -> str:
    if status == 404:
        return say(
            en=f"The hub has no such file: check repository, file and revision in {address}",
            ko=f"허브에 그런 파일이 없습니다. 저장소, 파일, 리비전의 이름을 확인하세요: {address}",
        )
    if status in (401, 403):
        return say(
            en="The hub does not hand this file out to everyone: the repository is private, "
            f"misspelt, or wants its licence accepted on its page first: {address}",
            ko="허브가 이 파일을 아무에게나 내주지 않습니다. 비공개 저장소이거나, 이름이 "
            f"틀렸거나, 저장소 페이지에서 라이선스에 먼저 동의해야 합니다: {address}",
        )
    return say(
        en=f"The hub answers with the error {status}: try again later.",
        ko=f"허브가 오류 {status}(으)로 답합니다. 나중에 다시 시도하세요.",
    )


def weight_memory(num_parameters: float, bits: float = 16) -> float:
    """Return the memory of a model's weights, in bytes.

    Parameters
    ----------
    num_parameters : float
        All of them, even if each token uses only some.
    bits : float
        Per parameter. In groups of 32 that share a scale of 16 bits, a weight takes half a bit
        more: 4.5, for example.

    Returns
    -------
    float
        Bytes; 1 GB is 10⁹.

    Raises
    ------
    ValueError
        If a number is not positive.

    Examples
    --------
    >>> [weight_memory(7.2e9, bits) / 1e9 for bits in (16, 8, 4)]
    [14.4, 7.2, 3.6]
    """
    _check_positive(num_parameters=num_parameters, bits=bits)
    return num_parameters * bits / 8


def cache_memory(
    num_tokens: int, *, num_layers: int, num_heads: int, head_size: int, bits: float = 16
) -> float:
    """Return the memory of a decoder's key-value cache, in bytes.

    Each layer keeps a key and a value of each token, so that no token is computed twice.

    Parameters
    ----------
    num_tokens : int
        The length of the question and the answer so far.
    num_layers : int
    num_heads : int
        The heads that have keys and values of their own; fewer than the heads of the queries
        where queries share them.
    head_size : int
        The size of a key, and of a value.
    bits : float
        Per number.

    Returns
    -------
    float
        Bytes.

    Raises
    ------
    ValueError
        If a number is not positive.

    Notes
    -----
    Shazeer, "Fast transformer decoding: one write-head is all you need" (2019); Ainslie et
    al., "GQA" (2023).

    Examples
    --------
    >>> cache_memory(4096, num_layers=32, num_heads=8, head_size=128) / 2**20
    512.0
    """
    _check_positive(
        num_tokens=num_tokens,
        num_layers=num_layers,
        num_heads=num_heads,
        head_size=head_size,
        bits=bits,
    )
    return 2 * num_tokens * num_layers * num_heads * head_size * bits / 8


def _check_positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise ValueError(
                say(
                    en=f"{name} must be greater than 0, not {number}.",
                    ko=f"{name}은(는) 0보다 커야 합니다. 받은 값: {number}",
                )
            )
