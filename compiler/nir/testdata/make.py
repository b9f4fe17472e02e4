#!/usr/bin/env python3
"""Makes the .nir files of this folder with h5py, as the NIR library lays
them out: recurrent.nir in the older way (contiguous), vision.nir in the
newer way (gzip)."""
import os

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def node(group, name, kind, compression=None, **params):
    g = group.create_group(name)
    g.create_dataset("type", data=kind)
    for key, value in params.items():
        packed = compression if isinstance(value, np.ndarray) and value.ndim else None
        g.create_dataset(key, data=value, compression=packed)
    return g


def graph(group, edges):
    group.create_dataset("type", data="NIRGraph")
    group.create_dataset("edges", data=edges)
    return group.create_group("nodes")


def save(name, build):
    with h5py.File(os.path.join(HERE, name), "w") as f:
        f.create_dataset("version", data="1.0.7")
        build(f.create_group("node"))


def weights(*shape):
    return (np.arange(np.prod(shape), dtype=np.float32).reshape(shape) % 7 - 3) / 4


def recurrent(top):
    nodes = graph(top, [["input", "fc"], ["fc", "hidden"], ["hidden", "output"]])
    node(nodes, "input", "Input", shape=np.array([3]))
    node(nodes, "fc", "Affine", weight=weights(4, 3), bias=np.array([0.5, 0, -0.5, 0.25], np.float32))
    cell = nodes.create_group("hidden")
    inner = graph(cell, [["input", "lif"], ["lif", "w_rec"], ["w_rec", "lif"], ["lif", "output"]])
    node(inner, "input", "Input", shape=np.array([4]))
    node(inner, "lif", "CubaLIF", tau_syn=np.full(4, 2e-4), tau_mem=np.full(4, 4e-4), r=np.ones(4),
         v_leak=np.zeros(4), w_in=np.full(4, 2.0), v_threshold=np.array([0.25, 0.5, 0.75, 1.0]))
    node(inner, "w_rec", "Affine", weight=weights(4, 4), bias=np.zeros(4, np.float32))
    node(inner, "output", "Output", shape=np.array([4]))
    node(nodes, "output", "Output", shape=np.array([4]))


def vision(top):
    names = ["input", "conv", "if", "pool", "flat", "fc", "delay", "out", "output"]
    nodes = graph(top, [list(e) for e in zip(names, names[1:])])
    meta = top.create_group("metadata")
    meta.create_dataset("note", data="not read")
    node(nodes, "input", "Input", "gzip", shape=np.array([1, 5, 6]))
    node(nodes, "conv", "Conv2d", "gzip", input_shape=(5, 6), weight=weights(2, 1, 3, 3), stride=np.array([1, 1]),
         padding="same", dilation=1, groups=1, bias=np.array([0, 0.25], np.float32))
    node(nodes, "if", "IF", "gzip", r=np.ones((2, 5, 6), np.float32), v_threshold=np.ones((2, 5, 6), np.float32))
    node(nodes, "pool", "SumPool2d", "gzip", kernel_size=np.array([2, 2]), stride=np.array([2, 2]), padding=np.array([0, 0]))
    node(nodes, "flat", "Flatten", "gzip", start_dim=0, end_dim=-1, input_type=np.array([2, 2, 3]))
    node(nodes, "fc", "Linear", "gzip", weight=weights(3, 12))
    node(nodes, "delay", "Delay", "gzip", delay=np.full(3, 1e-4))
    node(nodes, "out", "LI", "gzip", tau=2e-4, r=1, v_leak=0.0)
    node(nodes, "output", "Output", "gzip", shape=np.array([3]))


save("recurrent.nir", recurrent)
save("vision.nir", vision)
