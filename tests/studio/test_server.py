"""The server over its socket: what it answers, whom, and how much it takes."""

import json
import os
import socket
import threading
import time

import numpy as np
import pytest
import soundfile

from tests.helpers.serving import Client, Server
from tests.helpers.voice import voice_folder
from tests.studio.voice import TEXT, Served


@pytest.fixture(scope="module")
def served(synthesizer, manifest):
    with Served(synthesizer, manifest) as served:
        yield served


@pytest.fixture
def client(served):
    return Client(served.port)


ASK = {"text": TEXT, "settings": {"voice": "ada"}, "seed": 0, "temperature": 0}


def test_predict_and_say(client):
    status, answer = client.post("/predict", ASK)
    assert status == 200 and json.loads(answer["prosody"])["text"] == TEXT
    status, answer = client.post("/say", {"prosody": answer["prosody"], "settings": {"voice": "ben"}})
    assert status == 200 and len(answer["sound"]) > 10000 and "5 words" in answer["summary"]


def test_the_page_holds_all_it_needs(client):
    client.connection.request("GET", "/")
    answer = client.connection.getresponse()
    page = answer.read().decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"] and answer.headers["Cache-Control"] == "no-store"
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page and " src=" not in page


@pytest.mark.parametrize("path", ["/key.json", "/../setup.cfg", "//etc/passwd", "/%2e%2e/setup.cfg", "/recording/../r1.wav", "/r1.wav", "/say"])
def test_nothing_else_is_served(client, path):
    status, body = client.get(path)
    assert status in (404, 405) and len(body) < 100


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
)
def test_other_sites_are_refused(client, headers):
    assert client.get("/", **headers)[0] in (400, 403)
    status, said = client.post("/predict", ASK, **headers)
    assert status in (400, 403) and "prosody" not in said


def test_its_own_page_is_answered(client, served):
    for host in (f"127.0.0.1:{served.port}", f"localhost:{served.port}", f"[::1]:{served.port}"):
        assert client.post("/predict", ASK, Host=host, Origin=f"http://{host}")[0] == 200


@pytest.mark.parametrize(
    "path, body, kind, status, said",
    [
        ("/predict", ASK, "text/plain", 415, "expected application/json"),
        ("/predict", b"[1]", "application/json", 400, "expected an object"),
        ("/predict", b"[" * 9000, "application/json", 400, "not JSON"),
        ("/predict", b" " * (2 << 20), "application/json", 413, "more than"),
        ("/predict", ASK | {"text": 5}, "application/json", 400, "text must be a text"),
        ("/predict", ASK | {"text": ""}, "application/json", 400, ""),
        ("/predict", ASK | {"text": "a " * 500}, "application/json", 400, "expected at most 600"),
        ("/predict", ASK | {"seed": "1"}, "application/json", 400, "seed must be a number"),
        ("/predict", b'{"text": "a", "seed": NaN}', "application/json", 400, "seed must be a number"),
        ("/predict", ASK | {"temperature": 9}, "application/json", 400, "expected 0"),
        ("/predict", ASK | {"settings": {"voice": ["ada"]}}, "application/json", 400, "settings must be"),
        ("/predict", ASK | {"settings": {"dictionary": "/etc/passwd"}}, "application/json", 400, "expected one of the menus"),
        ("/say", {"prosody": "{}"}, "application/json", 400, 'no "format" in it'),
        ("/recording", {"id": "../../etc/passwd"}, "application/json", 400, "no recording"),
        ("/extract?text=Hi.&language=en-us", b"RIFF" + b"\0" * 100, "application/octet-stream", 400, "recording: not readable as sound"),
        ("/extract?text=Hi.&language=en-us", b"x", "multipart/form-data", 415, "expected application/octet-stream"),
        ("/extract?text=Hi.&language=xx-none", b"", "application/octet-stream", 400, ""),
    ],
)
def test_what_cannot_be_done_is_said(client, path, body, kind, status, said):
    found = client.post(path, body, kind)
    assert found[0] == status and said in found[1] and len(found[1]) < 400


def test_an_upload_stays_in_its_folder_and_is_gone_afterwards(client, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "in"))
    (tmp_path / "in").mkdir()
    sound = tmp_path / "noise.wav"
    soundfile.write(sound, 0.1 * np.random.default_rng(0).standard_normal(48000), 24000)
    for name in ("..%2F..%2Fevil.wav", "%2Fetc%2Fevil.wav", "evil%00.wav", "..", "evil.wav"):
        status, said = client.post(f"/extract?name={name}&text=Hello.&language=en-us", sound.read_bytes(), "application/octet-stream")
        assert status == 400 and ": a steady sound" in said and str(tmp_path) not in said
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "noise.wav"]


def test_an_endless_upload_is_cut(served):
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(
            b"POST /extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for _ in range(40):
                connection.sendall(b"100000\r\n" + b" " * (1 << 20) + b"\r\n")
            answer = connection.recv(100)
        except (BrokenPipeError, ConnectionResetError):
            answer = b" 413 "
    assert b" 413 " in answer


def test_one_at_a_time_and_nobody_waits_for_who_has_left(served, monkeypatch):
    working, go_on, worked = threading.Event(), threading.Event(), []

    def work(text, *_):
        worked.append(text)
        working.set()
        assert go_on.wait(10)
        return {"prosody": text}

    monkeypatch.setattr(served.studio, "predict", work)
    answers = []
    first = threading.Thread(target=lambda: answers.append(Client(served.port).post("/predict", ASK | {"text": "first"})))
    first.start()
    assert working.wait(10)
    body = json.dumps(ASK | {"text": "left"}).encode()
    leaving = socket.create_connection(("127.0.0.1", served.port))
    leaving.sendall(b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    time.sleep(0.2)
    leaving.close()
    last = threading.Thread(target=lambda: answers.append(Client(served.port).post("/predict", ASK | {"text": "last"})))
    last.start()
    time.sleep(0.2)
    assert worked == ["first"] and Client(served.port).get("/")[0] == 200  # the page itself waits for nobody
    go_on.set()
    first.join()
    last.join()
    assert worked == ["first", "last"] and sorted(answer[1]["prosody"] for answer in answers) == ["first", "last"]


def test_the_command_listens_on_this_machine_only_and_ends_with_the_facts(tmp_path):
    model = voice_folder(tmp_path / "model", system="copycat2")
    with Server("studio", "--model", model, "--voice", "ben") as server:
        client = Client(server.port)
        assert b'"first": {"voice": "ben"}' in client.get("/")[1] and client.post("/predict", ASK)[0] == 200
        lines = os.popen("cat /proc/net/tcp").read().split("\n")
        assert [line.split()[1] for line in lines if f":{server.port:04X} " in line and " 0A " in line] == [f"0100007F:{server.port:04X}"]
        status, said = server.stop()
    assert status == 0 and "1 texts predicted" in said and "Traceback" not in said
