#!/usr/bin/env python3
"""Work out every total of a bench report anew, from its counters and a table's prices.

    adder bench m.onnx --data digits --energy 45nm,lemaire2022 --json > bench.json
    adder energies 45nm --json > 45nm.json
    adder energies lemaire2022 --json > lemaire2022.json
    python3 recount.py bench.json 45nm.json lemaire2022.json

It shares no code with Adder: the formulas are those of docs/energy.md. It prints the largest
relative difference per table and ends with 1 where one is above 1e-9.
"""
import json
import sys

import numpy as np

REGISTER_FILE_BYTES = 512
HOPS = ("hops_east", "hops_west", "hops_north", "hops_south")


def datum(sram, bits, size):
    """The price of a datum of so many bits in a memory of so many bytes, in pJ."""
    if "base_pj" in sram:
        return sram["base_pj"] + sram["per_bit_pj"] * 8 * size if bits else 0.0
    sizes = np.array([0] + [p["bytes"] for p in sram["points"]], float)
    prices = np.array([0] + [p["pj"] for p in sram["points"]], float)
    return bits * np.interp(size, sizes, prices) / sram["access_bits"]


class Bill:
    """Sums by factor; the empty name is what no factor moves."""

    def __init__(self, table):
        self.table = table
        self.prices = {p["event"]: p for p in table["prices"] if p["evidence"] != "U"}
        self.by = {"": 0.0}
        self.by.update({f["name"]: 0.0 for f in table.get("factors", [])})
        self.pads = 0.0

    def add(self, event, count, bits=0.0, size=0.0, tile=0.0, width=1.0, data=None):
        price = self.prices.get(event)
        if price is None or count == 0:
            return
        factor = price.get("factor", "")
        if price["price"] == "sram":
            sram = self.table["sram"]
            factor = sram.get("factor", "")
            each = datum(sram, bits, size)
            if data is not None and "base_pj" in sram:
                each *= data / count
        elif price.get("per_bits"):
            each = price["pj"] * bits / price["per_bits"]
        elif price.get("per_mm"):
            each = price["pj"] * np.sqrt(self.table["mm2_per_mib"] * tile / 2**20)
        else:
            each = price["pj"] * width
        if event in ("pad_bits", "ann_pad_bits"):
            self.pads += count * each
        else:
            self.by[factor] += count * each

    def total(self):
        return sum(self.by.values())

    def ends(self):
        least = greatest = self.by[""]
        for f in self.table.get("factors", []):
            least += self.by[f["name"]] * f["least"]["times"]
            greatest += self.by[f["name"]] * f["greatest"]["times"]
        return least, greatest


def snn(report, table):
    bill, memory = Bill(table), {c["core"]: c for c in report["memories"]["cores"]}
    tile, outputs = report["memories"]["tile_bytes"], report["memories"]["outputs"]
    total = report["snn"]["counts"]
    for event in ("synops", "neuron_updates", "active_updates", "idle_updates", "spikes", "input_spikes", "ticks",
                  "synaptic_adds", "decay_adds", "membrane_adds", "comparisons", "draws", "learning_updates",
                  "packets", "buffer_writes", "host_adds", "host_draws", "host_macs"):
        bill.add(event, total[event])
    bill.add("router_passes", total["buffer_writes"])
    for event in HOPS:
        bill.add(event, total[event], tile=tile)
    for row in report["by_core"]:
        m, c = memory.get(row["core"]), row["counts"]
        if m is None:
            continue
        bill.add("synapse_bits", c["synapse_bits"], 1, m["synapse_bytes"], data=c["synaptic_adds"])
        bill.add("axon_reads", c["axon_reads"], m["axon_bits"], m["axon_bytes"])
        for event in ("queue_writes", "queue_reads"):
            bill.add(event, c["axon_reads"], m["queue_bits"], m["queue_bytes"])
        for event in ("accumulator_reads", "accumulator_writes"):
            bill.add(event, c["synaptic_adds"], 32, m["accumulator_bytes"])
        bill.add("accumulator_clears", 2 * c["neuron_updates"], 32, m["accumulator_bytes"])
        for event in ("state_reads", "state_writes", "reset_writes"):
            bill.add(event, c[event], m["word_bits"], m["state_bytes"])
        bill.add("constant_reads", 2 * c["neuron_updates"], m["word_bits"], m["constant_bytes"])
        bill.add("route_reads", c["packets"], m["route_bits"], m["route_bytes"])
    sizes = report["memories"]
    if sizes.get("table_bytes"):
        bill.add("table_reads", total["buffer_writes"], sizes["table_bits"], sizes["table_bytes"])
    elements = report["memories"]["elements"]
    bill.add("host_pixel_reads", total["host_pixel_reads"], 8, elements)
    for event in ("host_state_reads", "host_state_writes"):
        bill.add(event, total["host_adds"], 32, 4 * elements)
    bill.add("readout_reads", total["readout_reads"], 32, 4 * outputs)
    if outputs:
        bill.add("readout_comparisons", total["readout_reads"] * (1 - 1 / outputs))
    bill.add("pad_bits", 32 * (total["input_spikes"] + total["readout_reads"]), 1)
    return bill


def layers(report, bits):
    """Layers of the ANN, with the zeros of activations of so many bits where it was run in them."""
    for quantised in report["ann"]["quantised"]:
        if quantised["bits"] == bits and "layers" in quantised:
            return quantised["layers"]
    return report["ann"]["layers"]


def ann(report, table, entry):
    bill, design = Bill(table), table["ann"]
    w, s, a = design["weight_bits"], design["accumulator_bits"], entry["bits"]
    integer, counts = a < s, report["snn"]["counts"]
    skips_weights = counts["synaptic_adds"] == counts["synops"]
    for layer in layers(report, a if integer else None):
        macs = layer["macs"]
        if entry["zeros_skipped"]:
            macs = layer["nonzero_macs" if skips_weights else "effective_macs"]
        bill.add("ann_macs", macs)
        bill.add("ann_multiplications", macs, width=w * a / 64 if integer else 1)
        bill.add("ann_additions", macs)
        bill.add("ann_adds", layer["adds"])
        bill.add("ann_comparisons", layer["comparisons"])
        if layer["activates"]:
            if integer:
                bill.add("ann_requantisations", layer["outputs"])
            continue
        size = lambda kept, bits: kept * bits / 8
        if layer["weights"]:
            moved = layer["weights"]
            if entry["dataflow"] == "as-snn":
                moved = macs
            elif entry["zeros_skipped"]:
                moved = min(moved, macs)
            bill.add("ann_weight_reads", moved, w, size(layer["weights"], w))
            bill.add("ann_bias_reads", layer["biases"], s, size(layer["biases"], s))
        bill.add("ann_activation_reads", layer["inputs"], a, size(layer["inputs"], a))
        bill.add("ann_activation_writes", layer["outputs"], a, size(layer["outputs"], a))
        if entry["dataflow"] == "register-file":
            for bits in (w, a, s):
                bill.add("ann_register_reads", macs, bits, REGISTER_FILE_BYTES)
            bill.add("ann_register_writes", macs, s, REGISTER_FILE_BYTES)
        if entry["dataflow"] == "as-snn":
            bill.add("ann_accumulator_reads", macs, s, size(layer["outputs"], s))
            bill.add("ann_accumulator_writes", macs, s, size(layer["outputs"], s))
    return bill


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        report = json.load(f)
    tables = {}
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8") as f:
            table = json.load(f)
        tables[table["name"]] = table
    worst = 0.0
    for entry in report["energy"]:
        table = tables.get(entry["table"])
        if table is None:
            continue
        pairs = []
        bill = snn(report, table)
        pairs += [(bill.total(), entry["snn_pj"])]
        pairs += list(zip(bill.ends(), (entry["snn_least_pj"], entry["snn_greatest_pj"])))
        if entry["pads_pj"] is not None:
            pairs += [(bill.pads, entry["pads_pj"])]
        for a in entry["ann"]:
            other = ann(report, table, a)
            pairs += [(other.total(), a["pj"])]
            pairs += list(zip(other.ends(), (a["least_pj"], a["greatest_pj"])))
        off = max(abs(x - y) / max(abs(y), 1e-30) for x, y in pairs)
        print(f"{entry['table']}: {len(pairs)} totals, largest relative difference {off:.1e}")
        worst = max(worst, off)
    sys.exit(1 if worst > 1e-9 else 0)


if __name__ == "__main__":
    main()
