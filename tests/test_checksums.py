import pytest

from helpers import checksums
from helpers.checksums import how_to_restore


@pytest.mark.parametrize(
    ("kind", "lang", "way"),
    [
        ("clone", "en", "git checkout -- data/mnist.npz"),
        ("clone", "ko", "git checkout -- data/mnist.npz"),
        ("ZIP", "en", "download the course again and copy data/mnist.npz from there."),
        ("ZIP", "ko", "과정을 다시 내려받아 거기에 있는 data/mnist.npz을(를) 복사해 오세요."),
        ("package", "en", "pip install --force-reinstall --no-deps annyeong-deep-learning"),
    ],
)
def test_how_a_file_comes_back(kind, lang, way, tmp_path, monkeypatch):
    if kind == "clone":
        (tmp_path / ".git").write_text("gitdir: elsewhere")  # as in a worktree
    monkeypatch.setattr(checksums, "ROOT", tmp_path)
    monkeypatch.setattr(checksums, "IS_CHECKOUT", kind != "package")
    monkeypatch.setattr(checksums, "restore", lambda: way)
    monkeypatch.setenv("COURSE_LANG", lang)
    assert how_to_restore("data/mnist.npz") == way
