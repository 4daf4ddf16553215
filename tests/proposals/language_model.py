"""A stand-in for a server with OpenAI's chat API, in a thread: it answers as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-not-for-anybody-else"
#: Gives the content of an answer for the parsed question.
Answer = Callable[[dict[str, Any]], str]


def choosing(**chosen: str | None) -> Answer:
    """Answers with these fields by the name of the field asked about; others get null."""

    def answer(question: dict[str, Any]) -> str:
        said = [
            {"n": one["n"], "field": chosen.get(one["name"]), "why": f"the {one['name']} fits"}
            for one in question["ask"]
        ]
        return "```json\n" + json.dumps({"answers": said}) + "\n```"

    return answer


@dataclass
class Stand:
    """The server: how it answers, and what reached it."""

    url: str = ""
    answer: Answer = field(default_factory=choosing)
    status: int = 200
    seconds: float = 0.0
    usage: dict[str, int] | None = field(
        default_factory=lambda: {"prompt_tokens": 900, "completion_tokens": 50, "total_tokens": 950}
    )
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """What was asked, without the instructions."""
        return [body["messages"][-1]["content"] for body in self.bodies]

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body of an answer, as OpenAI documents it."""
        question = json.loads(body["messages"][-1]["content"])
        message = {"role": "assistant", "content": self.answer(question)}
        return {
            "id": "c1", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            **({"usage": self.usage} if self.usage else {}),
        }  # fmt: skip


@contextmanager
def standing() -> Iterator[Stand]:
    """A stand-in on a free port of this machine."""
    stand = Stand()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing: tests look at what was asked."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            stand.bodies.append(body)
            stand.keys.append(self.headers["authorization"])
            time.sleep(stand.seconds)
            # A server may well repeat what it was sent.
            failed = {"error": {"message": f"no: {self.headers['authorization']}"}}
            said = stand.reply(body) if stand.status == 200 else failed
            text = json.dumps(said).encode()
            self.send_response(stand.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stand.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()
