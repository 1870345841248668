import json
import re
import subprocess
import sys

from helpers.service import app as service
from helpers.service.app import ALL, create_app
from helpers.service.settings import Settings


def test_a_part_has_its_addresses_and_those_of_every_part(serve):
    paths = {part: set(serve([part]).get("/openapi.json").json()["paths"]) for part in ALL}
    shared = {"/health", "/ready", "/metrics"}
    assert paths["page"] == shared
    assert paths["uploads"] - shared == {"/upload", "/uploads", "/uploads/{id}"}
    assert paths["chat"] - shared == {"/chat"}
    assert paths["vision"] & paths["uploads"] == shared
    assert set(serve().get("/openapi.json").json()["paths"]) == set().union(*paths.values())


def test_ready_names_the_parts(serve):
    assert serve().get("/ready").json() == {"ready": True, "parts": dict.fromkeys(ALL, True)}
    assert serve(["uploads"]).get("/ready").json()["parts"] == {"uploads": True}


def test_not_ready_is_503(client):
    client.app.state.service.parts["vision"] = False
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": dict.fromkeys(ALL, True) | {"vision": False}}
    assert client.get("/health").json() == {"status": "ok"}


def test_metrics_count_by_route_method_and_status(client, photo):
    client.post("/upload", files={"file": ("zip.jpg", photo)})
    for path in ("/uploads/1", "/uploads/2", "/nowhere/1", "/nowhere/2"):
        client.get(path)
    client.request("BREW", "/uploads/3")
    text = client.get("/metrics").text
    counts = dict(re.findall(r"^annyeong_requests_total\{(.*)\} (\S+)$", text, re.MULTILINE))
    assert counts == {
        'method="POST",route="/upload",status="200"': "1.0",
        'method="GET",route="/uploads/{id}",status="404"': "2.0",
        'method="GET",route="other",status="404"': "2.0",
        'method="other",route="/uploads/{id}",status="405"': "1.0",
    }
    assert 'annyeong_request_seconds_count{method="POST",route="/upload"} 1.0' in text
    assert "annyeong_requests_in_progress 1.0" in text
    assert "annyeong_uploads 1.0" in text


def test_an_accident_is_counted_as_500(serve, monkeypatch):
    client = serve(["uploads"])
    monkeypatch.setattr(client.app.state.service.store, "all", lambda: 1 / 0)
    assert client.get("/uploads").status_code == 500
    text = client.get("/metrics").text
    assert 'requests_total{method="GET",route="/uploads",status="500"} 1.0' in text
    assert "annyeong_requests_in_progress 1.0" in text


def test_docs_name_every_address_and_load_nothing(client):
    page = client.get("/docs", headers={"Accept-Language": "ko"})
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="ko"' in page.text
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in page.text
    assert "<script" not in page.text
    assert "//" not in page.text


def test_every_operation_is_described_and_declares_its_errors():
    document = create_app(settings=Settings(token="key")).openapi()
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert operation["description"]
            assert {"401", "500"} <= set(operation["responses"])
            for status, answer in operation["responses"].items():
                if status >= "400" and status != "503":
                    assert list(answer["content"]) == ["application/problem+json"]


def test_without_mnist_only_samples_are_missing(serve, monkeypatch):
    def missing():
        raise service.DataError("data/mnist.npz is missing.")

    monkeypatch.setattr(service, "load_mnist", missing)
    monkeypatch.setattr("helpers.service.samples.render.load_mnist", missing)
    client = serve()
    assert client.get("/ready").status_code == 200
    answer = client.get("/mnist-sample")
    assert answer.status_code == 503
    assert answer.json()["error"] == "data/mnist.npz is missing."


def test_the_service_is_light():
    program = (
        "import json, sys, tempfile\n"
        "import time\n"
        "from fastapi.testclient import TestClient\n"
        "from helpers.service.app import create_app\n"
        "from helpers.service.settings import Settings\n"
        "with TestClient(create_app(settings=Settings(folder=tempfile.mkdtemp()))) as client:\n"
        "    while client.get('/ready').status_code == 503:\n"
        "        time.sleep(0.1)\n"
        "    assert client.get('/ready').status_code == 200\n"
        "    assert client.post('/chat', json={'message': '안녕하세요'}).status_code == 200\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = set(json.loads(done.stdout))
    heavy = {"tensorflow", "keras", "matplotlib", "IPython", "onnx", "pandas", "scipy"}
    assert not heavy & loaded
