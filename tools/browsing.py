"""What tests and benches need to look at the built site as a reader does: a Chromium and a local server."""

import functools
import gzip
import http.server
import os
import shutil
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

# First the one without windows: the same engine, and the same PDF to the byte, for two thirds of the work.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",  # letters stand where they stand on paper, whatever the machine's fonts are tuned for
    "--disable-ipc-flooding-protection",  # a test may follow a thousand links in a row
)
HOW_TO_GET = "install it with `apt-get install chromium`, or name one in the variable CHROMIUM"
_COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".csv", ".xml"}


def chromium(whole: bool = False) -> str | None:
    """Path of a Chromium, or ``None``; a ``whole`` one has windows, as a reader's has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, _BROWSERS[1:] if whole else _BROWSERS)), None)


def launch(playwright, whole: bool = False):
    """A running Chromium."""
    return playwright.chromium.launch(executable_path=chromium(whole), args=list(FLAGS))


def until(page, expression: str, arg=None, seconds: float = 30) -> None:
    """Wait until an expression is true in a page; asked from outside, as the pages let no script evaluate strings.

    ``wait_for_function`` evaluates its own in the page whenever the first look finds nothing, which the policy refuses.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression, arg):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not true on {page.url} after {seconds} s: {expression}")
        page.wait_for_timeout(20)


@contextmanager
def served(folder: Path):
    """Serve a folder on this machine, with gzip as a web host would; gives the address of its root."""
    handler = functools.partial(_Handler, directory=str(folder))
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()  # ends as soon as it is told to
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@functools.cache
def compressed(file: Path) -> bytes:
    """A file as it travels."""
    content = file.read_bytes()
    return gzip.compress(content, 6, mtime=0) if file.suffix in _COMPRESSED else content


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Say nothing of a browser that left before it had all; anything else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            super().do_GET()
            return
        content = compressed(file)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(content)))
        if file.suffix in _COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""
