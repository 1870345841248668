"""What an error of the operating system means, in the reader's language.

Python names such an error in English and by a number: ``[Errno 13] Permission denied: 'work'``.
"""

import errno

from helpers.reader import say

_IN_KOREAN = {
    errno.EACCES: "권한이 없습니다",
    errno.EPERM: "권한이 없습니다",
    errno.EROFS: "읽기 전용입니다",
    errno.ENOENT: "파일이나 폴더가 없습니다",
    errno.EEXIST: "같은 이름이 이미 있습니다",
    errno.ENOTDIR: "폴더가 아닙니다",
    errno.EISDIR: "파일이 아니라 폴더입니다",
    errno.ENOSPC: "디스크가 가득 찼습니다",
    errno.EMFILE: "열린 파일이 너무 많습니다",
    errno.ENAMETOOLONG: "이름이 너무 깁니다",
    errno.EADDRINUSE: "이미 쓰고 있는 주소입니다",
    errno.EADDRNOTAVAIL: "이 컴퓨터의 주소가 아닙니다",
}


def reason(error: OSError) -> str:
    """Return what went wrong, without the name of the file.

    Examples
    --------
    >>> from helpers.reader import speaking
    >>> with speaking("ko"):
    ...     reason(PermissionError(errno.EACCES, "Permission denied", "work"))
    '권한이 없습니다'
    """
    text = error.strerror or str(error)
    return say(en=text, ko=_IN_KOREAN.get(error.errno or 0, text))


def explain(error: OSError) -> str:
    """Return one sentence: which file or folder, what went wrong and, if known, what to do.

    Examples
    --------
    >>> from helpers.reader import speaking
    >>> with speaking("en"):
    ...     explain(FileNotFoundError(errno.ENOENT, "No such file or directory", "photo.jpg"))
    'photo.jpg: No such file or directory.'
    """
    name = f"{error.filename}: " if error.filename is not None else ""
    if not error.errno:
        return f"{name}{reason(error)}"
    if not isinstance(error, PermissionError) and error.errno != errno.EROFS:
        return f"{name}{reason(error)}."
    return name + say(
        en=f"{reason(error)}. `annyeong doctor` tells what to do.",
        ko=f"{reason(error)}. `annyeong doctor`를 실행하면 방법을 알려 줍니다.",
    )
