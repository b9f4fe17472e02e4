"""Sessions: a network that is stepped tick by tick."""

from __future__ import annotations

import json
import weakref
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional, Sequence

import numpy as np

from . import _client
from ._client import Error

if TYPE_CHECKING:
    from ._image import Image, Result


class Tick(NamedTuple):
    """What a step did."""

    #: The number of steps so far.
    tick: int
    #: layer -> bool [layer's size], the neurons that fired.
    spikes: Dict[str, np.ndarray]
    #: layer -> float32 [layer's size], in the units of the model.
    potentials: Dict[str, np.ndarray]
    #: float32 [n], what a class is read from; None without a readout.
    output: Optional[np.ndarray]
    #: The class so far, -1 without a readout.
    cls: int


class Session:
    """One sample, tick by tick, for as long as you like: to the bit what
    :meth:`Image.run` does with the same spikes. A layer at depth d answers in step t to
    the spikes of step t - d.

    A session belongs to the process that began it; it is gone in a forked one.
    """

    def __init__(self, image: "Image", probes: Optional[Sequence[str]], potentials: Sequence[str], engine: str,
                 seed: int, number: int, learn: bool, x: Any):
        self.image = image
        self._sizes = {l.name: l.size for l in image.layers}
        self._probes = [l.name for l in image.layers if l.spikes] if probes is None else list(probes)
        self._client, handle = image._handle()
        header = {"image": handle, "engine": engine, "seed": seed, "number": number, "learn": learn}
        arrays = {} if x is None else {"x": image._samples(x)}
        h, _ = self._client.request(_client.START, header, arrays)
        self._of = {"session": h["session"]}
        self._reads = {**self._of, "spikes": self._probes, "potentials": list(potentials), "output": True}
        # The header of a step, but for the number of inputs.
        text = json.dumps({**self._reads, "arrays": [{"name": "inputs", "type": "i4", "shape": ["N"]}]})
        self._before, self._behind = (part.encode() for part in text.split('"N"'))
        self._close = weakref.finalize(self, self._client.closing.append, self._of)

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Ends the session."""
        self._close()

    def _check(self) -> None:
        if not self._close.alive:
            raise Error("the session is closed")
        if self._client.dead or self._client is not _client.client():
            raise Error("the session is gone with the process that held it: begin another, "
                        "and restore what you saved")

    def _request(self, op: int, header: Dict[str, Any], arrays: Dict[str, Any] = {}) -> Any:
        self._check()
        return self._client.request(op, header, arrays)

    def step(self, spikes: Any = None, *, inputs: Any = None) -> Tick:
        """Advances by a tick.

        Args:
            spikes: bool or uint8 of the input's shape (any with its number of elements); None for
                no spike.
            inputs: instead, the numbers of the inputs that spike, row-major.
        """
        if spikes is not None:
            a = np.asarray(spikes)
            if a.dtype != np.bool_ and (a.dtype != np.uint8 or a.size and a.max() > 1):
                raise Error(f"spikes of type {a.dtype}: use bool or uint8, 0 or 1")
            if a.size != self.image._size:
                raise Error(f"spikes of shape {a.shape}: a tick has {self.image._size} inputs, {self.image.input_shape}")
            inputs = a.ravel().nonzero()[0]
        self._check()
        numbers = np.asarray(() if inputs is None else inputs, "<i4")
        header = b"%s%d%s" % (self._before, numbers.size, self._behind)
        return self._tick(*self._client.ask(_client.STEP, header, (numbers,)))

    def read(self) -> Tick:
        """What the last step did, once more."""
        return self._tick(*self._request(_client.READ, self._reads))

    def _tick(self, header: Dict[str, Any], arrays: Dict[str, np.ndarray]) -> Tick:
        spikes = {}
        for name in self._probes:
            fired = np.zeros(self._sizes[name], np.bool_)
            fired[arrays["spikes." + name]] = True
            spikes[name] = fired
        potentials = {name: arrays["potentials." + name] for name in self._reads["potentials"]}
        output = arrays["output"]
        return Tick(header["tick"], spikes, potentials, output if output.size else None, header["class"])

    def counts(self) -> Dict[str, int]:
        """Events since the session began."""
        header, _ = self._request(_client.READ, {**self._of, "counts": True})
        return header["counts"]

    def finish(self) -> "Result":
        """Ends the input, runs the ticks that the last spikes take through the network, and
        returns class, output and counts. :meth:`reset` begins anew."""
        from ._image import Result

        return Result(*self._request(_client.FINISH, self._of))

    def reset(self) -> None:
        """Goes back to the state before a sample. What was learned stays."""
        self._request(_client.START, self._of)

    def save(self) -> bytes:
        """The state: bytes that depend on nothing but what was run."""
        _, arrays = self._request(_client.SAVE, self._of)
        return arrays["state"].tobytes()

    def restore(self, state: bytes) -> None:
        """Goes on from a state that a session of the same image and options saved."""
        self._request(_client.RESTORE, self._of, {"state": state})
