"""Make the fixtures of internal/hdf5 with h5py itself (3.7 on HDF5 1.10 or later).

Run in this directory: python3 make_fixtures.py. It writes *.h5 (those above
32 KiB as *.h5.gz) and expected.json: for each file the objects by path, each with its kind, type,
shape and elements (integers and floats as Python's repr, strings as they are;
a long list is given as its length and a sum over index and value; of a group
with more than 400 links, or with very long names, every 37th is told).
"""
import ctypes
import gzip
import json
import os
import sys
import zlib

import h5py
import numpy as np

expected = {}
VERSIONS = ["earliest", "latest"]


def number(v):
    if isinstance(v, (bool, np.bool_)):
        return str(int(v))
    if isinstance(v, (int, np.integer)):
        return str(int(v))
    v = float(v)
    if v != v:
        return "NaN"
    if v in (float("inf"), float("-inf")):
        return "+Inf" if v > 0 else "-Inf"
    return v.hex()


def elements(a):
    flat = np.asarray(a).ravel()
    if flat.dtype.kind in "OSU":
        return [v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in flat]
    return [number(v) for v in flat]


def value(shape, kind, a):
    out = {"kind": kind, "shape": list(shape)}
    if a is None:
        out["null"] = True
        return out
    out["elements"] = elements(a)
    if len(out["elements"]) > 64:
        flat = np.asarray(a).ravel()
        if flat.dtype.kind in "OSU":
            out["sum"] = str(sum((i + 1) * len(v.encode() if isinstance(v, str) else v) for i, v in enumerate(flat)) % 2**40)
        else:
            # Small whole numbers only, so that the sum is exact.
            out["sum"] = str(sum((i % 997 + 1) * int(v) for i, v in enumerate(flat.tolist())))
        out["count"] = len(out["elements"])
        del out["elements"]
    return out


def kind_of(dtype):
    if h5py.check_string_dtype(dtype) is not None:
        return "string"
    if h5py.check_enum_dtype(dtype) is not None:
        return "int"
    if dtype.subdtype is not None:
        return kind_of(dtype.subdtype[0])
    return {"b": "bool", "i": "int", "u": "int", "f": "float"}.get(dtype.kind, "other")


def describe(f):
    out = {}

    def attributes(path, obj):
        for name, v in obj.attrs.items():
            key = path + "@" + name
            if isinstance(v, h5py.Empty):
                out[key] = {"kind": kind_of(v.dtype), "shape": [], "null": True}
            else:
                a = np.asarray(v)
                kind = "string" if a.dtype.kind in "OSU" else kind_of(a.dtype)
                out[key] = value(a.shape, kind, a)

    def walk(path, group):
        out[path or "/"] = {"kind": "group", "names": len(group)}
        attributes(path or "/", group)
        for i, name in enumerate(group):
            if (len(group) > 400 or len(name) > 400) and i % 37:
                continue
            link = group.get(name, getlink=True)
            p = path + "/" + name
            if isinstance(link, h5py.ExternalLink):
                out[p] = {"kind": "error", "text": "external links"}
                continue
            try:
                obj = group[name]
            except (KeyError, RuntimeError):
                out[p] = {"kind": "error", "text": "soft link"}
                continue
            if isinstance(obj, h5py.Group):
                walk(p, obj)
            elif isinstance(obj, h5py.Datatype):
                out[p] = {"kind": "other"}
            else:
                a = obj[()]
                if isinstance(a, h5py.Empty):
                    out[p] = {"kind": kind_of(obj.dtype), "shape": [], "null": True}
                else:
                    out[p] = value(np.shape(a), kind_of(obj.dtype), a)
                attributes(p, obj)

    walk("", f)
    return out


def make(name, fill, versions=VERSIONS, **options):
    for version in versions:
        file = f"{name}_{version}.h5"
        with h5py.File(file, "w", libver=version, **options) as f:
            fill(f)
        with h5py.File(file, "r") as f:
            expected[file] = describe(f)
        if os.path.getsize(file) > 32 << 10:
            with open(file, "rb") as f:
                data = gzip.compress(f.read(), mtime=0)
            with open(file + ".gz", "wb") as f:
                f.write(data)
            os.remove(file)


def ramp(*shape):
    n = int(np.prod(shape))
    return (np.arange(n) * 7919 % 251).reshape(shape)


def numbers(f):
    for order in "<>":
        tag = "le" if order == "<" else "be"
        for code in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
            info = np.iinfo(code)
            top = min(info.max, 2**63 - 1)
            f.create_dataset(f"{code}_{tag}", data=np.array([info.min, top, 1, 2], dtype=order + code))
        for code in ["f2", "f4", "f8"]:
            info = np.finfo(code)
            a = np.array([0, -0.0, 1.5, info.max, info.tiny, info.tiny / 4, -np.inf, np.nan])
            f.create_dataset(f"{code}_{tag}", data=a.astype(order + code))
    # 80-bit x87 numbers that float64 holds exactly.
    f["longdouble"] = np.array([0, 1.5, -2.0**-1000, 2.0**1000, np.inf, 1 / 3], dtype=np.longdouble)
    f["scalar"] = 2.5
    f["scalar_int"] = -3
    f["one"] = np.array([4], dtype="i8")
    f["bools"] = np.array([True, False, True])
    f["bool"] = True
    colours = h5py.enum_dtype({"RED": 0, "GREEN": 1, "BLUE": -42}, basetype=">i2")
    f.create_dataset("enum", data=np.array([0, -42, 1]), dtype=colours)
    pairs = f.create_dataset("pairs", (3,), dtype=np.dtype((">f4", (2, 2))))
    pairs[...] = np.arange(12).reshape(3, 2, 2)
    f["null"] = h5py.Empty("f4")
    f["empty"] = np.zeros((0, 3), "f4")
    f["cube"] = ramp(3, 4, 5).astype("i2")
    f["type"] = np.dtype("<f4")
    f.create_dataset("committed", data=np.array([1, 2], "f4"), dtype=f["type"])


def strings(f):
    f["vlen"] = "NIRGraph"
    f["vlen_empty"] = ""
    f["edges"] = np.array([["a", "grüße"], ["日本語", ""]], dtype=h5py.string_dtype())
    f.create_dataset("fixed", data=np.array([b"ab", b"", b"abcd"], dtype="S4"))
    f.create_dataset("fixed_utf8", data=np.array(["ü".encode(), b"x"], h5py.string_dtype("utf-8", 5)))
    f["scalar_fixed"] = np.bytes_(b"hello")
    space = h5py.h5t.C_S1.copy()
    space.set_size(6)
    space.set_strpad(h5py.h5t.STR_SPACEPAD)
    d = h5py.h5d.create(f.id, b"space", space, h5py.h5s.create_simple((2,)))
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"ab    ", b"c d   "], "S6"), space)
    nul = h5py.h5t.C_S1.copy()
    nul.set_size(4)
    nul.set_strpad(h5py.h5t.STR_NULLTERM)
    d = h5py.h5d.create(f.id, b"nullterm", nul, h5py.h5s.create_simple((2,)))
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"abc", b"d"], "S4"), nul)
    f.create_dataset("unwritten", (3,), dtype=h5py.string_dtype())
    # More than one global heap collection.
    many = np.array([f"node_{i:04d}" * (i % 5) for i in range(300)], dtype=object)
    f.create_dataset("many", data=many, dtype=h5py.string_dtype())
    f.create_dataset("chunked", data=many, dtype=h5py.string_dtype(), chunks=(70,), compression="gzip")


def tree(f):
    g = f
    for i in range(6):
        g = g.create_group(f"level {i}")
        g["x"] = np.float32(i)
    f.create_group("empty")
    f["hard"] = f["level 0/level 1"]
    f["soft"] = h5py.SoftLink("/level 0/level 1/x")
    f["level 0/relative"] = h5py.SoftLink("level 1/level 2")
    f["soft_to_soft"] = h5py.SoftLink("soft")
    f["dangling"] = h5py.SoftLink("/no/where")
    f["loop_a"] = h5py.SoftLink("loop_b")
    f["loop_b"] = h5py.SoftLink("loop_a")
    f["outside"] = h5py.ExternalLink("other.h5", "/x")
    f["grüße.1"] = 1
    tracked = f.create_group("tracked", track_order=True)
    for i in range(12):
        tracked[f"t{11 - i}"] = i


def many(f):
    """Two-level group B-trees, many SNODs; dense links under libver latest."""
    g = f.create_group("nodes")
    for i in range(330):
        g.create_group(f"neuron.{i:03d}")
    g = f.create_group("data")
    for i in range(310):
        g.create_dataset(f"d{i}", data=np.int16(i))
    g = f.create_group("soft")
    for i in range(20):
        g[f"s{i}"] = h5py.SoftLink(f"/data/d{i}")


def heap(f):
    """A dense group whose heap outgrows its first direct blocks."""
    x = f.create_dataset("x", data=np.int8(5))
    g = f.create_group("g")
    for i in range(3000):
        g["a_rather_long_link_name_%06d" % i] = x
    g = f.create_group("wide")  # indirect blocks within the root's
    for i in range(320):
        g["%04d" % i + "n" * 3000] = x
    g = f.create_group("huge")  # objects outside the heap's blocks
    for i in range(10):
        g["%d" % i + "h" * 6000] = x


FILTERS = {
    "plain": {},
    "gzip": {"compression": "gzip"},
    "shuffle": {"compression": "gzip", "shuffle": True},
    "fletcher": {"fletcher32": True},
    "all": {"compression": "gzip", "compression_opts": 9, "shuffle": True, "fletcher32": True},
    "lzf": {"compression": "lzf"},
    "lzf_all": {"compression": "lzf", "shuffle": True, "fletcher32": True},
}


def chunks(f):
    for name, options in FILTERS.items():
        a = ramp(13, 22).astype("<i4")
        f.create_dataset(name, data=a, chunks=(5, 8), **options)  # edges cut chunks
        f.create_dataset(name + "_single", data=a, chunks=(13, 22), **options)
        f.create_dataset(name + "_grow1", data=a, chunks=(5, 8), maxshape=(None, 22), **options)
        f.create_dataset(name + "_grow1b", data=a, chunks=(5, 8), maxshape=(40, None), **options)
        f.create_dataset(name + "_grow2", data=a, chunks=(5, 8), maxshape=(None, None), **options)
        f.create_dataset(name + "_bound", data=a, chunks=(5, 8), maxshape=(40, 61), **options)
    rng = np.random.default_rng(1)
    f.create_dataset("noise", data=rng.integers(0, 250, 40, dtype="u1"), chunks=(16,), compression="gzip")
    f.create_dataset("noise_lzf", data=rng.integers(0, 250, 100, dtype="u1"), chunks=(50,), compression="lzf")
    f.create_dataset("odd", data=ramp(7).astype("u1"), chunks=(7,), fletcher32=True)
    d = f.create_dataset("mask", (4,), dtype="i4", chunks=(2,), compression="gzip", shuffle=True)
    d.id.write_direct_chunk((0,), np.array([11, 12], "<i4").tobytes(), filter_mask=3)
    d[2:] = [13, 14]
    f.create_dataset("four", data=ramp(2, 3, 4, 5).astype("u2"), chunks=(2, 2, 3, 2), compression="gzip")
    d = f.create_dataset("shrunk", data=ramp(30).astype("u1"), chunks=(4,), maxshape=(None,))
    d.resize((13,))
    d = f.create_dataset("grown", data=ramp(10).astype("u1"), chunks=(4,), maxshape=(None,), fillvalue=7)
    d.resize((33,))


def fills(f):
    f.create_dataset("never", (3, 4), dtype=">f8", fillvalue=-1.5)
    f.create_dataset("zeros", (5,), dtype="i2")
    f.create_dataset("never_chunked", (5, 5), dtype="i4", chunks=(2, 2), fillvalue=9)
    d = f.create_dataset("sparse", (9, 9), dtype="<i4", chunks=(2, 2), fillvalue=9, compression="gzip")
    d[4, 5] = 1
    d[8, 8] = 2
    d = f.create_dataset("sparse_grow", (9, 9), dtype="<i4", chunks=(2, 2), maxshape=(None, 9), fillvalue=-9)
    d[6, 1] = 1
    d = f.create_dataset("sparse_btree", (9, 9), dtype="<i4", chunks=(2, 2), maxshape=(None, None), fillvalue=3)
    d[0, 8] = 1
    f.create_dataset("bool", (3,), dtype=bool, fillvalue=True, chunks=(2,))
    early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    early.set_chunk((3, 4))
    early.set_fill_value(np.array(6, "<i4"))
    h5py.h5d.create(f.id, b"early", h5py.h5t.STD_I32LE, h5py.h5s.create_simple((8, 9)), early)
    d = h5py.h5d.create(f.id, b"early_bound", h5py.h5t.STD_I32LE, h5py.h5s.create_simple((8, 9), (8, 30)), early)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, ramp(8, 9).astype("<i4"))
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    d = h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((4,)), compact)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1, 2, 3, 4.5], "<f4"))


def paged(f):
    """Chunk indexes of several levels: pages and super blocks."""
    d = f.create_dataset("fixed", (5000,), dtype="u1", chunks=(1,), fillvalue=3)
    d[10], d[1100], d[4999] = 1, 2, 4
    d = f.create_dataset("fixed_gzip", (3000,), dtype="u1", chunks=(1,), compression="gzip")
    d[5], d[2999] = 1, 2
    d = f.create_dataset("extensible", (9000,), dtype="u1", chunks=(1,), maxshape=(None,), fillvalue=3)
    d[0], d[3], d[4], d[20], d[70], d[400], d[5001], d[8999] = range(1, 9)
    d = f.create_dataset("btree", (60, 60), dtype="u1", chunks=(1, 1), maxshape=(None, None))
    d[...] = ramp(60, 60)
    d = f.create_dataset("btree_gzip", (30, 30), dtype="u1", chunks=(1, 1), maxshape=(None, None), compression="gzip")
    d[...] = ramp(30, 30)


def supers(f):
    """Extensible array data blocks of two and of four pages, partly written."""
    d = f.create_dataset("a", (600000,), dtype="u1", chunks=(1,), maxshape=(None,))
    for i in [131052 + k for k in (0, 1023, 1024, 2047, 2048, 5000, 70000, 100000)] + [300001, 450000, 599999]:
        d[i] = i % 200 + 1


def attributes(f):
    f.attrs["__type__"] = "NIRGraphData"
    f.attrs["dt"] = 1e-4
    f.attrs["shape"] = np.array([[1, 2], [3, 4]], ">i4")
    f.attrs["flag"] = True
    f.attrs["nothing"] = h5py.Empty("i4")
    f.attrs["names"] = ["x", "yz"]
    f.attrs["fixed"] = np.bytes_(b"abc")
    d = f.create_dataset("d", data=[1, 2])
    for i in range(20):  # dense under libver latest
        d.attrs[f"a{i:02d}"] = i
    g = f.create_group("long header")
    for i in range(6):  # continuation blocks
        g.attrs[f"text{i}"] = "x" * (50 + i)
        g[f"m{i}"] = i


def pages_of_links(f):
    """Compact links spread over continuation blocks."""
    g = f.create_group("g")
    for i in range(8):
        g["some_quite_long_name_to_fill_the_header_%d" % i] = i


def edges(f):
    """Partial chunks that skip the filters: an HDF5 setting that h5py lacks."""
    with open("/proc/self/maps") as maps:
        path = next(line.split()[-1] for line in maps if "libhdf5" in line and "_hl" not in line)
    library = ctypes.CDLL(path)
    library.H5Pset_chunk_opts.argtypes = [ctypes.c_int64, ctypes.c_uint]
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((5, 8))
    plist.set_deflate(4)
    if library.H5Pset_chunk_opts(plist.id, 2) < 0:  # H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS
        sys.exit("H5Pset_chunk_opts failed")
    endless = h5py.h5s.UNLIMITED
    for name, most in [(b"fixed", (13, 22)), (b"grow1", (endless, 22)), (b"grow2", (endless, endless))]:
        space = h5py.h5s.create_simple((13, 22), most)
        d = h5py.h5d.create(f.id, name, h5py.h5t.STD_I32LE, space, plist)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, ramp(13, 22).astype("<i4"))


def hostile(file):
    """Valid files that a reader must not follow blindly, and what it refuses."""
    with h5py.File(file, "w", libver="latest") as f:
        g = f.create_group("loop/inner")
        g["back"] = f["loop"]
        f["loop/soft"] = h5py.SoftLink("/")
        f.create_dataset("huge", (2**50,), "f4", chunks=(1024,), fillvalue=1)
        f.create_dataset("huge_late", (2**55,), "u1")
        d = f.create_dataset("bomb", (64,), "u1", chunks=(64,), compression="gzip")
        d.id.write_direct_chunk((0,), zlib.compress(bytes(4_000_000)))
        d = f.create_dataset("short", (64,), "u1", chunks=(64,), compression="gzip")
        d.id.write_direct_chunk((0,), zlib.compress(bytes(63)))
        d = f.create_dataset("rotten", (64,), "u1", chunks=(64,), compression="gzip")
        d.id.write_direct_chunk((0,), b"not a zlib stream")
        d = f.create_dataset("sum", (64,), "u1", chunks=(64,), fletcher32=True)
        d.id.write_direct_chunk((0,), bytes(64) + b"\1\2\3\4")
        d = f.create_dataset("lzf", (64,), "u1", chunks=(64,), compression="lzf")
        d.id.write_direct_chunk((0,), b"\xe0\xff\xff")
        d = f.create_dataset("lzf_bomb", (64,), "u1", chunks=(64,), compression="lzf")
        d.id.write_direct_chunk((0,), b"\0a" + b"\xe0\xff\0" * 9)
        f.create_dataset("scale", data=np.arange(100), chunks=(10,), scaleoffset=True)
        f.create_dataset("compound", data=np.zeros(2, [("a", "i4"), ("b", "f8")]))
        f.create_dataset("opaque", data=np.zeros(2, "V5"))
        f.create_dataset("reference", data=f.ref, dtype=h5py.ref_dtype)
        d = f.create_dataset("sequence", (2,), dtype=h5py.vlen_dtype("i4"))
        d[0] = [1, 2]
        f.create_dataset("external", (4,), "u1", external=[("other.raw", 0, 4)])
        layout = h5py.VirtualLayout((4,), "i4")
        layout[...] = h5py.VirtualSource("other.h5", "x", (4,))
        f.create_virtual_dataset("virtual", layout)
        f["big"] = np.array([2**64 - 1, 2**53 + 1], "u8")
        f["three"] = np.array([0, 1, 3], "i1")
        f["text"] = "x"
        # Few groups, 2^40 paths.
        child = f.create_group("paths/end")
        for i in range(40):
            g = f.create_group(f"paths/{i}")
            g["a"] = child
            g["b"] = child
            child = g


def main():
    if not (h5py.version.hdf5_version_tuple >= (1, 10, 2)):
        sys.exit("HDF5 1.10.2 or later is needed")
    make("numbers", numbers)
    make("strings", strings)
    make("tree", tree)
    make("many", many)
    make("heap", heap, ["latest"])
    make("chunks", chunks)
    make("fills", fills)
    make("paged", paged)
    make("supers", supers, ["latest"])
    make("edges", edges, ["latest"])
    make("attributes", attributes)
    make("links", pages_of_links)
    make("userblock", pages_of_links, userblock_size=1024)
    hostile("hostile.h5")
    rows = []
    for file in sorted(expected):
        objects = [json.dumps(k, ensure_ascii=False) + ": " + json.dumps(v, ensure_ascii=False) for k, v in sorted(expected[file].items())]
        rows.append(json.dumps(file) + ": {\n" + ",\n".join(objects) + "\n}")
    with open("expected.json", "w") as f:
        f.write("{\n" + ",\n".join(rows) + "\n}\n")


main()
