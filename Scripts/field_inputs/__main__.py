"""python3 Scripts/field_inputs SKIPC [KIND ...]

Makes small inputs of the kinds that users bring, and compares what skipc does with Transformers and PEFT. Prints a row for
each input. The exit code is the number of rows that are not ok. Needs torch, transformers 5, peft and safetensors.
"""

import importlib
import os
import pkgutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import common


def main():
    skipc, kinds = common.Skipc(sys.argv[1]), sys.argv[2:]
    names = sorted(m.name for m in pkgutil.iter_modules([HERE]) if m.name not in ("common", "__main__"))
    failures = 0
    for name in names:
        if kinds and name not in kinds:
            continue
        for case in importlib.import_module(name).CASES:
            with tempfile.TemporaryDirectory() as directory:
                row = case(directory, skipc)
            failures += not row.ok
            print(f"{name:14s} {case.__name__:40s} {'ok' if row.ok else 'FAIL':4s} {row.text}", flush=True)
    sys.exit(failures)


if __name__ == "__main__":
    main()
