"""Fetching, against a real server on this machine: success, and each way in which a network fails."""

import gzip
import hashlib
import http.server
import threading

import numpy as np
import pytest
from raw_files import write_idx

from cnncourse.data import CATALOG, DataNotFound, fetch, load, network

datasets = pytest.importorskip("torchvision.datasets", reason="torchvision fetches the data")
ITEM = CATALOG["mnist"]


@pytest.fixture
def archives(tmp_path):
    """A folder with the four compressed files of a small MNIST."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    for file in ITEM.files:
        name = file.path.rpartition("/")[2]
        array = np.zeros((6, 28, 28)) if "images" in name else np.arange(6)
        content = write_idx(tmp_path / "plain" / name, array).read_bytes()
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
    return folder


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, request, client_address, server):
        super().__init__(request, client_address, server, directory=str(server.folder))

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        if self.server.mode:
            self.do_GET()
        else:
            super().do_HEAD()

    def do_GET(self):
        self.server.requests.append(self.path)
        if self.server.mode == "hang":
            self.server.waiting += 1
            self.server.released.wait(60)
            self.server.waiting -= 1
        elif self.server.mode == "error":
            self.send_error(503)
        elif self.server.mode == "cut":
            content = (self.server.folder / self.path[1:]).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
        else:
            super().do_GET()


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # the other side hangs up, which is what is tested


@pytest.fixture
def mirror(archives, monkeypatch):
    """A server for `archives`, which torchvision takes for MNIST's only mirror."""
    monkeypatch.delenv("CNNCOURSE_OFFLINE")
    monkeypatch.setattr(fetch, "_failures", {})
    monkeypatch.setattr(network, "TIMEOUT", 2.0)
    server = Server(("127.0.0.1", 0), Handler)
    server.waiting = 0
    server.folder, server.mode, server.requests, server.released = archives, "", [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(datasets.MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    sums = [
        (f"{file.path.rpartition('/')[2]}.gz", hashlib.md5(path.read_bytes()).hexdigest())
        for file in ITEM.files
        for path in [archives / f"{file.path.rpartition('/')[2]}.gz"]
    ]
    monkeypatch.setattr(datasets.MNIST, "resources", sums)
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_fetched_once(mirror, tmp_path, capfd):
    root = tmp_path / "root"
    assert load("mnist", root=root).labels.tolist() == list(range(6))
    requests = len(mirror.requests)
    assert requests >= 4
    assert len(load("mnist", "test", root=root)) == 6
    assert len(mirror.requests) == requests  # the second part came with the first
    assert capfd.readouterr().out == ""
    assert not [path for path in root.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("mode", ["hang", "error", "cut"])
def test_failures_leave_nothing_behind(mode, mirror, tmp_path, capfd):
    mirror.mode = mode
    root = tmp_path / "root"
    with pytest.raises(DataNotFound) as caught:
        load("mnist", root=root)
    assert (mirror.waiting > 0) == (mode == "hang")  # given up while the server still keeps it waiting
    assert "\n" not in str(caught.value)
    assert not root.exists()
    assert "Traceback" not in capfd.readouterr().err
    requests = len(mirror.requests)
    stand_in = load("mnist", "test", root=root, fallback="digits")
    assert stand_in.name == "digits"
    assert len(mirror.requests) == requests  # a network that has just failed is not waited for again
    mirror.mode = ""
    fetch.fetch(ITEM, root)  # but a wish to fetch is always tried
    assert len(load("mnist", root=root)) == 6


def test_wrong_sum_is_refused(mirror, archives, tmp_path):
    path = archives / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(b"something else"))
    with pytest.raises(DataNotFound, match="mnist is not in"):
        load("mnist", root=tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_a_failed_fetch_keeps_what_was_there(mirror, idx_root):
    before = load("mnist", root=idx_root).images
    mirror.mode = "error"
    with pytest.raises(DataNotFound, match="mnist could not be fetched"):
        fetch.fetch(ITEM, idx_root)
    assert np.array_equal(load("mnist", root=idx_root).images, before)


def test_root_that_cannot_be_written(mirror, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataNotFound, match=r"Not a directory|File exists"):
        load("mnist", root=tmp_path / "file" / "root")


def test_without_torchvision(mirror, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torchvision.datasets", None)
    with pytest.raises(DataNotFound, match="torchvision, which fetches it, is not installed"):
        load("mnist", root=tmp_path)


def test_offline_asks_nobody(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    with pytest.raises(DataNotFound, match="CNNCOURSE_OFFLINE is set"):
        load("mnist", root=tmp_path)
    with pytest.raises(DataNotFound, match="no MNIST/raw/train-images-idx3-ubyte"):
        load("mnist", root=tmp_path, download=False)
    assert mirror.requests == []
