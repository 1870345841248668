import os
import re
import shlex
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import cv2
import pytest

from helpers.cli import main
from helpers.paths import MODELS, PHOTOS
from helpers.vision.digits import inference
from helpers.vision.photos import Digit

ZIP = PHOTOS / "zip-02.jpg"
DIGIT = PHOTOS / "single-03.jpg"
FACE = PHOTOS / "astronaut.jpg"


@pytest.fixture(autouse=True)
def english(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")


def read(*words):
    return main(["read", *map(str, words)])


def test_one_photo_gives_its_reading_and_its_probabilities(capsys):
    assert read(ZIP) == 0
    out, err = capsys.readouterr()
    reading, sureties = out.strip().split("  ")
    assert reading == "92182"
    assert sureties.count("%") == 5
    assert err == ""


def test_an_unsure_digit_is_marked_and_the_mark_explained(capsys, monkeypatch):
    sure, unsure = (Digit(1, probability, (0, 0, 5, 9)) for probability in (0.97, 0.71))
    monkeypatch.setattr("helpers.vision.photos.read_photo", lambda photo: [sure, unsure])
    assert read(ZIP) == 0
    out, err = capsys.readouterr()
    assert out == "11  (97% 71%?)\n"
    assert err == "? marks a digit that the reader is unsure of: check it.\n"
    monkeypatch.setenv("COURSE_LANG", "ko")
    assert read(ZIP, ZIP) == 0
    assert capsys.readouterr().err.startswith("?를 붙인 숫자는 확실하지 않습니다.")


def test_several_photos_are_named(capsys):
    assert read(ZIP, DIGIT) == 0
    assert [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()] == [
        f"{ZIP}: 92182",
        f"{DIGIT}: 2",
    ]


def test_what_cannot_be_read_is_one_sentence_and_the_rest_is_read(capsys, tmp_path):
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(ZIP.read_bytes()[:2000])
    assert read(FACE, cut, "missing.jpg", tmp_path, ZIP) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{ZIP}: 92182")
    ours = [line for line in err.splitlines() if not line.startswith("lib")]
    told = (FACE, cut, "missing.jpg", tmp_path)
    assert [line.startswith(str(path)) for path, line in zip(told, ours, strict=True)] == [True] * 4


def test_the_sentence_is_in_the_readers_language(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")
    assert read(FACE) == 1
    assert "숫자를 찾지 못했습니다" in capsys.readouterr().err


def test_save_writes_the_photo_with_its_boxes(tmp_path):
    assert read(ZIP, "--save", tmp_path / "read.png") == 0
    saved, photo = cv2.imread(tmp_path / "read.png"), cv2.imread(ZIP)
    assert saved.shape == photo.shape
    assert 0.01 < (saved != photo).any(axis=2).mean() < 0.3


def test_save_into_a_folder_names_each_photo(tmp_path):
    assert read(ZIP, DIGIT, "--save", tmp_path / "out") == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "zip-02-reading.png",
        "single-03-reading.png",
    }


def test_several_photos_do_not_overwrite_one_file(tmp_path, capsys):
    assert read(ZIP, DIGIT, "--save", tmp_path / "one.png") == 1
    assert "folder" in capsys.readouterr().err
    assert not (tmp_path / "one.png").exists()


@pytest.mark.parametrize("name", ["read.txt", "occupied/read.png"])
def test_what_cannot_be_saved_is_one_sentence(name, tmp_path, capsys):
    (tmp_path / "occupied").write_text("a file where a folder should be")
    assert read(ZIP, "--save", tmp_path / name) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "Errno" not in err
    assert {path.name for path in tmp_path.iterdir()} == {"occupied"}


def test_show_opens_the_reading_in_the_systems_viewer(monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    assert read(ZIP, "--show") == 0
    (address,) = opened
    shown = url2pathname(urlparse(address).path)
    assert cv2.imread(shown).shape == cv2.imread(ZIP).shape


def test_the_photo_is_left_as_it_was(tmp_path):
    copy = shutil.copy(ZIP, tmp_path / "photo.jpg")
    assert read(copy, "--save", tmp_path) == 0
    assert copy.read_bytes() == ZIP.read_bytes()


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 104000\n" % (b"0" * 64)


@pytest.mark.parametrize("words", [["read", str(ZIP)], ["serve"], ["serve", "--part", "vision"]])
@pytest.mark.parametrize("kind", ["missing", "empty", "cut short", "a pointer", "another network"])
def test_a_model_that_cannot_be_loaded_is_one_sentence(words, kind, monkeypatch, tmp_path, capfd):
    path, whole = tmp_path / "digits.onnx", (MODELS / "digits.onnx").read_bytes()
    content = {
        "missing": None,
        "empty": b"",
        "cut short": whole[:5000],
        "a pointer": POINTER,
        "another network": (MODELS / "chatbot-gru.onnx").read_bytes(),
    }[kind]
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(inference, "MODELS", tmp_path)
    inference.shipped_reader.cache_clear()
    try:
        assert main(words) == 1
    finally:
        inference.shipped_reader.cache_clear()
    out, err = capfd.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "digits.onnx is missing, damaged" in err


def test_a_command_without_its_words_says_how_it_is_used(capsys):
    with pytest.raises(SystemExit) as left:
        main(["read"])
    assert left.value.code == 2
    assert "PHOTO" in capsys.readouterr().err


def test_reading_loads_neither_tensorflow_nor_jupyter():
    program = (
        "import sys\n"
        "from helpers.cli import main\n"
        "assert not {'cv2', 'numpy', 'onnxruntime'} & set(sys.modules)\n"
        "assert main(['read', sys.argv[1]]) == 0\n"
        "assert not {'tensorflow', 'keras', 'IPython', 'jupyterlab'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, ZIP], check=True)


def test_what_an_encoding_lacks_does_not_end_a_command(tmp_path):
    """As on a Korean Windows, into a file."""
    said = subprocess.run(
        [sys.executable, "-m", "helpers.cli", "doctor"],
        env=os.environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp949", "COURSE_LANG": "ko"},
        capture_output=True,
    )
    assert b"Error" not in said.stderr
    assert len(said.stdout.decode("cp949").strip()) > 3


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert re.fullmatch(r"annyeong \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.skipif(os.name == "nt", reason="closes a pipe by a shell's words")
@pytest.mark.parametrize("ending", ["| head -1", ">&-", "<&-"])
def test_a_command_whose_output_nobody_reads_ends_without_a_traceback(ending):
    command = f"{shlex.quote(sys.executable)} -m helpers.cli chat {ending}"
    said = subprocess.run(command, shell=True, input="안녕\n\n", capture_output=True, text=True)
    assert "Error" not in said.stderr


def test_a_folder_that_cannot_be_written_is_told_in_the_readers_language(capsys, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "work/ko")

    monkeypatch.setattr("helpers.course.work.reset", refuse)
    monkeypatch.setenv("COURSE_LANG", "ko")
    assert main(["reset", "05"]) == 1
    assert capsys.readouterr().err.startswith("work/ko: 권한이 없습니다. `annyeong doctor`")


@pytest.mark.parametrize(("out", "folder"), [([], MODELS), (["--out", "mine"], Path("mine"))])
def test_what_is_trained_is_written_where_it_is_told(capsys, monkeypatch, out, folder):
    asked = []
    ship = "helpers.vision.hands.training.ship"
    monkeypatch.setattr(ship, lambda place: asked.append(place) or {"test_accuracy": 0.98})
    assert main(["train", "hands", *out]) == 0
    assert asked == [folder]
    assert capsys.readouterr().out == "hands.onnx: 98.00%\n"
