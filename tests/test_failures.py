import errno
import os

import pytest

from helpers.failures import explain, reason
from helpers.reader import speaking


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOSPC])
def test_an_error_of_the_system_is_in_the_readers_language(number):
    error = OSError(number, os.strerror(number), "work/en")
    with speaking("ko"):
        assert explain(error).startswith("work/en: ")
        assert os.strerror(number) not in explain(error)
    with speaking("en"):
        assert explain(error).startswith(f"work/en: {os.strerror(number)}.")
    assert "Errno" not in explain(error)


def test_only_what_the_doctor_looks_at_is_sent_to_the_doctor():
    with speaking("en"):
        assert "annyeong doctor" in explain(PermissionError(errno.EACCES, "Permission denied"))
        assert "doctor" not in explain(FileNotFoundError(errno.ENOENT, "No such file", "a.jpg"))


def test_a_sentence_of_our_own_stays_as_it_is():
    assert explain(OSError("The folder is full.")) == "The folder is full."
    assert reason(OSError()) == ""
