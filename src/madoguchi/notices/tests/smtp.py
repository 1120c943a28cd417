"""A mail server of our own for tests: it keeps what it is told and answers as it was made to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Post:
    """What arrived: envelope addresses as they stood on the wire, and whole messages."""

    port: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)  # verb → what to say instead of yes
    recipients: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@contextmanager
def mail_server(**answers: str) -> Iterator[Post]:
    post = Post(answers=answers)

    class Session(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 test")
            for line in self.rfile:
                verb, _, rest = line.decode().strip().partition(" ")
                if verb.upper() == "QUIT":
                    return self.say("221 bye")
                self.take(verb.lower(), rest)
            return None

        def take(self, verb: str, rest: str) -> None:
            if verb in post.answers:
                self.say(post.answers[verb])
            elif verb == "data":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                post.messages.append(b"".join(lines).decode())
                self.say("250 kept")
            else:
                if verb == "rcpt":
                    post.recipients.append(rest)
                self.say("250 yes")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        post.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield post
        server.shutdown()
