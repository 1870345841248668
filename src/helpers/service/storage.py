"""Where uploads are kept: each in a folder of its own, named by the hash of its content.

Such a folder is filled under a temporary name and then renamed: it is there whole or not at
all, whenever a process is killed, and several processes may share one store. The name that a
client gives is written in it as data and is never part of a path.
"""

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from helpers.service.problems import Problem

_ID = re.compile(r"[0-9a-f]{64}")
_RECORD = "upload.json"
#: How the temporary folders begin, and after how many seconds one must be of a killed process.
_TEMPORARY, _FORSAKEN = ".annyeong-", 600
#: The disk is full, or what one user may have of it.
_FULL = {errno.ENOSPC, errno.EDQUOT}


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


class Store:
    """The uploads in a folder, with what was made of them.

    Parameters
    ----------
    folder : Path
        Made if it is missing. What is not the store's own in it is left alone.
    max_files : int
        How many uploads are kept at most; the next is refused with 503.
    max_age : float
        Seconds after which an upload is removed.
    """

    def __init__(self, folder: Path, max_files: int, max_age: float):
        self._folder, self._max_files, self._max_age = Path(folder), max_files, max_age
        self._folder.mkdir(parents=True, exist_ok=True)
        self.sweep()

    def __len__(self):
        return len(self._folders())

    def add(self, data: bytes, name: str, kind: str) -> Upload:
        """Keep some content; the same content again only takes the new name and date."""
        folder = self._folder / hashlib.sha256(data).hexdigest()
        self.sweep()
        if not folder.is_dir():
            self._check_room()
        with self._made_beside() as temporary:
            (temporary / "content").write_bytes(data)
            record = {"name": name, "kind": kind, "size": len(data)}
            (temporary / _RECORD).write_text(json.dumps(record), encoding="utf-8")
            upload = replace(self._upload(temporary), id=folder.name)
            try:
                temporary.rename(folder)
            except OSError:
                if not folder.is_dir():
                    raise
                (temporary / _RECORD).replace(folder / _RECORD)
        return upload

    def list(self) -> list[Upload]:
        """Return all uploads, the oldest first."""
        self.sweep()
        uploads = filter(None, map(self._upload, self._folders()))
        return sorted(uploads, key=lambda upload: (upload.created, upload.id))

    def get(self, id: str) -> Upload | None:
        """Return an upload, or None where there is none of this id."""
        return self._upload(self._folder / id) if _ID.fullmatch(id) else None

    def read(self, id: str, part: str = "content") -> bytes | None:
        """Return an upload's content, or what `write` put beside it; None if it is not there."""
        try:
            return (self._folder / id / part).read_bytes() if _ID.fullmatch(id) else None
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, id: str, part: str, data: bytes):
        """Put something made of an upload beside it, whole or not at all."""
        with self._made_beside() as temporary:
            (temporary / part).write_bytes(data)
            with suppress(FileNotFoundError):  # the upload was deleted meanwhile
                (temporary / part).replace(self._folder / id / part)

    def has(self, id: str, part: str) -> bool:
        """Tell whether `write` has put this part beside an upload."""
        return (self._folder / id / part).is_file()

    def delete(self, id: str) -> bool:
        """Remove an upload and what was made of it; tell whether there was one."""
        if self.get(id) is None:
            return False
        temporary = self._folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
        try:  # a full disk has room for another name, not for another folder
            (self._folder / id).rename(temporary)
        except FileNotFoundError:
            return False
        shutil.rmtree(temporary, ignore_errors=True)
        return True

    def sweep(self):
        """Remove what is too old, and what killed processes left half done."""
        for folder in self._folders():
            if self._age(folder / _RECORD) > self._max_age:
                self.delete(folder.name)
        for folder in self._folder.glob(f"{_TEMPORARY}*"):
            if self._age(folder) > _FORSAKEN:
                shutil.rmtree(folder, ignore_errors=True)

    def _folders(self):
        with os.scandir(self._folder) as entries:
            folders = [Path(entry.path) for entry in entries if _ID.fullmatch(entry.name)]
        return [folder for folder in folders if (folder / _RECORD).is_file()]

    @contextmanager
    def _made_beside(self):
        """Give a temporary folder, on the same disk so that its content can be renamed."""
        temporary = None
        try:
            temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self._folder))
            yield temporary
        except OSError as error:
            if error.errno in _FULL:
                raise _disk_is_full() from None
            raise
        finally:
            if temporary:
                shutil.rmtree(temporary, ignore_errors=True)

    def _upload(self, folder: Path) -> Upload | None:
        try:
            with (folder / _RECORD).open(encoding="utf-8") as file:
                record = json.load(file)
                modified = os.fstat(file.fileno()).st_mtime
            return Upload(folder.name, **record, created=datetime.fromtimestamp(modified, UTC))
        except (OSError, ValueError, TypeError):  # gone, or not ours
            return None

    def _age(self, path: Path) -> float:
        try:
            return time.time() - path.stat().st_mtime
        except FileNotFoundError:  # another process was faster
            return 0.0

    def _check_room(self):
        ages = [self._age(folder / _RECORD) for folder in self._folders()]
        if len(ages) >= self._max_files:
            seconds = max(1, round(self._max_age - max(ages)))
            raise Problem(
                503,
                en=f"The store is full: {self._max_files} uploads. Delete one first.",
                ko=f"저장소가 가득 찼습니다(업로드 {self._max_files}개). 먼저 하나를 지우십시오.",
                headers={"Retry-After": str(seconds)},
                reason="full",
            )


def _disk_is_full() -> Problem:
    return Problem(
        507,
        en="The disk of this service is full: delete an upload, or tell whoever runs it.",
        ko="서비스의 디스크가 가득 찼습니다. 업로드를 지우거나 운영자에게 알리십시오.",
    )
