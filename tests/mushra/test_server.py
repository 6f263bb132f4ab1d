"""The server as a process of its own, spoken to over its socket."""

import json
import os
import signal
import socket
import sqlite3
import threading
import time

import pytest

from tests.helpers.serving import Client, Server
from tests.mushra.sounds import quick_test

LISTENERS = 50


@pytest.fixture(scope="module")
def test_folder(tmp_path_factory):
    return quick_test(tmp_path_factory.mktemp("served"), listeners=12).test


@pytest.fixture(scope="module")
def server(test_folder):
    with Server("mushra", "serve", test_folder.folder) as server:
        yield server


@pytest.fixture
def client(server):
    return Client(server.port)


def rating(item="p01", letter="A", score=50, **more):
    return {"item": item, "letter": letter, "score": score, "seconds": 1.5, "comment": "", "plays": 1} | more


def test_page_and_sounds(client, test_folder):
    status, page = client.get("/")
    assert status == 200 and b'"served": true' in page and b'data-sound="stimuli' not in page
    for file in test_folder.sounds():
        assert client.get("/" + file) == (200, (test_folder.folder / file).read_bytes())


@pytest.mark.parametrize(
    "path",
    [
        "/key.json",
        "/test.json",
        "/results.sqlite",
        "/results.sqlite-wal",
        "/README.md",
        "/stimuli/../key.json",
        "/stimuli/%2e%2e/key.json",
        "/stimuli/..%2fkey.json",
        "/stimuli//etc/passwd",
        "/stimuli/p01/../../key.json",
        "/../key.json",
        "//etc/passwd",
        "/stimuli/p01",
        "/stimuli/p01/A.wav/",
        "/stimuli/p01/%00A.wav",
        "/session",
        "/ratings",
    ],
)
def test_nothing_else_is_served(client, path):
    status, body = client.get(path)
    assert status in (404, 405) and b"letters" not in body and len(body) < 100


def test_a_session_from_start_to_end(client, test_folder):
    status, session = client.post("/session", {"questionnaire": {"playback": "headphones"}})
    assert status == 200 and session["ratings"] == [] and session["finished"] is None and 0 <= session["order"] < 12
    name = session["session"]
    assert client.post("/ratings", {"session": name, "ratings": [rating(), rating(letter="B", score=70.5)]}) == (200, {"kept": 2})
    assert client.post("/ratings", {"session": name, "ratings": [rating(score=80, comment="good")]}) == (200, {"kept": 1})
    status, again = client.post("/session", {"session": name})
    assert status == 200 and (again["listener"], again["order"], again["questionnaire"]) == (
        session["listener"],
        session["order"],
        {"playback": "headphones"},
    )
    assert {r["letter"]: (r["score"], r["comment"]) for r in again["ratings"]} == {"A": (80, "good"), "B": (70.5, "")}
    assert client.post("/finish", {"session": name}) == (200, {"finished": True})
    assert client.post("/session", {"session": name})[1]["finished"]
    assert client.post("/session", {})[1]["listener"] == session["listener"] + 1


@pytest.mark.parametrize(
    "row, said",
    [
        (rating(item="p99"), "not in this test"),
        (rating(letter="Q"), "not in this test"),
        (rating(letter="reference"), "not in this test"),
        (rating(item=["p01"]), ""),
        (rating(score=101), "score must be"),
        (rating(score=-1), "score must be"),
        (rating(score="50"), "score must be"),
        (rating(score=True), "score must be"),
        (rating(score=None), "score must be"),
        (rating(seconds=-1), "must be numbers"),
        (rating(plays=1.5), "must be numbers"),
        (rating(comment="x" * 2001), "comment"),
        ("A", "not in this test"),
    ],
)
def test_wrong_ratings_are_refused_whole(client, row, said):
    name = client.post("/session", {})[1]["session"]
    status, text = client.post("/ratings", {"session": name, "ratings": [rating(), row]})
    assert status == 400 and said in text
    assert client.post("/session", {"session": name})[1]["ratings"] == []


def test_wrong_requests(client, server):
    name = client.post("/session", {})[1]["session"]
    good = {"session": name, "ratings": [rating()]}
    assert client.post("/ratings", json.dumps(good).encode(), "text/plain")[0] == 415
    assert (
        client.post("/ratings", b"{")[0] == 400
        and client.post("/ratings", b"[1]")[0] == 400
        and client.post("/ratings", b"[" * 50000)[0] == 400
    )
    assert (
        client.post("/ratings", b'{"session": "%s", "ratings": [{"item":"p01","letter":"A","score":NaN}]}' % name.encode())[0]
        == 400
    )
    assert (
        client.post("/ratings", good | {"session": "0" * 32})[0] == 404
        and client.post("/ratings", good | {"session": ["x"]})[0] == 404
    )
    assert client.post("/ratings", {"session": name, "ratings": []})[0] == 400
    assert (
        client.post("/session", {"questionnaire": {"password": "x"}})[0] == 400
        and client.post("/session", {"questionnaire": {"playback": "x" * 501}})[0] == 400
    )
    assert Client(server.port).post("/ratings", b" " * 70000)[0] == 413


def test_an_endless_body_is_cut(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(
            b"POST /ratings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for _ in range(300):
                connection.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")
            answer = connection.recv(100)
        except (BrokenPipeError, ConnectionResetError):
            answer = b" 413 "
    assert b" 413 " in answer


def test_it_listens_on_this_machine_only(server):
    lines = os.popen("cat /proc/net/tcp").read().split("\n")
    listening = [line.split()[1] for line in lines if f":{server.port:04X} " in line and " 0A " in line]
    assert listening == [f"0100007F:{server.port:04X}"]


def test_ctrl_c_ends_with_the_facts(tmp_path):
    test = quick_test(tmp_path, items=1, attention=0, training=0).test
    with Server("mushra", "serve", test.folder) as server:
        client = Client(server.port)
        name = client.post("/session", {})[1]["session"]
        client.post("/ratings", {"session": name, "ratings": [rating()]})
        status, said = server.stop()
    assert status == 0 and "1 sessions, 0 finished, 1 ratings" in said and "Traceback" not in said


def test_fifty_listeners_at_once_and_a_kill_lose_nothing(tmp_path):
    """Every answer that was acknowledged before the server was killed is there afterwards, and sessions go on where they were."""
    test = quick_test(tmp_path, listeners=12).test
    letters = test.rated_letters()
    acknowledged, sent, failed = {}, {}, []
    going = threading.Event()

    def listen(port, known=None):
        client = Client(port)
        try:
            session = client.post("/session", known or {"questionnaire": {}})[1]
            done = acknowledged.setdefault(session["session"], {})
            for item in test.public["listeners"]["orders"][session["order"]]["pages"]:
                for letter in letters[item]:
                    if (item, letter) in done:
                        continue
                    score = (hash((session["session"], item, letter)) % 1001) / 10
                    sent[session["session"], item, letter] = score
                    status, _ = client.post("/ratings", {"session": session["session"], "ratings": [rating(item, letter, score)]})
                    assert status == 200
                    done[item, letter] = score
                    if len(done) == 3:
                        going.set()
            assert client.post("/finish", {"session": session["session"]})[0] == 200
        except Exception as error:  # the server is gone, as intended
            failed.append(error)

    def everybody(port, known):
        threads = [threading.Thread(target=listen, args=(port, each)) for each in known]
        for thread in threads:
            thread.start()
        return threads

    with Server("mushra", "serve", test.folder) as server:
        threads = everybody(server.port, [None] * LISTENERS)
        assert going.wait(20)
        time.sleep(0.15)
        os.kill(server.process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
    whole = sum(map(len, letters.values()))
    kept_before = {session: dict(done) for session, done in acknowledged.items()}
    assert len(failed) > LISTENERS // 2 and any(0 < len(done) < whole for done in kept_before.values())  # it was in the middle
    with Server("mushra", "serve", test.folder) as server:
        client = Client(server.port)
        for session, done in kept_before.items():
            found = {(r["item"], r["letter"]): r["score"] for r in client.post("/session", {"session": session})[1]["ratings"]}
            assert done.items() <= found.items()
            assert all(sent[session, *place] == score for place, score in found.items())
        failed.clear()
        for thread in everybody(
            server.port, [{"session": session} for session in kept_before] + [None] * (LISTENERS - len(kept_before))
        ):
            thread.join()
        assert not failed, failed[:3]
    database = sqlite3.connect(test.database)
    assert database.execute("select count(*) from ratings").fetchone()[0] == LISTENERS * whole
    assert (
        database.execute("select count(*), count(distinct listener), count(finished) from sessions").fetchone()
        == (LISTENERS,) * 3
    )
    assert all(
        database.execute("select score from ratings where session = ? and item = ? and letter = ?", place).fetchone()[0] == score
        for place, score in sent.items()
    )
    uses = [row[0] for row in database.execute("select count(*) from sessions group by order_index")]
    assert max(uses) - min(uses) <= 1 and len(uses) == 12
