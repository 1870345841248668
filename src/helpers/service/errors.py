"""What the service cannot do, as exceptions that know nothing of HTTP.

`helpers.service.http.problems` turns each of them into a response.
"""

from helpers.reader import say


class ServiceError(Exception):
    """The service cannot do what it is asked; the message says why and what to do.

    Parameters
    ----------
    en, ko : str
        The message; the one in the reader's language is kept.
    retry_after : float, optional
        After how many seconds it may work.

    Examples
    --------
    >>> str(DiskFull(en="The disk is full.", ko="디스크가 가득 찼습니다."))
    'The disk is full.'
    """

    def __init__(self, *, en: str, ko: str, retry_after: float | None = None):
        super().__init__(say(en=en, ko=ko))
        self.retry_after = retry_after


class Busy(ServiceError):
    """Too much is being worked on or held, in all or for one client."""


class PictureTooLarge(ServiceError):
    """A picture has more pixels than may be decoded."""


class UploadNotFound(ServiceError):
    """No upload has this id."""

    def __init__(self) -> None:
        super().__init__(en="There is no such upload.", ko="그런 업로드가 없습니다.")


class StoreFull(ServiceError):
    """The store has as many uploads, or as many bytes, as it may have."""


class DiskFull(ServiceError):
    """The disk is full, or this user's share of it."""


class FolderUnusable(ServiceError):
    """The folder of the uploads is gone or cannot be written to."""


class NotLoaded(ServiceError):
    """The chatbot is still being loaded."""


class LoadFailed(ServiceError):
    """The chatbot could not be loaded."""
