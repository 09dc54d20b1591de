"""Servers, proxies and portals that fail in every way: the promised stand-in or one line."""

import gzip
import socket
import socketserver
import struct
import threading
import time

import pytest

from cnncourse.cli import main
from cnncourse.data import CATALOG, DataNotFound, fetch, load, network

datasets = pytest.importorskip("torchvision.datasets", reason="torchvision fetches the data")
ITEM = CATALOG["mnist"]
HTML = b"<html><title>Sign in to the wireless network</title></html>"


def answer(status=b"200 OK", body=b"", *headers):
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"Connection: close", b"", body])


def trickle(send):
    """A byte now and then, for as long as somebody listens."""
    send(answer(b"200 OK", b"", b"Content-Length: 10000000"))
    while True:
        send(b"x")
        time.sleep(0.05)


def trickle_of_headers(send):
    send(b"HTTP/1.1 200 OK\r\n")
    while True:
        send(b"x")
        time.sleep(0.05)


def flood(send):
    send(answer(b"200 OK"))
    while True:
        send(bytes(1 << 20))


def silence(send):
    while True:
        time.sleep(0.05)
        send(b"")


WAYS = {
    "HTML": answer(b"200 OK", HTML, b"Content-Type: text/html", b"Content-Length: %d" % len(HTML)),
    "HTML without a length": answer(b"200 OK", HTML),
    "empty": answer(b"200 OK", b"", b"Content-Length: 0"),
    "nothing at all": b"",
    "no status line": b"\x00\x01\x02 what?\r\n\r\n",
    "bad status": b"HTTP/1.1 abc OK\r\n\r\n",
    "endless status line": b"HTTP/1.1 200 " + b"O" * 100_000,
    "too many headers": answer(b"200 OK", b"", *[b"X-%d: y" % n for n in range(500)]),
    "endless header": answer(b"200 OK", b"", b"X: " + b"y" * 100_000),
    "chunks cut": answer(b"200 OK", b"ffff\r\nabc", b"Transfer-Encoding: chunked"),
    "chunk of no number": answer(b"200 OK", b"zz\r\nabc\r\n", b"Transfer-Encoding: chunked"),
    "shorter than said": answer(b"200 OK", b"abc", b"Content-Length: 100000"),
    "length of no number": answer(b"200 OK", b"abc", b"Content-Length: many"),
    "an archive, another one": answer(b"200 OK", gzip.compress(b"other")),
    "moved to itself": answer(b"302 Found", b"", b"Location: /again"),
    "moved nowhere": answer(b"302 Found"),
    "moved to a file": answer(b"301 Moved", b"", b"Location: file:///etc/passwd"),
    "moved to ftp": answer(b"301 Moved", b"", b"Location: ftp://127.0.0.1:1/x"),
    "moved to nonsense": answer(b"301 Moved", b"", b"Location: http://[::bad/"),
    "asks for a name": answer(b"401 Unauthorized", b"", b'WWW-Authenticate: Basic realm="x"'),
    "proxy asks for a name": answer(b"407 Proxy Authentication Required"),
    "forbidden": answer(b"403 Forbidden"),
    "away": answer(b"503 Service Unavailable", b"", b"Retry-After: 3600"),
    "code without a name": answer(b"599 "),
    "control characters": answer(b"500 \x1b[2Jowned"),
    "trickle": trickle,
    "trickle of headers": trickle_of_headers,
    "flood": flood,
    "silence": silence,
    "reset": None,
}


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.requests.append(self.request.recv(65536))
        way = self.server.way
        if way is None:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif callable(way):
            way(self._send)
        else:
            self.request.sendall(way)

    def _send(self, content):
        if self.server.over.is_set():
            raise ConnectionError
        self.request.sendall(content)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the other side hangs up, which is what is tested


@pytest.fixture
def server(monkeypatch):
    """A server that torchvision takes for MNIST's only mirror, and little patience."""
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "0")
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        for spelling in (name, name.upper()):
            monkeypatch.delenv(spelling, raising=False)
    monkeypatch.setattr(fetch, "_failures", {})
    monkeypatch.setattr(network, "TIMEOUT", 0.5)
    monkeypatch.setattr(network, "WINDOW", 0.5)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.way, server.requests, server.over = b"", [], threading.Event()
        monkeypatch.setattr(datasets.MNIST, "mirrors", [f"http://127.0.0.1:{server.server_address[1]}/"])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("way", list(WAYS))
def test_each_failure_ends_in_one_line_or_the_stand_in(way, server, tmp_path, capfd):
    server.way = WAYS[way]
    before = socket.getdefaulttimeout()
    with pytest.raises(DataNotFound) as caught:
        load("mnist", root=tmp_path / "root")
    text = str(caught.value)
    assert text.isprintable()
    assert len(text) < 600
    assert "run `cnncourse data get mnist`" in text
    assert server.requests
    assert load("mnist", root=tmp_path / "root", fallback="digits").name == "digits"
    out, err = capfd.readouterr()
    assert out.count("\n") == 1
    assert "using 1,438 digits instead" in out
    assert "Traceback" not in err
    assert not (tmp_path / "root").exists()
    assert socket.getdefaulttimeout() == before


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("trickle", "bytes a second are too few"),
        ("trickle of headers", "bytes a second are too few"),
        ("flood", "more is sent than the data set holds"),
        ("moved to itself", "redirects without an end"),
        ("forbidden", "the server answers 403, Forbidden"),
        ("silence", "timed out"),
    ],
)
def test_the_line_says_what_went_wrong(way, words, server, tmp_path, capfd):
    server.way = WAYS[way]
    assert main(["data", "get", "mnist", "--root", str(tmp_path / "root")]) == 2
    err = capfd.readouterr().err.splitlines()[-1]
    assert err.startswith("cnncourse: error: mnist could not be fetched (")
    assert words in err


def test_a_proxy_that_fails_is_one_line_too(server, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_address[1]}/")
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://mirror.invalid/"])
    for way in ("bad status", "trickle", "HTML"):
        server.way = WAYS[way]
        monkeypatch.setattr(fetch, "_failures", {})
        with pytest.raises(DataNotFound):
            load("mnist", root=tmp_path / "root")
    assert server.requests


@pytest.mark.parametrize("value", ["1", "yes", " TRUE "])
def test_offline_asks_nobody(value, server, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", value)
    server.way = WAYS["HTML"]
    root = ["--root", str(tmp_path / "root")]
    for command in (["data", "get", "mnist"], ["train", "--data", "mnist"]):
        assert main([*command, *root]) == 2
        assert "(CNNCOURSE_OFFLINE is set)" in capsys.readouterr().err
    assert server.requests == []
    assert not (tmp_path / "root").exists()


def test_leftovers_of_a_killed_download_are_removed(server, tmp_path):
    (tmp_path / ".fetch-dead").mkdir()
    (tmp_path / ".fetch-dead" / ".in-use").write_bytes(b"")
    (tmp_path / ".fetch-dead" / "part.gz").write_bytes(bytes(100))
    server.way = WAYS["empty"]
    with pytest.raises(DataNotFound):
        load("mnist", root=tmp_path)
    assert list(tmp_path.iterdir()) == []
