"""The downloader against a server of our own that understands ranges."""

import hashlib
import importlib.util
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tts.paths import repository_root

CONTENT = bytes(range(256)) * 64


class Handler(BaseHTTPRequestHandler):
    asked: list = []

    def do_GET(self):
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.asked.append(start)
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def log_message(self, *_):
        pass


@pytest.fixture
def archive():
    spec = importlib.util.spec_from_file_location("download_corpus", repository_root() / "tools" / "download_corpus.py")
    module = importlib.util.module_from_spec(spec)
    __import__("sys").modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.asked.clear()
    yield module, f"http://127.0.0.1:{server.server_port}/corpus.tar", f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("have", [0, 1000, len(CONTENT)])
def test_download_continues_where_it_stopped(archive, tmp_path, have):
    module, url, checksum = archive
    (tmp_path / "corpus.tar.part").write_bytes(CONTENT[:have])
    assert module.download(module.Archive(url, checksum, "16 kB"), tmp_path).read_bytes() == CONTENT
    assert Handler.asked == [have] and not (tmp_path / "corpus.tar.part").exists()


def test_a_wrong_checksum_never_gets_the_name(archive, tmp_path):
    module, url, checksum = archive
    (tmp_path / "corpus.tar.part").write_bytes(b"x" * 1000)
    with pytest.raises(SystemExit, match="delete it and download again"):
        module.download(module.Archive(url, checksum, "16 kB"), tmp_path)
    assert not (tmp_path / "corpus.tar").exists()
