import pytest

from helpers.paths import ROOT
from helpers.service.settings import Settings, read_settings

PAGES = [ROOT / "docs" / name for name in ("service.md", "service.ko.md")]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_and_documented(name):
    assert Settings.model_fields[name].description
    for page in PAGES:
        assert f"| `ANNYEONG_{name.upper()}` |" in page.read_text(encoding="utf-8")


def test_the_documented_defaults_are_the_real_ones():
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("| `ANNYEONG_"):
                name, default, _ = (part.strip(" `") for part in line.strip("|").split("|"))
                field = Settings.model_fields[name.removeprefix("ANNYEONG_").lower()]
                if name not in ("ANNYEONG_TOKEN", "ANNYEONG_WORKERS", "ANNYEONG_HOSTS"):
                    assert str(field.default).endswith(default)


def test_a_setting_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("ANNYEONG_MAX_FILES", "7")
    assert Settings().max_files == 7


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", 0),
        ("max_pixels", 25_000_001),
        ("body_seconds", 0),
        ("port", 65_536),
        ("chat_engine", "parrot"),
        ("uploads_url", "notaurl"),
        ("uploads_url", "ftp://127.0.0.1:8001"),
        ("vision_url", "http://"),
        ("vision_url", "http://me:secret@vision"),
        ("vision_url", "http://vision:0"),
        ("vision_url", "http://vision:65536"),
        ("chat_url", "http://chat/path"),
        ("chat_url", "http://chat?query"),
        ("chat_url", "http://chat\n.example"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(name, value):
    with pytest.raises(ValueError, match=name):
        Settings(**{name: value})


@pytest.mark.parametrize(
    "address", ["http://vision:8000", "https://a-b.example", "http://[::1]:80", "http://10.0.0.1"]
)
def test_a_slash_at_the_end_of_an_address_is_harmless(address):
    assert Settings(vision_url=f"{address}/").vision_url == address
    assert Settings(vision_url=address).vision_url == address


def test_a_wrong_address_is_one_sentence(monkeypatch):
    monkeypatch.setenv("ANNYEONG_CHAT_URL", "notaurl")
    with pytest.raises(ValueError, match="it takes an address such as") as raised:
        read_settings()
    assert "ANNYEONG_CHAT_URL" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_the_token_is_not_printed():
    assert "secret" not in repr(Settings(token="secret"))
