"""Make the fixtures of internal/npz with NumPy itself.

Run in this directory: python3 make_fixtures.py. It writes *.npy, *.npz and
expected.json, which gives for each array its type, its shape and its elements
in C order (strings for text, floats as Python's repr).
"""
import io
import json
import zipfile

import numpy as np
from numpy.lib import format as npformat

expected = {}


def elements(a):
    if a.dtype.kind == "U":
        return [str(v) for v in a.ravel(order="C")]
    if a.dtype.kind == "b":
        return [str(int(v)) for v in a.ravel(order="C")]
    if a.dtype.kind == "f":
        return [repr(float(v)) for v in a.ravel(order="C")]
    return [str(int(v)) for v in a.ravel(order="C")]


def note(name, a):
    expected[name] = {
        "type": "str" if a.dtype.kind == "U" else a.dtype.newbyteorder("=").name,
        "shape": list(a.shape),
        "elements": elements(a),
    }


def samples():
    for code in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
        if code == "b1":
            a = np.array([[True, False, True], [False, False, True]])
        elif code[0] == "f":
            info = np.finfo(code)
            a = np.array([[0.0, -1.5, info.max], [info.tiny, np.inf, info.tiny / 4]]).astype(code)
        else:
            info = np.iinfo(code)
            a = np.array([[info.min, info.max, 1], [2, 3, 4]], dtype=code)
        for order in "<>":
            for layout in "CF":
                yield f"{code}_{'le' if order == '<' else 'be'}_{layout}", np.array(a, dtype=order + code, order=layout)


arrays = dict(samples())
arrays["scalar"] = np.float64(0.25)
arrays["scalar_int"] = np.array(7)
arrays["empty"] = np.zeros((0, 3), np.float32)
arrays["rank5_f"] = np.asfortranarray(np.arange(2 * 3 * 2 * 3 * 2, dtype=np.int16).reshape(2, 3, 2, 3, 2))
arrays["words"] = np.array([["a", "grüße"], ["", "日本語"]])
arrays["words_be_f"] = np.array([["a", "b𝄞"], ["c", "d"]], dtype=">U3", order="F")
arrays["word"] = np.str_("NIRGraph")
for n, a in arrays.items():
    note("all.npz/" + n, np.asarray(a))
np.savez("all.npz", **arrays)

packed = {"zeros": np.zeros((300, 20), np.uint8), "ramp": np.arange(500, dtype=np.int32)}
for n, a in packed.items():
    note("deflated.npz/" + n, a)
np.savez_compressed("deflated.npz", **packed)

for version in [(1, 0), (2, 0), (3, 0)]:
    name = f"version{version[0]}.npy"
    a = np.arange(6, dtype="<f4").reshape(2, 3)
    with open(name, "wb") as f:
        npformat.write_array(f, a, version=version)
    note(name, a)

# What the reader refuses, each by naming the type.
refused = {
    "object": np.array([{}], dtype=object),
    "structured": np.zeros(2, [("a", "<i4"), ("b", "<f8")]),
    "complex": np.zeros(2, np.complex64),
    "bytes": np.array([b"x"]),
    "date": np.array(["2001-01-01"], dtype="M8[D]"),
}
np.savez("refused.npz", **refused)

# A member that is no array, as NumPy allows.
with zipfile.ZipFile("extra.npz", "w") as z:
    b = io.BytesIO()
    np.save(b, np.arange(3))
    z.writestr(zipfile.ZipInfo("a.npy"), b.getvalue())
    z.writestr(zipfile.ZipInfo("notes.txt"), "not an array")
note("extra.npz/a", np.arange(3))

with open("expected.json", "w") as f:
    rows = [json.dumps(k) + ": " + json.dumps(v, ensure_ascii=False) for k, v in sorted(expected.items())]
    f.write("{\n" + ",\n".join(rows) + "\n}\n")
