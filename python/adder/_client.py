"""The child process that does the work, and the frames that go to it and come back.

``docs/serve.md`` of the project is the contract. One child serves a process; it is started
when first asked for, and anew in a process that was forked or after it ended.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import threading
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

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
    """A child process ``adder serve --stdio``. Threads use it one after the other."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.dead = False
        self.closing: List[Dict[str, int]] = []  # handles that nobody holds any more
        self._lock = threading.RLock()
        self._ids = itertools.count(1)
        self._errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [binary(), "serve", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, bufsize=0,
            # A session of its own: Ctrl-C is for this process, which cancels by request.
            start_new_session=True,
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self._in, self._out = self.process.stdin, self.process.stdout
        self._buffer = bytearray()  # what was read and not used yet
        self._wait: Callable[[], Any] = lambda: None
        if hasattr(select, "poll"):  # waits so that an interrupt finds no byte on its way
            poll = select.poll()
            poll.register(self._out, select.POLLIN)
            self._wait = poll.poll
        # Set while bytes are on their way, when an interrupt would lose some.
        self._moving = False
        header, _ = self.request(HELLO, {})
        if header["protocol"] != PROTOCOL:
            self.stop()
            raise Error(f"{binary()} speaks protocol {header['protocol']}, this package {PROTOCOL}: "
                        "install the two together")
        self.program: str = header["program"]

    def _send(self, op: int, number: int, text: bytes, arrays: Sequence[np.ndarray]) -> None:
        length = 12 + len(text)
        for a in arrays:
            length += a.nbytes
        head = _HEAD.pack(length, op, number, len(text)) + text
        if length < 1 << 16:
            parts = [head + b"".join([a.tobytes() for a in arrays])]
        else:
            parts = [head, *(memoryview(a).cast("B") for a in arrays if a.nbytes)]
        self._moving = True
        for part in parts:
            at = self._in.write(part)
            while at < len(part):
                at += self._in.write(memoryview(part)[at:])
        self._moving = False

    def _receive(self) -> Tuple[int, int, memoryview, memoryview]:
        """The next frame: operation, id, header, data."""
        while len(self._buffer) < _HEAD.size:
            self._wait()
            self._moving = True
            got = os.read(self._out.fileno(), 1 << 16)
            self._buffer += got
            self._moving = False
            if not got:
                raise EOFError
        length, op, number, n = _HEAD.unpack_from(self._buffer)
        self._moving = True
        whole, have = 4 + length, len(self._buffer)
        frame = self._buffer
        if have <= whole:
            self._buffer = bytearray()
        else:
            self._buffer = frame[whole:]
        if have < whole:
            frame += bytes(whole - have)
            view = memoryview(frame)
            while have < whole:
                got = self._out.readinto(view[have:])  # type: ignore[attr-defined]
                if not got:
                    raise EOFError
                have += got
        self._moving = False
        view = memoryview(frame)
        return op, number, view[_HEAD.size:_HEAD.size + n], view[_HEAD.size + n:whole]

    def request(self, op: int, header: Mapping[str, Any], arrays: Mapping[str, Any] = {}) -> Tuple[Dict[str, Any], Arrays]:
        """Sends a request and waits for its answer. An interrupt cancels it."""
        listed = [(name, *_wire(a)) for name, a in arrays.items()]
        if listed:
            header = {**header, "arrays": [{"name": name, "type": kind, "shape": a.shape} for name, a, kind in listed]}
        return self.ask(op, json.dumps(header).encode(), [a for _, a, _ in listed])

    def ask(self, op: int, header: bytes, arrays: Sequence[np.ndarray]) -> Tuple[Dict[str, Any], Arrays]:
        """request for a header that is text already, with the list of its arrays."""
        with self._lock:
            if self.dead:
                raise Error(self._died())
            sent = False
            number = next(self._ids) & 0xFFFFFFFF
            try:
                while self.closing:
                    self._send(CLOSE, next(self._ids) & 0xFFFFFFFF, json.dumps(self.closing.pop()).encode(), ())
                sent = True
                self._send(op, number, header, arrays)
                while True:
                    kind, of, text, data = self._receive()
                    if of == number:
                        break
            except (OSError, EOFError, ValueError) as e:
                self.stop()
                raise Error(self._died()) from e
            except BaseException:
                if self._moving:  # a frame may be in half
                    self.stop()
                elif sent:  # its answer is passed over when it comes
                    self._send(CANCEL, next(self._ids) & 0xFFFFFFFF, json.dumps({"of": number}).encode(), ())
                raise
        reply = json.loads(bytes(text))
        if kind == ERROR:
            raise Error(reply["error"])
        return reply, _arrays(reply.get("arrays", ()), data)

    def _died(self) -> str:
        last = ""
        if not self._errors.closed:
            self._errors.seek(0, os.SEEK_END)
            self._errors.seek(max(self._errors.tell() - 2000, 0))
            last = self._errors.read().decode(errors="replace").strip()
        return "the program adder has ended" + (": " + last if last else "")

    def stop(self) -> None:
        """Ends the child: its input ends, and it ends with that."""
        self.dead = True
        for f in (self._in, self._out):
            try:
                f.close()
            except OSError:
                pass
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def forsake(self) -> None:
        """In a child of a fork: lets go of the pipes, which are the parent's."""
        self.dead = True
        for f in (self._in, self._out):
            try:
                f.close()
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
