"""Models of other packages, brought to a file that the compiler reads."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from typing import Any, Optional, Tuple, Union

import numpy as np

from ._client import Error


def _is_of(model: Any, package: str, name: str) -> bool:
    """Whether a model is of a class of a package, without importing that: a model that is
    there has imported it."""
    module = sys.modules.get(package)
    kind = getattr(module, name, None)
    return isinstance(kind, type) and isinstance(model, kind)


def as_file(model: Any, example: Any = None) -> Tuple[str, Optional[bytes]]:
    """A model as a name and its bytes, or as a path and None.

    A torch module is exported by ``torch.onnx`` with the first of ``example`` as its input.
    """
    if isinstance(model, (str, os.PathLike)):
        path = os.path.abspath(os.fspath(model))
        if not os.path.exists(path):
            raise Error(f"{path}: there is no such file")
        return path, None
    if isinstance(model, (bytes, bytearray)):
        return "model.onnx", bytes(model)
    if _is_of(model, "nir", "NIRGraph"):
        return "model.nir", _nir(model)
    if _is_of(model, "torch.nn", "Module"):
        return "model.onnx", _torch(model, example)
    raise Error(f"a model is a path, the bytes of an ONNX file, an nir.NIRGraph or a torch.nn.Module, "
                f"not {type(model).__name__}")


def _nir(graph: Any) -> bytes:
    import nir  # what the graph came from

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.nir")
        nir.write(path, graph)
        with open(path, "rb") as f:
            return f.read()


def _torch(module: Any, example: Any) -> bytes:
    import torch

    if example is None or isinstance(example, (str, os.PathLike)):
        raise Error("a torch module is exported with an example of its input: give calibrate=X, an array")
    x = as_numbers(np.asarray(example)[:1])
    training = module.training
    module.eval()
    out = io.BytesIO()
    try:
        device = next((p.device for p in module.parameters()), torch.device("cpu"))
        torch.onnx.export(module, torch.from_numpy(x).to(device), out, input_names=["input"], output_names=["output"])
    finally:
        module.train(training)
    return out.getvalue()


def as_numbers(x: np.ndarray) -> np.ndarray:
    """Samples as a network takes them: bytes are pixels, a 255th each."""
    if x.dtype == np.uint8:
        return x.astype(np.float32) / 255
    return x.astype(np.float32)


def as_samples(x: Any) -> np.ndarray:
    """Samples as Adder takes them: bytes as they are, all else as float32."""
    x = np.asarray(x)
    if x.dtype == np.uint8:
        return x
    if x.dtype.kind not in "biuf":
        raise Error(f"samples of type {x.dtype}: use uint8 (pixel/255) or numbers")
    return x.astype(np.float32)


PathOrArray = Union[str, "os.PathLike[str]", np.ndarray]
