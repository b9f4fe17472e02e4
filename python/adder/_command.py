"""Commands of the command line, on arrays and in the child process."""

from __future__ import annotations

import json
import os
import re
import warnings
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from . import _client
from ._client import DoesNotFit, Error


def words(options: Mapping[str, Any]) -> List[str]:
    """Options as flags: ``max_pool=...`` is not guessed, ``maxpool="or"`` is ``--maxpool or``,
    and underscores are dashes. None leaves a flag out."""
    out: List[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is None:
            continue
        if isinstance(value, bool):
            out.append(f"{flag}={'true' if value else 'false'}")
            continue
        if isinstance(value, (list, tuple, np.ndarray)):
            value = ",".join(str(v) for v in value)
        out += [flag, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
    return out


_FLAG = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*)(?:[ =]([A-Z]+\b|[0-9]+(?:\.[0-9]+)?|\w+\.[a-z]+\b))?")


def as_arguments(text: str) -> str:
    """A message of the command line with flags as arguments of Python: ``--calibrate DIR`` is
    ``calibrate=DIR``, and ``--max-delay`` is ``max_delay``."""
    return _FLAG.sub(lambda m: m[1].replace("-", "_") + (f"={m[2]}" if m[2] else ""), text)


def run(args: Sequence[str], files: Mapping[str, Any] = {}, returns: Sequence[str] = (),
        warn: bool = True, done: Sequence[int] = (0,)) -> Tuple[Any, Dict[str, bytes]]:
    """Runs a command and returns its JSON and the files that it wrote. ``{name}`` in an
    argument is a file of the command's own, ``done`` are the exit codes of an answer."""
    header, arrays = _client.client().request(
        _client.COMMAND, {"args": [*args, "--json"], "returns": list(returns)}, files)
    text = arrays.pop("out").tobytes().decode()
    document = json.loads(text) if text.strip() else {}
    problems = []
    for line in header["messages"].splitlines():
        if line.startswith("adder: warning: "):
            if warn:
                warnings.warn(as_arguments(line[len("adder: warning: "):]), stacklevel=4)
        elif line.startswith("adder: "):
            problems.append(line[len("adder: "):])
    if header["exit"] in done and "error" not in document:
        return document, {name: a.tobytes() for name, a in arrays.items()}
    message = document.get("error") or "; ".join(problems) or f"adder {args[0]} ended with {header['exit']}"
    message = as_arguments(message)
    if document.get("fits") is False:
        raise DoesNotFit(message, document.get("limits", ()))
    raise Error(message)
