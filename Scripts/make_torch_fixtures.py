"""Makes small torch files with every form of tensor in state dicts, and the tensors that a reader must return.

    python make_torch_fixtures.py OUT_DIR [SEED_DIR]

Needs torch, numpy and safetensors. Writes NAME.pth (or .bin) and NAME.safetensors with the same tensors, contiguous and under
the same names, which a reader must return. Zip timestamps are zero, and the random bytes that torch writes (a
serialization id) depend only on the contents, so that a second run writes the same files, except in the old format,
which contains addresses. Writes inputs for the fuzz targets to SEED_DIR: torch files without checksums, and their
pickles.
"""
import argparse
import datetime
import os
import pathlib
import sys
import zipfile
from collections import Counter, OrderedDict, defaultdict, deque

import numpy
import torch
from safetensors.torch import save_file


# The pickle protocols of files in another than torch's default, 2.
PROTOCOLS = {"training-4.ckpt": 4}


def numbers(*shape, start=0):
    """Returns distinct small numbers that every float type represents exactly."""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count) % 251 + start).to(torch.float32).reshape(shape) / 4 - 16


def plain():
    """Returns the state dict of a module: ordered, with metadata."""
    torch.manual_seed(1)
    module = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.LayerNorm(4), torch.nn.Linear(4, 3, bias=False))
    return module.state_dict()


def types():
    floats = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
    integers = [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64]
    state = {str(t).removeprefix("torch."): numbers(3, 5).to(t) for t in floats}
    state |= {str(t).removeprefix("torch."): torch.arange(7).to(t) for t in integers}
    state["bool"] = torch.tensor([True, False, True])
    state["scalar"] = torch.tensor(1.5)
    state["empty"] = torch.zeros(0, 4)
    return state


def views():
    """Returns tensors that are not contiguous, or do not begin at the start of their storage."""
    matrix = numbers(24, 18)
    cube = numbers(4, 5, 6)
    return {
        "transposed": matrix.t(),
        "rows": matrix[5:11],
        "columns": matrix[:, 3:10],
        "both": matrix[2:20:3, 1:17:2],
        "column": matrix[:, 7],
        "permuted": cube.permute(2, 0, 1),
        "sliced_cube": cube[1:3, ::2, 1:],
        "channels_last": numbers(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
        "half_transposed": numbers(7, 9).to(torch.float16).t(),
        "double_columns": numbers(6, 8).to(torch.float64)[:, ::2],
    }


def shared():
    """Returns one storage under several names, as for tied embeddings."""
    embedding = numbers(10, 4)
    fused = numbers(12, 4, start=3)
    return OrderedDict(
        [("embed.weight", embedding), ("head.weight", embedding), ("q.weight", fused[:8]), ("k.weight", fused[8:])])


def parameters():
    """Returns a training checkpoint: `state_dict` with parameters, one with attributes, and other entries."""
    tagged = torch.nn.Parameter(numbers(2, 3))
    tagged.scheme = "row"
    state = {"a.weight": torch.nn.Parameter(numbers(3, 3)), "b.weight": tagged, "step": 7, "note": "kept out"}
    optimizer = {"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999)}]}
    return {"state_dict": state, "optimizer": optimizer, "epoch": 3, "device": torch.device("cpu"), "size": torch.Size([2, 3])}


def training():
    """Returns a state dict two levels deep, and values of every kind beside it and in it."""
    state = {"a.weight": numbers(3, 4), "b.weight": numbers(4, start=2), "version": torch.torch_version.TorchVersion("2.9")}
    optimizer = {"state": {0: {"step": torch.tensor(3.0), "exp_avg": numbers(2, 2)}}, "param_groups": [{"lr": 1e-3, "params": [0]}]}
    values = [
        {1, 2}, set(), frozenset(["a"]), defaultdict(list, {0: [1]}), Counter("aab"), deque([1, 2], maxlen=3), 1 << 100,
        -(1 << 70), 1 + 2j, b"\x00\xff", bytearray(b"ab"), slice(1, 2), range(3), Ellipsis, float, torch.device("cpu"),
        numpy.arange(3.0), numpy.float32(2.5), numpy.bool_(True), numpy.dtype("i8"), numpy.array(["a", "bc"]),
        pathlib.PurePosixPath("/a/b"), datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
        datetime.timedelta(1), {(0, 1): None, 0.5: True, None: 1},
    ]
    return {
        "run": {"net": state, "step": 7}, "optimizer": optimizer, "loss": torch.tensor(0.5), "values": values,
        "args": argparse.Namespace(lr=1e-3, layers=[1, 2], out=pathlib.PurePosixPath("x"))}


def logical(state):
    """Returns the tensors that a reader must return."""
    state = state.get("run", {}).get("net") or state.get("state_dict", state)
    return {k: v.detach().clone().contiguous() for k, v in state.items() if isinstance(v, torch.Tensor)}


def deflate(source, target):
    """Writes the same records compressed, as tools that repack archives do."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            fresh = zipfile.ZipInfo(info.filename)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fresh, old.read(info))


def write_seeds(cases, fixture, directory):
    """Writes files without checksums. A fuzzer cannot guess checksums, but can change these files."""
    for target in ("FuzzTorchFile", "FuzzPickle"):
        os.makedirs(os.path.join(directory, target), exist_ok=True)
    torch.serialization.set_crc32_options(False)
    for name, state in cases.items():
        path = os.path.join(directory, "FuzzTorchFile", name)
        protocol = PROTOCOLS.get(name, 2)
        torch.save(state, path, pickle_protocol=protocol)
        with open(path, "rb") as file:
            data = file.read()
        pickle = data[data.index(bytes([0x80, protocol])):]
        with open(os.path.join(directory, "FuzzPickle", name.rsplit(".", 1)[0] + ".pkl"), "wb") as file:
            file.write(pickle[:pickle.index(b"PK\x07\x08")])
    deflate(fixture, os.path.join(directory, "FuzzTorchFile", "deflated.pth"))


def main(directory, seed_directory=None):
    os.makedirs(directory, exist_ok=True)
    cases = {"plain.pth": plain(), "types.bin": types(), "views.pth": views(), "shared.pt": shared(), "parameters.pth": parameters(), "training.pth": training(),
        "training-4.ckpt": training()}
    for name, state in cases.items():
        torch.save(state, os.path.join(directory, name), pickle_protocol=PROTOCOLS.get(name, 2))
        save_file(logical(state), os.path.join(directory, name.rsplit(".", 1)[0] + ".safetensors"))
    deflate(os.path.join(directory, "views.pth"), os.path.join(directory, "views-deflated.pth"))
    torch.save(plain(), os.path.join(directory, "legacy.pth"), _use_new_zipfile_serialization=False)
    if seed_directory:
        write_seeds(cases, os.path.join(directory, "shared.pt"), seed_directory)


if __name__ == "__main__":
    main(*sys.argv[1:])
