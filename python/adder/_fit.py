"""Which chip a network fits."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from . import _command
from ._bench import _energy, _percent


class Fits(List[Dict[str, Any]]):
    """What ``adder fit`` found: a dict per chip, as docs/json.md lists its fields.

    ``fits["adder"]`` is that of a chip, ``fits.names`` are the chips that the network fits.
    """

    @classmethod
    def find(cls, args: List[str], files: Mapping[str, Any]) -> "Fits":
        # 1 says that no chip fits, which is an answer.
        document, _ = _command.run(["fit", *args], files, done=(0, 1))
        return cls(document["fit"])

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        for one in self:
            if one["chip"] == key:
                return one
        raise KeyError(key)

    @property
    def names(self) -> List[str]:
        """The chips that the network fits, those for fit alone included."""
        return [one["chip"] for one in self if one["fits"]]

    def __repr__(self) -> str:
        return "\n".join(_line(one) for one in self)


def _line(one: Dict[str, Any]) -> str:
    name = one["chip"] + (f" ({one['label']})" if one["label"] else "")
    if one["fits"]:
        accuracy = "" if one["accuracy"] is None else f", accuracy {_percent(one['accuracy'], one['accuracy_interval'])}"
        if one["energy_pj"] is not None:
            accuracy += f", {_energy(one['energy_pj'])} per inference"
        return f"{name}: {one['cores']} of {one['cores_total']} cores, {100 * one['fill']:.2f} % of {one['fullest']}{accuracy}"
    limits = (f"{l['layer'] or 'the network'} needs {l['need']:,} {l['limit']}, it has {l['have']:,}: {l['help']}"
              for l in one["limits"])
    return f"{name}: does not fit; " + "; ".join(limits)
