"""A network for downloads that ends: no wait without limit, no endless trickle, no flood."""

from __future__ import annotations

import contextlib
import io
import socket
import time
import warnings
from collections.abc import Iterator

TIMEOUT = 10.0  # seconds that one read may take
SLOWEST, WINDOW = 1000, 30.0  # bytes a second at least, in each so many seconds


class _Meter:
    """Counts what comes, and stops what comes too slowly or is too much."""

    def __init__(self, most_bytes: int) -> None:
        self.left = most_bytes
        self.begin()

    def begin(self) -> None:
        """Count from now."""
        self.since, self.count = time.monotonic(), 0

    def add(self, number: int) -> int:
        """Count so many bytes and return them."""
        self.count += number
        self.left -= number
        seconds = time.monotonic() - self.since
        if self.left < 0:
            raise OSError("more is sent than the data set holds")
        if seconds > WINDOW:
            if self.count < SLOWEST * seconds:
                raise OSError(f"{self.count / seconds:.0f} bytes a second are too few")
            self.begin()
        return number


@contextlib.contextmanager
def metered(most_bytes: int) -> Iterator[None]:
    """Put all that urllib opens under a meter and a time limit, and keep its callers' prints to us."""
    import urllib.request

    before = socket.getdefaulttimeout(), getattr(urllib.request, "_opener", None)
    socket.setdefaulttimeout(TIMEOUT)
    urllib.request.install_opener(_opener(_Meter(most_bytes)))
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        socket.setdefaulttimeout(before[0])
        urllib.request.install_opener(before[1])


def _opener(meter: _Meter):
    """Return what opens addresses by connections that tell `meter` of every byte, headers included."""
    import http.client
    import ssl
    import urllib.request

    class Socket(socket.socket):
        def recv_into(self, *args):
            return meter.add(super().recv_into(*args))

    class SecureSocket(ssl.SSLSocket):
        def recv_into(self, *args):
            return meter.add(super().recv_into(*args))

    class Connection(http.client.HTTPConnection):
        def connect(self):
            super().connect()
            timeout = self.sock.gettimeout()
            self.sock = Socket(fileno=self.sock.detach())
            self.sock.settimeout(timeout)

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, request):
            meter.begin()
            return self.do_open(Connection, request)

    class NoFiles(urllib.request.FTPHandler):
        def ftp_open(self, request):
            raise OSError(f"it leads to {request.full_url}")

    context = ssl.create_default_context()
    context.sslsocket_class = SecureSocket
    return urllib.request.build_opener(Plain, urllib.request.HTTPSHandler(context=context), NoFiles)
