"""The child process that does the work, and the frames that go to it and come back.

``docs/serve.md`` of the project is the contract. One child serves a process; it is started
when first asked for, and anew in a process that was forked or after it ended.
"""

from __future__ import annotations

import atexit
import io
import itertools
import json
import os
import queue
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

PROTOCOL = 1

# Operations, as docs/serve.md numbers them.
(HELLO, OPEN, CLOSE, RUN, ENCODE, START, STEP, READ, FINISH, SAVE, RESTORE, COMMAND,
 CANCEL, DIGITS) = range(1, 15)
RESULT, ERROR = 0x80, 0x81

_TYPES = {"u1": np.dtype("u1"), "i4": np.dtype("<i4"), "f4": np.dtype("<f4"), "f8": np.dtype("<f8"),
          "b": np.dtype("u1")}
_KINDS = {np.dtype("u1"): "u1", np.dtype("<i4"): "i4", np.dtype("<f4"): "f4", np.dtype("<f8"): "f8"}
_HEAD = struct.Struct("<IB3xII")  # length, operation, id, length of the header


class Error(Exception):
    """What Adder refused, in its words."""


class DoesNotFit(Error):
    """The network does not fit the chip. ``limits`` lists which limit which layer hits:
    dicts with ``layer``, ``limit``, ``need``, ``have`` and ``help``."""

    def __init__(self, message: str, limits: Sequence[Mapping[str, Any]] = ()):
        super().__init__(message)
        self.limits = list(limits)


Arrays = Dict[str, np.ndarray]


def binary() -> str:
    """The path of the program: ``$ADDER``, the one in this package, or the one on ``$PATH``."""
    chosen = os.environ.get("ADDER")
    if chosen:
        return chosen
    name = "adder.exe" if os.name == "nt" else "adder"
    own = os.path.join(os.path.dirname(__file__), "bin", name)
    found = own if os.path.exists(own) else shutil.which(name)
    if not found:
        raise Error("the program adder is not here: install the wheel for this platform, or name it in $ADDER")
    return found


class Client:
    """A child process ``adder serve --stdio`` and the thread that reads from it."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.dead = False
        self.closing: List[Dict[str, int]] = []  # handles that nobody holds any more
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._waiting: Dict[int, "queue.SimpleQueue[Any]"] = {}
        self._errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [binary(), "serve", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, bufsize=0,
            # A session of its own: Ctrl-C is for this process, which cancels by request.
            start_new_session=True,
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self._in = self.process.stdin
        self._out = io.BufferedReader(self.process.stdout, 1 << 16)  # type: ignore[arg-type]
        threading.Thread(target=self._read, name="adder", daemon=True).start()
        header, _ = self.request(HELLO, {})
        if header["protocol"] != PROTOCOL:
            self.stop()
            raise Error(f"{binary()} speaks protocol {header['protocol']}, this package {PROTOCOL}: "
                        "install the two together")
        self.program: str = header["program"]

    # The thread: signals interrupt the main thread alone, so no byte is lost here.
    def _read(self) -> None:
        try:
            while True:
                head = self._out.read(_HEAD.size)
                if head is None or len(head) < _HEAD.size:
                    break
                length, op, number, n = _HEAD.unpack(head)
                body = memoryview(bytearray(length - 12))
                at = 0
                while at < len(body):
                    got = self._out.readinto(body[at:])
                    if not got:
                        raise EOFError
                    at += got
                waiting = self._waiting.pop(number, None)
                if waiting is not None:
                    waiting.put((op, body[:n], body[n:]))
        except (OSError, ValueError, EOFError):
            pass
        self.dead = True
        for number in list(self._waiting):
            waiting = self._waiting.pop(number, None)
            if waiting is not None:
                waiting.put(None)

    def _send(self, op: int, number: int, header: Mapping[str, Any], arrays: Sequence[Tuple[str, np.ndarray, str]]) -> None:
        lists = [{"name": name, "type": kind, "shape": a.shape} for name, a, kind in arrays]
        text = json.dumps({**header, "arrays": lists} if lists else header).encode()
        length = 12 + len(text) + sum(a.nbytes for _, a, _ in arrays)
        parts = [_HEAD.pack(length, op, number, len(text)), text]
        parts += [memoryview(a).cast("B") if a.nbytes else b"" for _, a, _ in arrays]
        if length < 1 << 16:
            parts = [b"".join(parts)]
        for part in parts:
            view = memoryview(part)
            while len(view):
                view = view[self._in.write(view):]

    def request(self, op: int, header: Mapping[str, Any], arrays: Mapping[str, Any] = {}) -> Tuple[Dict[str, Any], Arrays]:
        """Sends a request and waits for its answer. An interrupt cancels it."""
        listed = [(name, *_wire(a)) for name, a in arrays.items()]
        answer: "queue.SimpleQueue[Any]" = queue.SimpleQueue()
        number = next(self._ids) & 0xFFFFFFFF
        whole = False
        try:
            with self._lock:
                while self.closing:
                    self._send(CLOSE, next(self._ids) & 0xFFFFFFFF, self.closing.pop(), ())
                self._waiting[number] = answer
                if self.dead:
                    raise Error(self._died())
                self._send(op, number, header, listed)
                whole = True
            got = answer.get()
        except BaseException as e:
            self._waiting.pop(number, None)
            if not whole:  # the child may have half a frame
                self.stop()
            elif not self.dead:
                with self._lock:
                    self._send(CANCEL, next(self._ids) & 0xFFFFFFFF, {"of": number}, ())
            if isinstance(e, OSError):
                raise Error(self._died()) from e
            raise
        if got is None:
            raise Error(self._died())
        kind, text, data = got
        reply = json.loads(bytes(text))
        if kind == ERROR:
            raise Error(reply["error"])
        return reply, _arrays(reply.get("arrays", ()), data)

    def _died(self) -> str:
        if self._errors.closed:
            return "the program adder has ended"
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(self._errors.tell() - 2000, 0))
        last = self._errors.read().decode(errors="replace").strip()
        return "the program adder has ended" + (": " + last if last else "")

    def stop(self) -> None:
        """Ends the child: its input ends, and it ends with that."""
        self.dead = True
        try:
            self._in.close()
        except OSError:
            pass
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._errors.close()

    def forsake(self) -> None:
        """In a child of a fork: lets go of the pipes, which are the parent's."""
        self.dead = True
        for f in (self._in, self.process.stdout):
            try:
                os.close(f.fileno())  # type: ignore[union-attr]
            except (OSError, ValueError):
                pass
        self.process.returncode = 0  # not ours to wait for


def _wire(a: Any) -> Tuple[np.ndarray, str]:
    """An array as it goes over the wire, and its type there."""
    if isinstance(a, (bytes, bytearray, memoryview)):
        return np.frombuffer(a, np.uint8), "b"
    a = np.ascontiguousarray(a)
    if a.dtype == np.bool_:
        a = a.view(np.uint8)
    if a.dtype not in _KINDS:
        a = a.astype(np.int32 if a.dtype.kind in "iu" else np.float32)
    return a, _KINDS[a.dtype]


def _arrays(listed: Sequence[Mapping[str, Any]], data: memoryview) -> Arrays:
    out: Arrays = {}
    at = 0
    for a in listed:
        kind = _TYPES[a["type"]]
        count = 1
        for d in a["shape"]:
            count *= d
        out[a["name"]] = np.frombuffer(data, kind, count, at).reshape(a["shape"])
        at += count * kind.itemsize
    return out


_client: Optional[Client] = None
_starting = threading.Lock()


def client() -> Client:
    """The child of this process, started where there is none."""
    global _client
    c = _client
    if c is not None and not c.dead and c.pid == os.getpid():
        return c
    with _starting:
        if _client is None or _client.dead or _client.pid != os.getpid():
            _client = Client()
        return _client


def _forked() -> None:
    global _client, _starting
    _starting = threading.Lock()
    if _client is not None:
        _client.forsake()
        _client = None


def _ended() -> None:
    if _client is not None and not _client.dead and _client.pid == os.getpid():
        _client.stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
atexit.register(_ended)
