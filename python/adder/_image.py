"""Images: networks compiled for a chip."""

from __future__ import annotations

import os
import warnings
import weakref
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from . import _client, _command, _models
from ._bench import Bench
from ._client import Error
from ._session import Session, Tick  # noqa: F401


class Layer(NamedTuple):
    """A population of neurons."""

    name: str
    #: Number of neurons.
    size: int
    #: Ticks from an input to the layer's answer.
    depth: int
    #: False for neurons that only integrate.
    spikes: bool


class Result:
    """What a run found, of N samples and T ticks. Ticks are compensated: entry t of a layer
    is its answer to the input of tick t.

    Attributes:
        classes: int32 [N], the class of each sample, -1 where the network has no readout.
        output: float32 [N, n], what classes are read from: last potentials in the units of the
            model, or numbers of spikes; None without a readout.
        spikes: layer -> bool [N, T, layer's size], of the probes that spike.
        potentials: layer -> float32 [N, T, layer's size] in the units of the model, of the probes.
        counts: events of all samples together (``synops``, ``spikes``, ``hops``, ...).
        cycles: of ``engine="cycle"``, in periods of the chip's clock; else None.
        ticks: T.
    """

    def __init__(self, header: Dict[str, Any], arrays: Dict[str, np.ndarray]):
        self.classes: np.ndarray = arrays["classes"]
        self.output: Optional[np.ndarray] = arrays.get("output")
        self.spikes: Dict[str, np.ndarray] = {}
        self.potentials: Dict[str, np.ndarray] = {}
        for name, a in arrays.items():
            if name.startswith("spikes."):
                self.spikes[name[len("spikes."):]] = a.view(np.bool_)
            elif name.startswith("potentials."):
                self.potentials[name[len("potentials."):]] = a
        self.counts: Dict[str, int] = header["counts"]
        self.cycles: Optional[Dict[str, int]] = header.get("cycles")
        self.ticks: int = header["ticks"]

    def __len__(self) -> int:
        return len(self.classes)

    def __repr__(self) -> str:
        return (f"<adder.Result: {len(self)} samples of {self.ticks} ticks, "
                f"{self.counts['synops']:,} synops, {self.counts['spikes']:,} spikes>")

    def to_pandas(self) -> Any:
        """A pandas DataFrame with a row per sample: ``class`` and a column ``output0`` ... per
        value that classes are read from. Needs pandas."""
        import pandas

        columns: Dict[str, Any] = {"class": self.classes}
        if self.output is not None:
            for k in range(self.output.shape[1]):
                columns[f"output{k}"] = self.output[:, k]
        return pandas.DataFrame(columns)


class Image:
    """A network compiled for a chip, ready to run. :func:`adder.compile` and
    :func:`adder.load` make one; it never changes.

    Attributes:
        model, chip: names.
        cores: number of cores in use.
        input_shape: shape of what the host feeds in a tick, channels first.
        encoder: how samples become spikes; ``"spikes"`` where they are that already.
        ticks: input ticks of a sample where nothing else is asked for.
        latency: ticks from an input to the output that it causes.
        layers: list of :class:`Layer`.
        output: name of the layer that classes are read from, or None.
        compiled: what the compiler said (``adder compile --json``, but for ``image``, which
            names a file); None for a loaded image.
    """

    def __init__(self, data: bytes, compiled: Optional[Dict[str, Any]] = None):
        self._data = data
        self._held: Optional[Tuple[_client.Client, int]] = None
        self.compiled = compiled
        h = self._open()
        self.model: str = h["model"]
        self.chip: str = h["chip"]
        self.cores: int = h["cores"]
        self.input_shape: Tuple[int, ...] = tuple(h["input_shape"])
        self.encoder: str = h["encoder"]
        self.ticks: int = h["ticks"]
        self.latency: int = h["latency"]
        self.layers: List[Layer] = [Layer(**l) for l in h["layers"]]
        self.output: Optional[str] = h["output"] or None
        self._size = int(np.prod(self.input_shape))

    def _open(self) -> Dict[str, Any]:
        c = _client.client()
        header, _ = c.request(_client.OPEN, {}, {"image": self._data})
        self._held = (c, header["image"])
        weakref.finalize(self, c.closing.append, {"image": header["image"]})
        return header

    def _handle(self) -> Tuple[_client.Client, int]:
        """The image in the child of this process, which may be another than it was."""
        if self._held is None or self._held[0] is not _client.client():
            self._open()
        assert self._held is not None
        return self._held

    def __repr__(self) -> str:
        return (f"<adder.Image {self.model} on {self.chip}: {self.cores} cores, input {self.input_shape}, "
                f"{self.encoder}, {self.ticks} ticks>")

    def __reduce__(self) -> Any:
        return (Image, (self._data, self.compiled))

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes the image to a file that ``adder run`` and :func:`adder.load` take."""
        with open(path, "wb") as f:
            f.write(self._data)

    def _samples(self, x: Any) -> np.ndarray:
        """Samples with an axis for them in front. A single one may come without."""
        a = _models.as_samples(x)
        if a.size == self._size or a.ndim == 1:
            return a.reshape(1, -1) if a.ndim < 2 or a.shape[0] != 1 else a
        return a

    def _spikes(self, spikes: Any) -> np.ndarray:
        a = np.asarray(spikes)
        if a.dtype != np.bool_ and a.dtype != np.uint8:
            raise Error(f"spikes of type {a.dtype}: use bool or uint8, 0 or 1")
        if a.size and a.ndim >= 2 and a[0].size == self._size:
            a = a[None]  # one sample: ticks come first
        if a.ndim < 3 or a[0, 0].size != self._size:
            raise Error(f"spikes of shape {a.shape}: write [samples, ticks, ...] with {self._size} inputs in a tick")
        return a

    def run(self, x: Any = None, *, spikes: Any = None, ticks: Optional[int] = None, probes: Iterable[str] = (),
            engine: str = "fast", seed: int = 0, encoder: Optional[str] = None, intensity: Optional[float] = None,
            workers: int = 0, first: int = 0) -> Result:
        """Emulates samples.

        Args:
            x: samples [N, ...] of any shape with the input's number of elements, or a single one.
                uint8 means pixel/255; floats and wider integers are taken as they are.
            spikes: instead of ``x``, bool or uint8 [N, T, ...], or [T, ...] for a single sample.
            ticks: input ticks per sample; default: the image's, or those of ``spikes``.
            probes: names of layers to record.
            engine: ``"fast"``, or ``"cycle"`` with times. Both do the same to the bit.
            seed: of random draws, together with the number of a sample.
            encoder, intensity: how ``x`` becomes spikes (spikes per second of an element of 1).
            workers: samples emulated side by side, which changes no result; 0: all processors.
            first: the number of the first sample.

        An interrupt ends the run within a tick. Inputs that were clipped and registers that
        saturated are warned of.
        """
        if (x is None) == (spikes is None):
            raise Error("run: give samples, or spikes=...")
        names = {l.name: l for l in self.layers}
        probes = [probes] if isinstance(probes, str) else list(probes)
        for p in probes:
            if p not in names:
                raise Error(f"{self.model} has no layer {p!r}; it has {list(names)}")
        c, handle = self._handle()
        header = {
            "image": handle, "ticks": ticks or 0, "engine": engine, "seed": seed, "encoder": encoder or "",
            "intensity": intensity or 0, "workers": workers, "first": first,
            "spikes": [p for p in probes if names[p].spikes], "potentials": probes,
        }
        arrays = {"x": self._samples(x)} if spikes is None else {"spikes": self._spikes(spikes)}
        header, arrays = c.request(_client.RUN, header, arrays)
        for text in header.get("warnings", ()):
            warnings.warn(text, stacklevel=2)
        return Result(header, arrays)

    def encode(self, x: Any, *, ticks: Optional[int] = None, encoder: Optional[str] = None, seed: int = 0) -> np.ndarray:
        """The spikes that :meth:`run` would feed: bool [N, T, ...input_shape]."""
        c, handle = self._handle()
        header = {"image": handle, "ticks": ticks or 0, "encoder": encoder or "", "seed": seed}
        _, arrays = c.request(_client.ENCODE, header, {"x": self._samples(x)})
        return arrays["spikes"].view(np.bool_)

    def session(self, *, probes: Optional[Sequence[str]] = None, potentials: Sequence[str] = (), engine: str = "fast",
                seed: int = 0, number: int = 0, learn: bool = False, x: Any = None) -> Session:
        """A session that is stepped tick by tick: ``with img.session() as s: s.step(spikes)``.

        Args:
            probes: layers whose spikes each step returns; default: all that spike.
            potentials: layers whose potentials each step returns.
            engine: ``"fast"`` or ``"cycle"``.
            seed, number: key all random draws, as the seed and the number of a sample do.
            learn: let networks learn that do.
            x: the sample of an image with direct input; not for others.
        """
        return Session(self, probes, potentials, engine, seed, number, learn, x)

    def bench(self, x: Any, y: Any, ann: Any = None, *, spikes: Any = None, **options: Any) -> Bench:
        """Prices the image on labelled samples and compares it with its ANN.

        Args:
            x: samples [N, ...], as for :meth:`run`; None with ``spikes``.
            y: classes [N].
            ann: the ANN: a path, bytes of ONNX, or, with ``x``, a torch module.
            spikes: instead of ``x``, as for :meth:`run`. An ANN takes their means over the ticks.
            options: flags of ``adder bench``, underscores for dashes (``energy="45nm"``,
                ``engine="cycle"``, ``margin=0.5``).
        """
        if (x is None) == (spikes is None):
            raise Error("bench: give samples, or spikes=...")
        files: Dict[str, Any] = {"image.adder": self._data, "data.npz:y": np.asarray(y).astype(np.int32)}
        if spikes is None:
            x = self._samples(x)
            files["data.npz:x"] = x
        else:
            files["data.npz:spikes"] = self._spikes(spikes).view(np.uint8)
        args = ["{image.adder}", "--data" if spikes is None else "--spikes", "{data.npz}"]
        if ann is not None:
            name, data = _models.as_file(ann, x)
            if data is not None:
                files["ann.onnx"], name = data, "{ann.onnx}"
            args += ["--ann", name]
        return Bench.measure([*args, *_command.words(options)], files)
