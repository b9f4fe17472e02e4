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
        lines = [f"{j['model']} on {j['chip']}: {j['samples']} samples, accuracy {_percent(j['snn']['accuracy'])}"]
        if j.get("ann"):
            lines.append(f"ANN: accuracy {_percent(j['ann']['accuracy'])}")
        for e in j["energy"]:
            winner = e.get("winner") or "nobody"
            ann = f", ANN {e['ann_pj']:.4g} pJ" if e.get("ann_pj") is not None else ""
            lines.append(f"{e['table']}: chip {e['snn_pj']:.4g} pJ{ann} per inference; wins: {winner}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return (f'<iframe srcdoc="{html.escape(self.page)}" sandbox="allow-scripts" '
                'style="width:100%;height:80vh;border:0" title="Adder report"></iframe>')


def _percent(x: Optional[float]) -> str:
    return "unknown" if x is None else f"{100 * x:.2f} %"
