"""Where uploads are kept: each in a folder of its own, named by the hash of its content.

Such a folder is filled under a temporary name and then renamed: it is there whole or not at
all, whenever a process is killed or the power fails, and several processes may share one store.
The name that a client gives is written in it as data and is never part of a path.
"""

import errno
import hashlib
import json
import logging
import math
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, NonNegativeInt, ValidationError

from helpers.reader import say
from helpers.service.errors import DiskFull, FolderUnusable, ServiceError, StoreFull
from helpers.service.uploads.lock import locked

_ID = re.compile(r"[0-9a-f]{64}")
_RECORD_FILE = "upload.json"
#: What processes that share the folder take turns by.
_LOCK = ".annyeong.lock"
#: How the temporary folders begin, and after how many seconds one must be of a killed process.
_TEMPORARY, _FORSAKEN = ".annyeong-", 600
#: The disk is full, or what one user may have of it.
_FULL = {errno.ENOSPC, errno.EDQUOT}
#: The folder is gone, is no folder, is not ours to write in, or its disk is read-only; or there is
#: a folder in it where the store has a file.
_UNUSABLE = {
    *(errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.EISDIR, errno.ENOTEMPTY),
    *(getattr(errno, name) for name in ("ESTALE", "ENODEV") if hasattr(errno, name)),
}
#: After how many seconds to ask again whether the folder is back.
_RETRY_SECONDS = 5

_log = logging.getLogger(__name__)


class _Record(BaseModel, strict=True, extra="forbid"):
    """What the file beside an upload's content says of it."""

    name: str
    kind: Literal["jpeg", "png"]
    size: NonNegativeInt


@dataclass(frozen=True)
class Upload:
    """One upload.

    Attributes
    ----------
    id : str
        The sha256 of its content, in hexadecimal.
    name : str
        The name the client gave, as it was sent.
    kind : str
        ``"jpeg"`` or ``"png"``.
    size : int
        In bytes.
    created : datetime
        In UTC.
    """

    id: str
    name: str
    kind: str
    size: int
    created: datetime


class _Kept(NamedTuple):
    """What room an upload takes, and since when: in seconds since 1970, and in bytes."""

    id: str
    since: float
    num_bytes: int


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the disk refuses into one sentence for the client; the log has the cause."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_full() from None
        if error.errno in _UNUSABLE:
            _log.warning("The folder of the uploads cannot be used: %s", error)
            raise _folder_unusable() from None
        raise


class Store:
    """The uploads in a folder, with what was made of them.

    What a method returns is on the disk: it outlives the process and, where the system can
    promise that, a power cut. While the folder cannot be used, a method raises
    `FolderUnusable`; the folder is made again as soon as that is possible.

    Parameters
    ----------
    folder : Path
        Made when it is needed. What is not the store's own in it is left alone.
    max_files : int
        How many uploads are kept at most; for the next, `add` raises `StoreFull`.
    max_age : float
        Seconds after which an upload is removed.
    max_bytes : float
        How many bytes the uploads may take at most, with what was made of them; `add` and `write`
        raise `StoreFull` for what would exceed them.
    """

    def __init__(self, folder: Path, max_files: int, max_age: float, max_bytes: float = math.inf):
        self._folder = Path(folder)
        self._max_files, self._max_age, self._max_bytes = max_files, max_age, max_bytes

    @_told()
    def __len__(self):
        return len(self._swept())

    @_told()
    def add(self, data: bytes, name: str, kind: str) -> Upload:
        """Keep some content; the same content again only takes the new name and date."""
        id = hashlib.sha256(data).hexdigest()
        folder = self._folder / id
        kept = self._swept()
        if all(one.id != id for one in kept):
            self._check_room(kept, 1, len(data))  # before anything is written
        with self._made_beside() as temporary:
            _write(temporary / "content", data)
            record = json.dumps({"name": name, "kind": kind, "size": len(data)}).encode()
            _write(temporary / _RECORD_FILE, record)
            _sync(temporary)
            modified = (temporary / _RECORD_FILE).stat().st_mtime
            upload = Upload(id, name, kind, len(data), datetime.fromtimestamp(modified, UTC))
            with self._alone():
                if not (folder / _RECORD_FILE).is_file():
                    self._check_room(self._kept(), 1, len(data) + len(record))
                if folder.is_dir():  # from before; repaired if it was damaged
                    for part in ("content", _RECORD_FILE):
                        (temporary / part).replace(folder / part)
                    _sync(folder)
                else:
                    temporary.rename(folder)
                    _sync(self._folder)
        return upload

    @_told()
    def all(self) -> list[Upload]:
        """Return all uploads, the oldest first."""
        uploads = filter(None, (self._upload(self._folder / kept.id) for kept in self._swept()))
        return sorted(uploads, key=lambda upload: (upload.created, upload.id))

    @_told()
    def get(self, id: str) -> Upload | None:
        """Return an upload, or None where there is none of this id."""
        _make(self._folder)
        return self._upload(self._folder / id) if _ID.fullmatch(id) else None

    @_told()
    def read(self, id: str, part: str = "content") -> bytes | None:
        """Return an upload's content, or what `write` put beside it; None if it is not there."""
        _make(self._folder)
        try:
            return (self._folder / id / part).read_bytes() if _ID.fullmatch(id) else None
        except (FileNotFoundError, NotADirectoryError):
            return None

    @_told()
    def write(self, id: str, part: str, data: bytes) -> None:
        """Put something made of an upload beside it, whole or not at all."""
        _make(self._folder)
        with self._made_beside() as temporary:
            _write(temporary / part, data)
            with self._alone():
                self._check_room(self._kept(), 0, len(data))
                with suppress(FileNotFoundError):  # the upload was deleted meanwhile
                    (temporary / part).replace(self._folder / id / part)

    @_told()
    def has(self, id: str, part: str) -> bool:
        """Return whether `write` has put this part beside an upload."""
        return (self._folder / id / part).is_file()

    @_told()
    def delete(self, id: str) -> bool:
        """Remove an upload and what was made of it; tell whether there was one."""
        return self.get(id) is not None and self._remove(id)

    def is_usable(self) -> bool:
        """Return whether the folder can be written to; whether there is room is not asked."""
        try:
            _make(self._folder)
            with self._made_beside():
                return True
        except OSError as error:
            return error.errno in _FULL

    def _swept(self) -> list[_Kept]:
        """Remove what is too old, and what killed processes left half done; return the rest."""
        kept, now = self._kept(), time.time()
        for one in list(kept):
            if now - one.since > self._max_age:
                with suppress(ServiceError):  # it goes as soon as the folder can be written to
                    self._remove(one.id, since=one.since)
                    kept.remove(one)
        for folder in self._folder.glob(f"{_TEMPORARY}*"):
            with suppress(FileNotFoundError):  # another process was faster
                if now - folder.stat().st_mtime > _FORSAKEN:
                    shutil.rmtree(folder, ignore_errors=True)
        return kept

    @_told()
    def _remove(self, id: str, since: float = math.inf) -> bool:
        """Remove an upload, but not if it was added again after `since`."""
        folder, temporary = self._folder / id, self._folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
        try:  # a full disk has room for another name, not for another folder
            with self._alone():
                if (folder / _RECORD_FILE).stat().st_mtime > since:
                    return False
                folder.rename(temporary)
                _sync(self._folder)
        except FileNotFoundError:
            return False
        shutil.rmtree(temporary, ignore_errors=True)
        return True

    def _kept(self) -> list[_Kept]:
        _make(self._folder)
        with os.scandir(self._folder) as entries:
            folders = [entry for entry in entries if _ID.fullmatch(entry.name)]
        return list(filter(None, map(_look_into, folders)))

    @contextmanager
    def _made_beside(self):
        """Give a temporary folder, on the same disk so that its content can be renamed."""
        temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self._folder))
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def _alone(self):
        """Let no other thread and no other process change what the store holds."""
        return locked(self._folder / _LOCK)

    def _upload(self, folder: Path) -> Upload | None:
        try:
            with (folder / _RECORD_FILE).open("rb") as file:
                record = _Record.model_validate_json(file.read())
                modified = os.fstat(file.fileno()).st_mtime
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValidationError):
            return None  # gone, or not ours
        created = datetime.fromtimestamp(modified, UTC)
        return Upload(folder.name, record.name, record.kind, record.size, created)

    def _check_room(self, kept: Sequence[_Kept], num_files: int, num_bytes: int):
        """Refuse what there is no room for beside what is kept; say when the oldest goes."""
        if num_files and len(kept) >= self._max_files:
            en, ko = f"{self._max_files} uploads", f"업로드 {self._max_files}개"
        elif sum(one.num_bytes for one in kept) + num_bytes > self._max_bytes:
            en, ko = f"{self._max_bytes:,} bytes", f"{self._max_bytes:,}바이트"
        else:
            return
        age = max((time.time() - one.since for one in kept), default=0)
        raise StoreFull(
            en=f"The store is full ({en}): delete an upload first.",
            ko=f"저장소가 가득 찼습니다({ko}). 먼저 업로드를 하나 지우세요.",
            retry_after=max(1, round(self._max_age - age)),
        )


def prepare(folder: Path) -> None:
    """Make the folder of a store, and see that it can be used.

    Raises
    ------
    ValueError
        If it cannot be used; the message names the folder.
    """
    try:
        _make(Path(folder))
        os.rmdir(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder))
    except OSError as error:
        if error.errno not in _FULL:
            raise ValueError(
                say(
                    en=f"Uploads cannot be kept in {folder} ({error.strerror}): choose another "
                    "folder with --folder or ANNYEONG_FOLDER.",
                    ko=f"{folder}에 업로드를 보관할 수 없습니다({error.strerror}). --folder나 "
                    "ANNYEONG_FOLDER로 다른 폴더를 정하세요.",
                )
            ) from None


def _look_into(folder: os.DirEntry[str]) -> _Kept | None:
    try:
        with os.scandir(folder) as files:
            found = {file.name: file.stat(follow_symlinks=False) for file in files}
    except (FileNotFoundError, NotADirectoryError):  # deleted meanwhile, or not ours
        return None
    if _RECORD_FILE not in found:
        return None
    num_bytes = sum(file.st_size for file in found.values())
    return _Kept(folder.name, found[_RECORD_FILE].st_mtime, num_bytes)


def _make(folder: Path):
    """Make a folder if it is missing, and what it lies in: a power cut does not take it back."""
    if folder.is_dir():
        return
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        _sync(one.parent)


def _write(path: Path, data: bytes):
    """Write a file, and wait until the disk has it."""
    path.write_bytes(data)
    _sync(path)


def _sync(path: Path):
    """Wait until the disk has what a file, or a folder's list of names, holds."""
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":  # which does so by itself, and opens no folder
        return
    opened = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _disk_full() -> DiskFull:
    return DiskFull(
        en="The disk of this service is full: delete an upload, or tell its operator.",
        ko="서비스의 디스크가 가득 찼습니다. 업로드를 지우거나 운영자에게 알리세요.",
    )


def _folder_unusable() -> FolderUnusable:
    return FolderUnusable(
        en="The service cannot use its folder for uploads now: try again in a moment, or tell "
        "its operator.",
        ko="서비스가 업로드 폴더를 지금 쓸 수 없습니다. 잠시 뒤에 다시 시도하거나 운영자에게 "
        "알리세요.",
        retry_after=_RETRY_SECONDS,
    )
