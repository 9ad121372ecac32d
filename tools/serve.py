"""Serve the built book on this machine: ``serve.py PORT``."""

import functools
import http.server
import sys
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"


def main(port: str) -> None:
    """Serve until Ctrl-C; one line if the port is not free or is none."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler)
    except (OSError, OverflowError, ValueError) as fault:
        sys.exit(f"serve: port {port} cannot be used ({fault}); choose another, for example `make serve PORT=8017`")
    print(f"Open http://127.0.0.1:{server.server_port}/ (Ctrl-C ends)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("serve: ended")


if __name__ == "__main__":
    main(sys.argv[1])
