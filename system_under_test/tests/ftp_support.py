"""A small FTP server for tests: passive, binary, read only, one account."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

USER, PASSWORD = "supplier", "p@ss word"


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Answer commands until the client quits."""
        self._say("220 ready")
        user, signed_in = "", False
        with socket.create_server(("127.0.0.1", 0)) as data:
            while line := self.rfile.readline().decode().strip():
                command, _, argument = line.partition(" ")
                if command == "QUIT":
                    return self._say("221 bye")
                if command == "USER":
                    user = argument
                    self._say("331 password")
                elif command == "PASS":
                    signed_in = (user, argument) == (USER, PASSWORD)
                    self._say("230 welcome" if signed_in else "530 no")
                elif not signed_in:
                    self._say("530 sign in")
                elif command == "TYPE":
                    self._say("200 ok")
                elif command == "PASV":
                    port = data.getsockname()[1]
                    self._say(f"227 here (127,0,0,1,{port // 256},{port % 256})")
                else:
                    self._retrieve(command, argument, data)
        return None

    def _retrieve(self, command: str, name: str, data: socket.socket) -> None:
        content = self.server.files.get(name)
        if command != "RETR" or content is None:
            self._say("550 there is no such file")
            return
        self._say("150 coming")
        with data.accept()[0] as out:
            out.sendall(content)
        self._say("226 done")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        super().__init__(("127.0.0.1", 0), _Session)


@contextmanager
def ftp_server(files: dict[str, bytes]) -> Iterator[str]:
    """Serve files by name; yields ``host:port``."""
    with _Server(files) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
