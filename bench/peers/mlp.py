#!/usr/bin/env python3
"""An MLP of integrate-and-fire neurons as a researcher would write it, batched, in float32.

784-128-10, 32 ticks, 13 % of the inputs spiking in a tick: the network and input statistics
of workload mlp-784-128-10 of `adder bench speed`. Run it by hand, on one thread:

    OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=SKYLAKEX python3 bench/peers/mlp.py numpy
    python3 bench/peers/mlp.py torch

It prints samples and synaptic operations per second of processor time. A synaptic operation
is a spike that meets a weight, as the emulator counts them.
"""
import sys
import time

SIZES, TICKS, ACTIVE, BATCH, SECONDS = (784, 128, 10), 32, 0.13, 256, 2.0


def run_numpy():
    import numpy as np

    rng = np.random.default_rng(1)
    weights = [rng.standard_normal((a, b), dtype=np.float32) for a, b in zip(SIZES, SIZES[1:])]
    spikes = (rng.random((TICKS, BATCH, SIZES[0])) < ACTIVE).astype(np.float32)

    def sample():
        synops = 0
        v = [np.zeros((BATCH, w.shape[1]), np.float32) for w in weights]
        for t in range(TICKS):
            x = spikes[t]
            for k, w in enumerate(weights):
                synops += int(x.sum()) * w.shape[1]
                v[k] += x @ w
                x = (v[k] > 16).astype(np.float32)
                v[k] -= 16 * x
        return synops

    return sample


def run_torch():
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    weights = [torch.randn(a, b) for a, b in zip(SIZES, SIZES[1:])]
    spikes = (torch.rand(TICKS, BATCH, SIZES[0]) < ACTIVE).float()

    def sample():
        synops = 0
        v = [torch.zeros(BATCH, w.shape[1]) for w in weights]
        for t in range(TICKS):
            x = spikes[t]
            for k, w in enumerate(weights):
                synops += int(x.sum()) * w.shape[1]
                v[k] += x @ w
                x = (v[k] > 16).float()
                v[k] -= 16 * x
        return synops

    return sample


def main():
    peers = {"numpy": run_numpy, "torch": run_torch}
    if len(sys.argv) != 2 or sys.argv[1] not in peers:
        sys.exit(f"usage: {sys.argv[0]} numpy|torch")
    sample = peers[sys.argv[1]]()
    sample()
    synops, samples, start = 0, 0, time.process_time()
    while time.process_time() - start < SECONDS:
        synops += sample()
        samples += BATCH
    used = time.process_time() - start
    print(f"{sys.argv[1]}: {samples / used:.0f} samples/CPU-s, {synops / used / 1e9:.2f} G synops/CPU-s")


if __name__ == "__main__":
    main()
