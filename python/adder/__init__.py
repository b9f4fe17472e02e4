"""Adder: compile trained networks for neuromorphic chips, emulate them, price them.

>>> import adder
>>> img = adder.compile("m.onnx", calibrate=X_train)      # doctest: +SKIP
>>> img.run(X_test).classes                               # doctest: +SKIP
>>> with img.session() as s:                              # doctest: +SKIP
...     s.step(spikes)

Arrays of uint8 are pixels, a 255th each; floats and wider integers are taken as they are.
The work is done by the program ``adder``, a child process that ends with this one.
"""

from __future__ import annotations

import os
from typing import Any, Dict, List, Tuple, Union

import numpy as np

from . import _client, _command, _models
from ._bench import Bench
from ._client import DoesNotFit, Error
from ._fit import Fits
from ._image import Image, Layer, Result
from ._session import Session, Tick

__all__ = ["compile", "fit", "load", "digits", "train_ann", "version", "Image", "Layer", "Result", "Session", "Tick", "Bench",
           "Fits", "Error", "DoesNotFit"]


def compile(model: Any, *, calibrate: Any = None, chip: Any = "adder", bits: int = 8, code: Any = None,
            **options: Any) -> Image:
    """Compiles a trained network for a chip.

    Args:
        model: a path (.onnx, .nir, .snn), bytes of an ONNX file, an ``nir.NIRGraph``, or a
            ``torch.nn.Module``, which is exported by ``torch.onnx`` with an example from
            ``calibrate``.
        calibrate: training samples [N, ...] of an ANN, of any shape with the input's number of
            elements; or the path of a data set, or ``"digits"``.
        chip: a shipped profile (``adder``, ``loihi``, ``wide``, ...) or the path of a YAML file.
        bits: bits of a weight, sign included.
        code: how activations travel, where the program has a choice.
        options: flags of ``adder compile``, underscores for dashes (``ticks=32``,
            ``maxpool="or"``, ``mean=[0.5]``, ``encoder="direct"``).

    Raises:
        DoesNotFit: with the limits that are hit.
        Error: what the compiler refused.
    """
    args, files = _given(model, calibrate, options)
    args = ["compile", *args, "-o", "{image.adder}"]
    words = _command.words({"chip": chip, "bits": bits, "code": code, **options})
    compiled, wrote = _command.run([*args, *words], files, ["image.adder"])
    compiled.pop("image", None)  # the file is gone: its bytes are what is kept
    return Image(wrote["image.adder"], compiled)


def fit(model: Any, *, chips: Any = "all", calibrate: Any = None, **options: Any) -> Fits:
    """Which chips a network fits, and what binds and would mend it where it does not.

    Args:
        model: as for :func:`compile`.
        chips: ``"all"``, or a name, a path or a list of them.
        calibrate: training samples of an ANN; no limit depends on them.
        options: flags of ``adder fit``, underscores for dashes (``bits=4``, ``code="radix"``,
            ``data="digits"``, ``limit=100``).

    Returns:
        a list with a dict per chip, also where none fits.
    """
    args, files = _given(model, calibrate, options)
    if isinstance(chips, (list, tuple)):
        chips = ",".join(os.fspath(c) for c in chips)
    return Fits.find([*args, *_command.words({"chip": chips, **options})], files)


def _given(model: Any, calibrate: Any, options: Dict[str, Any]) -> Tuple[List[str], Dict[str, Any]]:
    """A model and samples to calibrate it with as words, and the files that these name."""
    name, data = _models.as_file(model, calibrate)
    files: Dict[str, Any] = {}
    if data is not None:
        files[name], name = data, "{" + name + "}"
    args = [name]
    if isinstance(calibrate, (str, os.PathLike)):
        args += ["--calibrate", os.fspath(calibrate)]
    elif calibrate is not None:
        files["calibrate.npz:x"] = _models.as_samples(calibrate)
        args += ["--calibrate", "{calibrate.npz}"]
        options.setdefault("calibrate_samples", len(calibrate))
    return args, files


def load(path: Union[str, "os.PathLike[str]"]) -> Image:
    """Reads an image that ``adder compile`` or :meth:`Image.save` wrote."""
    with open(path, "rb") as f:
        data = f.read()
    try:
        return Image(data)
    except Error as e:
        raise Error(f"{os.fspath(path)}: {e}") from None


def digits(split: str = "test", n: int = 1000) -> Tuple[np.ndarray, np.ndarray]:
    """Generated pictures of digits, uint8 [n, 28, 28], and their classes, int32 [n], to try
    things out. They are not MNIST. ``split`` is ``"train"`` or ``"test"``."""
    _, arrays = _client.client().request(_client.DIGITS, {"split": split, "n": n})
    return arrays["x"], arrays["y"]


def train_ann(x: Any, y: Any, *, hidden: Any = 128, epochs: int = 5, **options: Any) -> bytes:
    """Trains a plain ANN (dense layers with ReLU) and returns it as bytes of an ONNX file,
    for where no framework is at hand.

    Args:
        x: samples [N, ...]; uint8 means pixel/255.
        y: classes [N].
        hidden: the width of each hidden layer, one number or a list.
        epochs: passes over the samples.
        options: flags of ``adder train ann`` (``lr=0.01``, ``batch=64``, ``seed=1``).
    """
    words = _command.words({"hidden": hidden, "epochs": epochs, **options})
    files = {"data.npz:x": _models.as_samples(x), "data.npz:y": np.asarray(y).astype(np.int32)}
    _, wrote = _command.run(["train", "ann", "--data", "{data.npz}", "-o", "{m.onnx}", *words], files,
                            ["m.onnx"], warn=False)
    return wrote["m.onnx"]


def version() -> str:
    """The version of the program that does the work: that of a release, or what Go knows of a
    build from source, which may be ``"(devel)"``."""
    return _client.client().program
