"""What a benchmark found."""

from __future__ import annotations

import html
from typing import Any, Dict, List, Mapping, Optional

from . import _command


class Bench:
    """The image beside its ANN on the same samples. In a notebook it shows the report.

    Attributes:
        json: the document of ``adder bench --json``; docs/json.md lists its fields.
        page: the report as one HTML page.
    """

    def __init__(self, json: Dict[str, Any], page: str):
        self.json = json
        self.page = page

    @classmethod
    def measure(cls, args: List[str], files: Mapping[str, Any]) -> "Bench":
        document, wrote = _command.run(["report", *args, "-o", "{report.html}"], files, ["report.html"])
        return cls(document, wrote["report.html"].decode())

    @property
    def accuracy(self) -> Optional[float]:
        """The share of samples that the chip classifies rightly."""
        return self.json["snn"]["accuracy"]

    def save(self, path: Any) -> None:
        """Writes the page."""
        with open(path, "w", encoding="utf-8") as f:
            f.write(self.page)

    def __repr__(self) -> str:
        j = self.json
        lines = [f"{j['model']} on {j['chip']}: {j['samples']} samples, "
                 f"accuracy {_percent(j['snn']['accuracy'], j['snn'].get('accuracy_interval'))}"]
        if j.get("ann"):
            lines.append(f"ANN: accuracy {_percent(j['ann']['accuracy'], j['ann'].get('accuracy_interval'))}")
        for e in j["energy"]:
            winner = e.get("winner") or "nobody"
            ann = f", ANN {_energy(e['ann_pj'])}" if e.get("ann_pj") is not None else ""
            lines.append(f"{e['table']}: chip {_energy(e['snn_pj'])}{ann} per inference; wins: {winner}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return (f'<iframe srcdoc="{html.escape(self.page)}" sandbox="allow-scripts" '
                'style="width:100%;height:80vh;border:0" title="Adder report"></iframe>')


def _energy(pj: float) -> str:
    """Picojoules with three digits and a fitting unit, as the command line writes them."""
    for name, unit in ("J", 1e12), ("mJ", 1e9), ("uJ", 1e6), ("nJ", 1e3), ("pJ", 1.0):
        if pj >= 0.9995 * unit or unit == 1:
            pj /= unit
            return f"{pj:.{0 if pj >= 99.95 else 1 if pj >= 9.995 else 2}f} {name}"
    raise AssertionError(pj)


def _percent(x: Optional[float], interval: Any = None) -> str:
    if x is None:
        return "unknown"
    return f"{100 * x:.2f} %" + (f" ({100 * interval[0]:.2f}-{100 * interval[1]:.2f})" if interval else "")
