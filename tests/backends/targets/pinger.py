"""A client of Redis that pings for as long as it lives, and logs each answer's time or error.

Arguments: the address, ``host:port``; ``idle`` makes no connection.
"""

import os
import socket
import sys
import time

PAUSE_S = 0.02
ANSWER_S_MAX = 5.0


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def connect(host: str, port: int) -> socket.socket:
    connection = socket.create_connection((host, port), ANSWER_S_MAX)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ask(connection, f"AUTH {os.environ['PASSWORD']}")
    return connection


def ask(connection: socket.socket, line: str) -> bytes:
    connection.sendall(line.encode() + b"\r\n")
    answer = connection.recv(64)
    if not answer:
        raise ConnectionResetError("closed")
    return answer


def main() -> None:
    host, _, port = sys.argv[1].partition(":")
    say("stay.ready")
    connection = None
    while True:
        time.sleep(PAUSE_S)
        if "idle" in sys.argv:
            continue
        try:
            connection = connection or connect(host, int(port))
            began = time.monotonic()
            ask(connection, "PING")
            say(f"pong {(time.monotonic() - began) * 1e3:.1f}")
        except OSError as error:
            connection = None
            say(f"error {type(error).__name__}")


main()
