"""The page as the service gives it; tests/browser uses it."""

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from helpers.service.app import create_app
from helpers.service.page.router import FILES, STATIC, TEMPLATE
from helpers.service.settings import Settings
from helpers.vision.photos import UNSURE

WORDS = {lang: json.loads((STATIC / f"{lang}.json").read_text("utf-8")) for lang in ("en", "ko")}
HTML = TEMPLATE.read_text("utf-8")
SCRIPTS = "".join(FILES[name].read_text("utf-8") for name in sorted(FILES) if name.endswith(".js"))


@pytest.fixture
def client(tmp_path):
    return TestClient(create_app(settings=Settings(folder=tmp_path)))


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr", "en"),
        ("?lang=ko", "en", "ko"),
        ("?lang=en", "ko", "en"),
        ("?lang=fr", "ko", "ko"),
        ("?lang=../en", "ko", "ko"),
    ],
)
def test_page_is_in_the_readers_language(client, query, accepted, lang):
    answer = client.get(f"/{query}", headers={"Accept-Language": accepted})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == lang
    assert answer.headers["vary"] == "Accept-Language"
    assert f'<html lang="{lang}">' in answer.text
    assert f"<h1>{WORDS[lang]['title']}</h1>" in answer.text


def test_both_languages_say_the_same_things():
    assert list(WORDS["en"]) == list(WORDS["ko"])
    for name, sentence in WORDS["en"].items():
        fields = re.compile(r"\{\w+\}")
        assert sorted(fields.findall(sentence)) == sorted(fields.findall(WORDS["ko"][name]))
        assert re.search("[가-힣]", WORDS["ko"][name]) or name in ("other", "other_name")


def test_nothing_is_said_that_no_one_asks_for():
    asked = set(re.findall(r"\$\{(\w+)\}", HTML)) | set(re.findall(r'"(\w+)"', SCRIPTS))
    assert set(WORDS["en"]) <= asked


def test_the_page_marks_the_digits_that_the_reader_is_unsure_of():
    assert f"const UNSURE = {UNSURE};" in SCRIPTS


def test_page_names_files_that_are_served_with_their_types(client):
    named = set(re.findall(r'(?:src|href)="static/([^"]+)"', HTML))
    named |= set(re.findall(r'from "\./([^"]+)"', SCRIPTS)) | {"en.json", "ko.json"}
    assert named == set(FILES)
    types = {".css": "text/css", ".js": "text/javascript", ".json": "application/json"}
    for name in named:
        answer = client.get(f"/static/{name}")
        assert answer.status_code == 200
        expected = types.get(Path(name).suffix, "image/svg+xml")
        assert answer.headers["content-type"].partition(";")[0] == expected
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_favicon_is_there_for_whoever_asks(client):
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "name", ["nothing.js", "index.html", "..%2fapp.py", "%2e%2e/app.py", "en.json%00", ""]
)
def test_nothing_else_is_served(client, name):
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_policy_allows_no_inline_script_and_no_other_host(client):
    policy = client.get("/").headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert not re.search("unsafe|http|\\*", policy)
    assert not re.search(r"<style|<script(?! type=\"module\" src)|\sstyle=|\son\w+=", HTML)


def test_addresses_are_relative_so_that_a_prefix_does_no_harm():
    assert not re.search(r'(?:src|href|action)="(?:/|\w+:)', HTML)
    assert not re.search(r'(?:ask|send|fetch)\(\s*[`"](?:/|\w+:)', SCRIPTS)
    assert "http://" not in (HTML + SCRIPTS)
    assert "https://" not in (HTML + SCRIPTS)


def test_page_needs_no_token_since_it_asks_for_it(tmp_path):
    client = TestClient(create_app(settings=Settings(folder=tmp_path, token="secret")))
    for address in ("/", "/static/page.js", "/favicon.ico", "/health"):
        assert client.get(address).status_code == 200
    for address in ("/uploads", "/metrics", "/static/", "/static/a/b", "/health/"):
        assert client.get(address, follow_redirects=False).status_code == 401
