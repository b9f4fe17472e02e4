"""Writes a wheel of the package with the program inside, the same bytes from the same input.

    python3 build_wheel.py --binary ../bin/adder --platform linux/amd64 --version 0.1.0 --out dist

No tool beyond Python itself is needed: a wheel is an archive with three files of text.
"""

import argparse
import base64
import hashlib
import os
import stat
import zipfile

# By GOOS/GOARCH. The program is linked statically, so that any libc will do; the go command says
# which macOS it supports.
PLATFORMS = {
    "linux/amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "darwin/amd64": "macosx_12_0_x86_64",
    "darwin/arm64": "macosx_12_0_arm64",
    "windows/amd64": "win_amd64",
}
NAME = "adder_neuro"
HERE = os.path.dirname(os.path.abspath(__file__))

METADATA = """Metadata-Version: 2.1
Name: adder-neuro
Version: {version}
Summary: Compile trained networks for neuromorphic chips, emulate them, price them
License: Apache-2.0
Requires-Python: >=3.9
Requires-Dist: numpy
Provides-Extra: pandas
Requires-Dist: pandas; extra == "pandas"
Description-Content-Type: text/markdown

{readme}"""


def digest(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--binary", required=True)
    p.add_argument("--platform", required=True, choices=sorted(PLATFORMS))
    p.add_argument("--version", required=True)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    tags = PLATFORMS[a.platform]
    info = f"{NAME}-{a.version}.dist-info"
    read = lambda *path: open(os.path.join(HERE, *path), "rb").read()  # noqa: E731
    files = {f"adder/{f}": read("adder", f) for f in sorted(os.listdir(os.path.join(HERE, "adder")))
             if f.endswith(".py") or f == "py.typed"}
    program = "adder/bin/adder" + (".exe" if a.platform.startswith("windows") else "")
    with open(a.binary, "rb") as f:
        files[program] = f.read()
    files[f"{info}/METADATA"] = METADATA.format(version=a.version, readme=read("README.md").decode()).encode()
    files[f"{info}/WHEEL"] = ("Wheel-Version: 1.0\nGenerator: adder\nRoot-Is-Purelib: false\n" + "".join(
        f"Tag: py3-none-{t}\n" for t in tags.split("."))).encode()
    files[f"{info}/LICENSE"] = read("..", "LICENSE")
    files[f"{info}/THIRD-PARTY-NOTICES"] = read("..", "THIRD-PARTY-NOTICES")
    record = "".join(f"{name},{digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    os.makedirs(a.out, exist_ok=True)
    path = os.path.join(a.out, f"{NAME}-{a.version}-py3-none-{tags}.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            # Installers make a file executable only where it is said to be a regular file, too.
            entry.external_attr = (stat.S_IFREG | (0o755 if name == program else 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(entry, data)
    print(path)


if __name__ == "__main__":
    main()
