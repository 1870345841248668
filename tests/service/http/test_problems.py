import re

import pytest
from fastapi import HTTPException

from helpers.data import DataError
from helpers.language.messages import MessageError
from helpers.paths import ROOT
from helpers.reader import speaking
from helpers.service import errors
from helpers.service.http.problems import TYPE_OF, TYPES, URN, Problem, problem_of
from helpers.vision.pictures import PhotoError

DOCUMENTS = [ROOT / "docs" / name for name in ("service.md", "service.ko.md")]


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_every_problem_is_documented_once_with_its_status(page):
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", page.read_text("utf-8"), re.MULTILINE)
    assert [(name, int(status)) for name, status in rows] == [
        (name, kind.status) for name, kind in TYPES.items()
    ]


def test_every_problem_is_raised_somewhere_and_no_other():
    sources = "".join(
        path.read_text("utf-8") for path in (ROOT / "src/helpers/service").rglob("*.py")
    )
    raised = re.findall(r'(?:Problem|_refuse|_say)\(\s*"([a-z-]+)"', sources)
    assert {*raised, *TYPE_OF.values()} == set(TYPES)


def test_every_exception_of_the_service_is_a_problem_of_its_own():
    assert set(errors.ServiceError.__subclasses__()) <= set(TYPE_OF)
    assert len(set(TYPE_OF.values())) == len(TYPE_OF)


def test_a_problem_has_its_type_and_an_exception_says_when_to_come_back():
    with speaking("en"):
        busy = errors.Busy(en="Later.", ko="나중에.", retry_after=0.2)
    problem = problem_of(busy)
    assert (problem.type, problem.status_code) == (URN + "busy", 503)
    assert (problem.detail, problem.headers) == ("Later.", {"Retry-After": "1"})
    assert problem_of(MessageError("blank")).headers is None


def raising(client, error):
    @client.app.get("/raise")
    async def handler():
        raise error

    return client.get("/raise", headers={"Accept-Language": "ko"})


@pytest.mark.parametrize(
    ("error", "status", "type"),
    [
        (PhotoError("damaged"), 422, URN + "bad-picture"),
        (DataError("data/mnist.npz is missing."), 503, URN + "data-damaged"),
        (HTTPException(418, "short and stout"), 418, "about:blank"),
        (HTTPException(404), 404, URN + "not-found"),
        (errors.UploadNotFound(), 404, URN + "upload-not-found"),
        (RuntimeError("/home/secret"), 500, URN + "internal-error"),
        (ExceptionGroup("several", [KeyError("secret")]), 500, URN + "internal-error"),
    ],
)
def test_whatever_is_raised_is_one_shape(serve, error, status, type):
    answer = raising(serve(["uploads"]), error)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "error", "request_id"}
    assert (problem["status"], problem["type"]) == (status, type)
    assert problem["error"] == problem["detail"] != ""
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text


def test_an_accident_is_told_in_the_readers_language_and_where_the_log_has_it(serve):
    problem = raising(serve(["uploads"]), RuntimeError()).json()
    assert "문제" in problem["detail"]
    assert problem["request_id"] in problem["detail"]


def test_an_accident_has_the_safe_headers(serve):
    answer = raising(serve(["uploads"]), RuntimeError())
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_accident_is_an_answer_like_any_other_and_logged_once(serve, caplog):
    client = serve(["uploads"])
    answer = raising(client, RuntimeError("the reason"))
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Accept-Language"
    assert "connection" not in answer.headers
    assert caplog.text.count("the reason") == 1
    assert "GET /raise 500" in caplog.text
    text = client.get("/metrics").text
    assert 'requests_total{method="GET",route="/raise",status="500"} 1.0' in text


def test_a_problem_carries_headers_and_more_members(serve):
    with speaking("en"):
        problem = Problem("busy", en="Full.", ko="가득", headers={"Retry-After": "7"}, left=0)
    answer = raising(serve(["uploads"]), problem)
    assert answer.headers["retry-after"] == "7"
    assert answer.json()["left"] == 0
    assert answer.json()["detail"] == "Full."


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/uploads/" + "0" * 64, "GET, HEAD, DELETE"),
        ("/mosaic", "GET, HEAD, POST"),
        ("/health", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_there_are(client, path, methods):
    answer = client.put(path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == methods
    assert "PUT" in answer.json()["detail"]


def test_an_unknown_address_is_a_problem_in_both_languages(client):
    korean = client.get("/nowhere", headers={"Accept-Language": "ko"}).json()
    english = client.get("/nowhere").json()
    assert korean["status"] == english["status"] == 404
    assert korean["detail"] != english["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat", {"message": "안녕하세요"}),
        ("/mnist-sample", {"index": 7}),
        ("/digits", {"id": "0" * 64}),
    ],
)
def test_json_with_other_fields_is_refused(client, path, body):
    assert client.post(path, json=body).status_code in (200, 404)
    assert client.post(path, json=body | {"more": 1}).status_code == 422
