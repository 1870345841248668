import hashlib

import numpy as np
import pytest

from helpers import checksums, data
from helpers.checksums import sha256
from helpers.data import DataError, load_mnist

# Of the arrays' bytes, as they are in the files that LeCun published.
CHECKSUMS = ["741c988805d008ac", "1feba77c54802fa5", "6d87418db22cc802", "ddeff807876a9661"]


@pytest.fixture
def mnist(tmp_path, monkeypatch):
    """A data folder of two digits whose checksum its README records."""
    path = tmp_path / "mnist.npz"
    arrays = {"x_train": np.zeros((2, 28, 28), np.uint8), "y_train": np.zeros(2, np.uint8)}
    np.savez(path, **arrays, x_test=arrays["x_train"], y_test=arrays["y_train"])
    (tmp_path / "README.md").write_text(f"```\n{sha256(path)}  mnist.npz\n```\n", encoding="utf-8")
    monkeypatch.setattr(data, "DATA", tmp_path)
    monkeypatch.setattr(data, "MNIST", path)
    return path


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def alter(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def remove(path):
    path.unlink()


def make_folder(path):
    path.unlink()
    path.mkdir()


def test_mnist_is_what_lecun_published():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    arrays = (x_train, y_train, x_test, y_test)
    assert [array.shape for array in arrays] == [
        (60000, 28, 28), (60000,), (10000, 28, 28), (10000,),
    ]  # fmt: skip
    assert {array.dtype for array in arrays} == {np.dtype(np.uint8)}
    found = [hashlib.sha256(array.tobytes()).hexdigest() for array in arrays]
    assert [checksum[:16] for checksum in found] == CHECKSUMS


def test_the_second_call_gives_the_same_arrays():
    assert load_mnist() is load_mnist()


def test_no_caller_changes_them_for_another():
    for array in (*load_mnist()[0], *load_mnist()[1]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize("spoil", [remove, make_folder, cut, alter, empty])
@pytest.mark.parametrize(
    ("lang", "missing", "spoilt", "mend"),
    [
        ("en", "is missing", "is incomplete or changed", "To restore it: "),
        ("ko", "파일이 없습니다", "파일이 잘렸거나 바뀌었습니다", "되살리는 방법: "),
    ],
)
def test_a_broken_file_gives_one_sentence(monkeypatch, mnist, spoil, lang, missing, spoilt, mend):
    monkeypatch.chdir(mnist.parent)
    monkeypatch.setattr(checksums, "ROOT", mnist.parent)
    (mnist.parent / ".git").mkdir()
    monkeypatch.setenv("COURSE_LANG", lang)
    spoil(mnist)
    with pytest.raises(DataError) as error:
        load_mnist.__wrapped__()
    (line,) = str(error.value).splitlines()
    assert line.startswith("data/mnist.npz")
    assert (missing if spoil in (remove, make_folder) else spoilt) in line.replace("it is", "is")
    assert line.endswith(f"{mend}git checkout -- data/mnist.npz")


def test_an_error_is_not_remembered(mnist):
    content = mnist.read_bytes()
    remove(mnist)
    load_mnist.cache_clear()
    with pytest.raises(DataError):
        load_mnist()
    mnist.write_bytes(content)
    assert load_mnist()[0][0].shape == (2, 28, 28)
    load_mnist.cache_clear()
