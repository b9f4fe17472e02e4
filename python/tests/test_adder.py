"""Tests of the package against the program that $ADDER names: python3 -m unittest discover."""

import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import types
import unittest
import warnings

import numpy as np

import adder
from adder import _client, _command, _models

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
TESTDATA = os.environ.get("ADDER_TESTDATA", "")


class Trained(unittest.TestCase):
    """A small network for all tests."""

    @classmethod
    def setUpClass(cls):
        cls.x, cls.y = adder.digits("train", 1000)
        cls.xt, cls.yt = adder.digits("test", 60)
        cls.onnx = adder.train_ann(cls.x, cls.y, hidden=24, epochs=6)
        cls.img = adder.compile(cls.onnx, calibrate=cls.x[:200])
        cls.hidden, cls.logits = (l.name for l in cls.img.layers)


class TestRun(Trained):
    def test_it_classifies(self):
        r = self.img.run(self.xt)
        self.assertGreater((r.classes == self.yt).mean(), 0.8)
        self.assertEqual(r.output.shape, (60, 10))
        self.assertEqual(r.classes.dtype, np.int32)
        np.testing.assert_array_equal(r.output.argmax(1), r.classes)
        self.assertGreater(r.counts["synops"], 0)
        self.assertIsNone(r.cycles)

    def test_any_shape_and_type(self):
        want = self.img.run(self.xt).output
        for x in (self.xt.reshape(60, 784), self.xt.reshape(60, 1, 28, 28), self.xt[:, None], self.xt / 255):
            np.testing.assert_allclose(self.img.run(x).output, want, err_msg=str(x.shape))
        one = self.img.run(self.xt[0])
        np.testing.assert_array_equal(one.output, want[:1])
        np.testing.assert_array_equal(self.img.run(self.xt[7], first=7).output, want[7:8])

    def test_clipped_inputs_are_warned_of(self):
        with self.assertWarnsRegex(UserWarning, r"inputs lay outside .* and were clipped"):
            self.img.run(self.xt.astype(np.float32))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.img.run(self.xt.astype(np.float32) / 255)

    def test_a_wrong_shape_has_one_message(self):
        wrong = np.zeros((5, 10, 10), np.float32)
        for ask in (lambda: self.img.run(wrong), lambda: self.img.encode(wrong),
                    lambda: self.img.bench(wrong, np.zeros(5)), lambda: adder.compile(self.onnx, calibrate=wrong)):
            with self.assertRaisesRegex(adder.Error, "a sample has shape 10x10, 100 elements, and the model takes 784, 784"):
                ask()

    def test_what_the_compiler_said_names_no_lost_file(self):
        self.assertNotIn("image", self.img.compiled)
        self.assertEqual(self.img.compiled["model"], self.img.model)

    def test_probes(self):
        r = self.img.run(self.xt[:3], ticks=20, probes=[self.hidden, self.logits])
        self.assertEqual(r.spikes[self.hidden].shape, (3, 20, 24))
        self.assertEqual(r.spikes[self.hidden].dtype, np.bool_)
        self.assertNotIn(self.logits, r.spikes)
        self.assertEqual(r.potentials[self.logits].shape, (3, 20, 10))
        np.testing.assert_array_equal(r.potentials[self.logits][:, -1], r.output)

    def test_spikes_and_engines_agree(self):
        want = self.img.run(self.xt[:4], probes=[self.hidden])
        spikes = self.img.encode(self.xt[:4])
        self.assertEqual(spikes.shape, (4, self.img.ticks, 784))
        for engine in ("fast", "cycle"):
            r = self.img.run(spikes=spikes, probes=[self.hidden], engine=engine, workers=1)
            np.testing.assert_array_equal(r.output, want.output)
            np.testing.assert_array_equal(r.spikes[self.hidden], want.spikes[self.hidden])
        self.assertGreater(r.cycles["total"], 0)

    def test_refusals(self):
        for call, message in (
            (lambda: self.img.run(), "give samples"),
            (lambda: self.img.run(self.xt, probes=["no"]), "no layer 'no'"),
            (lambda: self.img.run(np.zeros((2, 5))), "784"),
            (lambda: self.img.run(spikes=np.zeros((2, 5), bool)), "784 inputs in a tick"),
            (lambda: self.img.run(self.xt, engine="slow"), "is not known"),
            (lambda: self.img.run(np.full((1, 784), np.nan)), "no number"),
            (lambda: adder.compile("/no/such.onnx"), "no such file"),
            (lambda: adder.compile(3), "not int"),
            (lambda: adder.compile(self.onnx), "calibrate=DIR"),
            (lambda: adder.compile(self.onnx, calibrate=self.x, chip="no"), "no"),
            (lambda: adder.compile(self.onnx, calibrate=self.x, no_such=3), "no flag no_such"),
            (lambda: adder.compile(b"no model", calibrate=self.x), "model.onnx"),
        ):
            with self.assertRaises(adder.Error) as caught:
                call()
            self.assertIn(message, str(caught.exception))
            self.assertNotIn("--", str(caught.exception))

    def test_messages_name_arguments(self):
        for text, want in (
            ("give --calibrate DIR, or --data digits", "give calibrate=DIR, or data digits"),
            ("--calibrate-samples 0: write 1", "calibrate_samples=0: write 1"),
            ("or take --code radix, which", "or take code radix, which"),
            ("several chips (--board), or", "several chips (board), or"),
            ("my--model.onnx", "my--model.onnx"),
            ("give one with --ann m.onnx", "give one with ann=m.onnx"),
            ("take --bits 4.", "take bits=4."),
        ):
            self.assertEqual(_command.as_arguments(text), want)

    def test_what_does_not_fit(self):
        with self.assertRaises(adder.DoesNotFit) as caught:
            adder.compile(adder.train_ann(self.x[:64], self.y[:64], hidden=5000, epochs=1), calibrate=self.x[:10])
        self.assertTrue(caught.exception.limits[0]["limit"])

    def test_saved_and_loaded(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.adder")
            self.img.save(path)
            again = adder.load(path)
        np.testing.assert_array_equal(again.run(self.xt).output, self.img.run(self.xt).output)
        self.assertEqual(again.layers, self.img.layers)
        del again
        gc.collect()
        self.assertTrue(_client.client().closing)  # told with the next request
        self.img.run(self.xt[0])
        self.assertFalse(_client.client().closing)

    def test_bench(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            b = self.img.bench(self.xt, self.yt, self.onnx)
        self.assertAlmostEqual(b.accuracy, (self.img.run(self.xt).classes == self.yt).mean())
        self.assertRegex(repr(b), r"accuracy \d+\.\d\d % \(\d+\.\d\d-\d+\.\d\d\)")
        self.assertRegex(repr(b), r"45nm: chip [\d.]+ nJ, ANN [\d.]+ nJ per inference")
        self.assertIn("iframe", b._repr_html_())
        self.assertEqual(b.json["samples"], 60)

    def test_bench_of_spikes(self):
        spikes = self.img.encode(self.xt)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            b = self.img.bench(None, self.yt, spikes=spikes)
        self.assertEqual(b.json["samples"], 60)
        self.assertAlmostEqual(b.accuracy, (self.img.run(spikes=spikes).classes == self.yt).mean())
        for x, given in ((None, None), (self.xt, spikes)):
            with self.assertRaisesRegex(adder.Error, "give samples, or spikes=..."):
                self.img.bench(x, self.yt, spikes=given)

    def test_fit(self):
        fits = adder.fit(self.onnx)
        self.assertIn("adder", fits.names)
        self.assertEqual(fits["adder"]["cores"], self.img.cores)
        self.assertTrue(fits["adder"]["exact"])
        self.assertEqual(fits["darwin3"]["label"], "fit only: not emulated")
        none = adder.fit(self.onnx, chips=["odin"], calibrate=self.x[:50])
        self.assertEqual(none.names, [])
        self.assertTrue(all(l["help"] for l in none["odin"]["limits"]))
        self.assertIn("does not fit", repr(none))
        with self.assertRaises(adder.Error):
            adder.fit(self.onnx, chips="no-such-chip")

    def test_pandas_when_there(self):
        r = self.img.run(self.xt[:3])
        made = {}
        stub = types.SimpleNamespace(DataFrame=lambda columns: made.update(columns))
        with stubbed("pandas", stub):
            r.to_pandas()
        self.assertEqual(list(made), ["class"] + [f"output{k}" for k in range(10)])


class stubbed:
    """A module in place of one that may not be there."""

    def __init__(self, name, module):
        self.name, self.module = name, module

    def __enter__(self):
        self.before = sys.modules.get(self.name)
        sys.modules[self.name] = self.module

    def __exit__(self, *_):
        if self.before is None:
            del sys.modules[self.name]
        else:
            sys.modules[self.name] = self.before


class TestSession(Trained):
    def test_stepped_is_whole(self):
        whole = self.img.run(self.xt[:1], probes=[self.hidden, self.logits])
        spikes = self.img.encode(self.xt[:1])[0]
        for engine in ("fast", "cycle"):
            with self.img.session(potentials=[self.logits], engine=engine) as s:
                for t, tick in enumerate(spikes):
                    did = s.step(tick.reshape(28, 28))
                    self.assertEqual(did.tick, t + 1)
                    np.testing.assert_array_equal(did.spikes[self.hidden], whole.spikes[self.hidden][0, t])
                    if t > 0:  # at depth 1
                        np.testing.assert_array_equal(did.potentials[self.logits], whole.potentials[self.logits][0, t - 1])
                r = s.finish()
                np.testing.assert_array_equal(r.output, whole.output)
                self.assertEqual(r.counts["synops"], whole.counts["synops"])

    def test_saved_and_restored(self):
        spikes = self.img.encode(self.xt[:1])[0]
        with self.img.session() as s:
            for tick in spikes[:9]:
                s.step(tick)
            state = s.save()
            self.assertEqual(state, s.save())
            want = [s.step(inputs=np.flatnonzero(tick)) for tick in spikes[9:]][-1]
            with self.img.session() as other:
                other.restore(state)
                got = [other.step(tick) for tick in spikes[9:]][-1]
                self.assertEqual(got.tick, want.tick)
                np.testing.assert_array_equal(got.output, want.output)
            s.reset()
            self.assertEqual(s.step().tick, 1)
            self.assertGreater(s.counts()["neuron_updates"], 0)
        with self.assertRaisesRegex(adder.Error, "closed"):
            s.step()

    def test_refusals(self):
        with self.img.session() as s:
            with self.assertRaisesRegex(adder.Error, "784 inputs"):
                s.step(np.zeros(3, bool))
            with self.assertRaisesRegex(adder.Error, "has inputs 0 to 783"):
                s.step(inputs=[784])
            with self.assertRaisesRegex(adder.Error, "no saved state"):
                s.restore(b"nothing")
            self.assertEqual(s.step().tick, 1)


class TestModels(unittest.TestCase):
    def test_nir_graph(self):
        """A graph of the package nir is written by that package; here a stub of it."""
        files = sorted(os.path.join(folder, f) for folder, _, names in os.walk(os.path.join(TESTDATA, "nir") if TESTDATA else "")
                       for f in names if f.endswith(".nir"))
        written = []

        class NIRGraph:
            pass

        def write(path, graph):
            written.append(graph)
            with open(path, "wb") as f:
                f.write(b"stub")

        graph = NIRGraph()
        with stubbed("nir", types.SimpleNamespace(NIRGraph=NIRGraph, write=write)):
            self.assertEqual(_models.as_file(graph), ("model.nir", b"stub"))
        self.assertEqual(written, [graph])
        if not files:
            self.skipTest("ADDER_TESTDATA has no NIR files")

        def real(path, graph):
            with open(graph.name, "rb") as f, open(path, "wb") as to:
                to.write(f.read())

        with stubbed("nir", types.SimpleNamespace(NIRGraph=NIRGraph, write=real)):
            compiled = 0
            for graph.name in files[:6]:  # not every file fits every chip
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        compiled += bool(adder.compile(graph, dt=1e-3).layers)
                except adder.Error as e:
                    self.assertIn("model", str(e))
            self.assertTrue(compiled)

    def test_torch_module(self):
        """A torch module is exported by torch.onnx with an example; here a stub of torch that
        answers with a network trained before."""
        x, y = adder.digits("train", 300)
        onnx = adder.train_ann(x, y, hidden=8, epochs=1)
        seen = []

        class Module:
            training = True

            def eval(self):
                self.training = False

            def train(self, mode):
                self.training = mode

            def parameters(self):
                return iter(())

        class Tensor:
            def __init__(self, a):
                self.a = a

            def to(self, device):
                return self

        def export(module, example, out, **names):
            seen.append((module.training, example.a))
            out.write(onnx)

        torch = types.SimpleNamespace(device=str, from_numpy=Tensor, onnx=types.SimpleNamespace(export=export))
        with stubbed("torch", torch), stubbed("torch.nn", types.SimpleNamespace(Module=Module)):
            module = Module()
            img = adder.compile(module, calibrate=x[:50])
            with self.assertRaisesRegex(adder.Error, "calibrate=X"):
                adder.compile(module)
        self.assertEqual(img.layers[0].size, 8)
        self.assertTrue(module.training)
        self.assertFalse(seen[0][0])
        self.assertEqual(seen[0][1].dtype, np.float32)
        self.assertLessEqual(seen[0][1].max(), 1)


class TestProcess(Trained):
    def test_interrupt(self):
        """Ctrl-C in a run ends it within half a second, and the next call works."""
        began = []
        # A shell that starts programs in the background has them ignore interrupts.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)

        def interrupt():
            time.sleep(0.3)
            began.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        child = _client.client().process.pid
        threading.Thread(target=interrupt).start()
        with self.assertRaises(KeyboardInterrupt):
            while True:
                self.img.run(self.xt, ticks=60000)
        took = time.monotonic() - began[0]
        t = time.monotonic()
        r = self.img.run(self.xt)
        self.assertGreater((r.classes == self.yt).mean(), 0.8)
        self.assertEqual(child, _client.client().process.pid, "the child was kept")
        sys.stderr.write(f"interrupt {took:.3f} s, then a run of 60 in {time.monotonic() - t:.3f} s\n")
        self.assertLess(took, LATE)

    def test_killed_parent_leaves_nothing(self):
        """A kernel that is killed in a run leaves no process after a second."""
        script = textwrap.dedent("""
            import adder, numpy as np, sys
            from adder import _client
            img = adder.load(sys.argv[1])
            print(_client.client().process.pid, flush=True)
            img.run(np.zeros((200000, 784), np.uint8), ticks=5000)
        """)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.adder")
            self.img.save(path)
            p = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE,
                                 env={**os.environ, "PYTHONPATH": PACKAGE})
            child = int(p.stdout.readline())
            time.sleep(0.5)
            p.kill()
            p.wait()
            p.stdout.close()
            t = time.monotonic()
            while alive(child) and time.monotonic() - t < 20:
                time.sleep(0.02)
            took = time.monotonic() - t
        sys.stderr.write(f"after a kill the child was gone in {took:.2f} s\n")
        self.assertLess(took, 2 * LATE)

    def test_fork(self):
        """A forked process has a child of its own, and the parent's goes on."""
        want = self.img.run(self.xt).classes
        parents = _client.client().process.pid
        with self.img.session() as s:
            s.step()
            r, w = os.pipe()
            pid = os.fork()
            if pid == 0:
                try:
                    same = bool((self.img.run(self.xt).classes == want).all())
                    try:
                        s.step()
                        gone = False
                    except adder.Error as e:
                        gone = "is gone" in str(e)
                    os.write(w, json.dumps([same, gone, _client.client().process.pid]).encode())
                finally:
                    _client._ended()
                    os._exit(0)
            os.close(w)
            with os.fdopen(r) as f:
                same, gone, childs = json.loads(f.read())
            os.waitpid(pid, 0)
            self.assertTrue(same)
            self.assertTrue(gone)
            self.assertNotEqual(childs, parents)
            self.assertFalse(alive(childs))
            self.assertEqual(s.step().tick, 2)
        self.assertEqual(parents, _client.client().process.pid)

    def test_killed_child(self):
        """The child may be killed: the next call starts another and opens the image anew."""
        with self.img.session() as s:
            _client.client().process.kill()
            _client.client().process.wait()
            with self.assertRaises(adder.Error):
                s.step()
            self.assertEqual(len(self.img.run(self.xt)), 60)
            with self.assertRaisesRegex(adder.Error, "gone with the process"):
                s.step()

    def test_threads(self):
        """Requests of several threads come back to those that asked."""
        want = self.img.run(self.xt).output
        faults = []

        def ask(k):
            for _ in range(5):
                if not np.array_equal(self.img.run(self.xt[k], first=k).output[0], want[k]):
                    faults.append(k)

        threads = [threading.Thread(target=ask, args=(k,)) for k in range(6)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(faults, [])


# LATE is half a second on a machine that is not busy with other things.
LATE = float(os.environ.get("ADDER_LATE", "0.5"))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:  # one that nobody has waited for yet is gone, too
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
