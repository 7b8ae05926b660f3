"""Paths and scales of adapters: --lora PATH:SCALE and --lora-scaled PATH SCALE, in every order."""

import os

from common import MERGE_TOLERANCE, Row, first_line, refused, save_tiny_llama

import torch
from safetensors.torch import load_file


def _inputs(directory, names):
    """Saves a base, and an adapter in a directory of each name, and returns the path of the base."""
    from patterns import save_adapter

    save_tiny_llama(directory + "/base")
    for seed, name in enumerate(names):
        save_adapter(directory + "/base", os.path.join(directory, name), seed=seed, target_modules=["q_proj", "o_proj"])
    return directory + "/base"


def _delta(adapter):
    """What an adapter adds with scale 1, by the names of a checkpoint. alpha / r is 2."""
    tensors = load_file(adapter + "/adapter_model.safetensors")
    deltas = {}
    for name, a in tensors.items():
        if ".lora_A." in name:
            weight = name.removeprefix("base_model.model.").replace(".lora_A", "")
            deltas[weight] = 2 * tensors[name.replace("lora_A", "lora_B")].double() @ a.double()
    return deltas


def _compare(skipc, directory, base, options, scales):
    """Merges with `options` and compares with the sum of the adapters times their scales."""
    output = directory + "/merged"
    code, _, message = skipc.run("merge", base, *options, "--outtype", "f32", "-o", output)
    if code != 0:
        return Row(False, first_line(message))
    merged, worst = load_file(output + "/model.safetensors"), 0
    for name, weight in load_file(base + "/model.safetensors").items():
        expected = weight.double()
        for adapter, scale in scales:
            expected = expected + scale * _delta(adapter).get(name, 0)
        worst = max(worst, ((merged[name] - expected).norm() / expected.norm()).item())
    return Row(worst < MERGE_TOLERANCE, f"merged {worst:.1e}")


def colon_in_existing_name(directory, skipc):
    """A directory whose name ends in a colon and a number, with a directory of the rest beside it."""
    base = _inputs(directory, ["run", "run:0.5"])
    return _compare(skipc, directory, base, ["--lora", directory + "/run:0.5"], [(directory + "/run:0.5", 1)])


def scale_after_such_a_name(directory, skipc):
    """The same with a scale."""
    base = _inputs(directory, ["run", "run:0.5"])
    return _compare(skipc, directory, base, ["--lora", directory + "/run:0.5:-2"], [(directory + "/run:0.5", -2)])


def slash_before_colon(directory, skipc):
    base = _inputs(directory, ["run"])
    return _compare(skipc, directory, base, ["--lora", directory + "/run/:.25"], [(directory + "/run", 0.25)])


def exponent(directory, skipc):
    base = _inputs(directory, ["run"])
    return _compare(skipc, directory, base, ["--lora", directory + "/run:+5e-1"], [(directory + "/run", 0.5)])


def lora_scaled(directory, skipc):
    base = _inputs(directory, ["run"])
    return _compare(skipc, directory, base, ["--lora-scaled", directory + "/run", "-0.5"], [(directory + "/run", -0.5)])


def lora_scaled_with_colon(directory, skipc):
    """The form of newer versions of llama.cpp."""
    base = _inputs(directory, ["run"])
    return _compare(skipc, directory, base, ["--lora-scaled", directory + "/run:0.5"], [(directory + "/run", 0.5)])


def lora_scaled_with_colon_in_name(directory, skipc):
    base = _inputs(directory, ["12:30"])
    return _compare(skipc, directory, base, ["--lora-scaled", directory + "/12:30", "3"], [(directory + "/12:30", 3)])


def all_forms_mixed(directory, skipc):
    base = _inputs(directory, ["a", "b", "c"])
    a, b, c = (f"{directory}/{n}" for n in "abc")
    options = ["--lora-scaled", a, "0.5", "--lora", b, "--lora", c + ":-1", "--lora-scaled", b, "2"]
    return _compare(skipc, directory, base, options, [(a, 0.5), (b, 3), (c, -1)])


def _refused(pattern, *options):
    def case(directory, skipc):
        base = _inputs(directory, ["run"])
        options_here = [o.replace("RUN", directory + "/run") for o in options]
        return refused(skipc, pattern, "merge", base, *options_here, "-o", directory + "/merged")

    return case


CASES = [
    colon_in_existing_name, scale_after_such_a_name, slash_before_colon, exponent, lora_scaled, lora_scaled_with_colon,
    lora_scaled_with_colon_in_name, all_forms_mixed,
]
for name, pattern, *options in [
    ("text_after_colon", 'no such path, and "abc" is not a scale', "--lora", "RUN:abc"),
    ("trailing_colon", "no scale after the colon", "--lora", "RUN:"),
    ("not_a_number", '"nan" is not a scale', "--lora", "RUN:nan"),
    ("infinite", '"inf" is not a scale', "--lora-scaled", "RUN", "inf"),
    ("too_large", "at most 1000000", "--lora", "RUN:1e7"),
    ("neither_exists", 'neither ".*other:0.5" nor ".*other"', "--lora", "RUN.other:0.5"),
    ("several_colons", 'neither ".*:0.5:0.5" nor ".*:0.5"', "--lora", "RUN:0.5:0.5"),
    ("drive_letter", 'neither "C:0.5" nor "C"', "--lora", "C:0.5"),
    ("missing_scale", "write --lora-scaled PATH SCALE", "--lora-scaled", "RUN"),
    ("missing_scale_before_option", "write --lora-scaled PATH SCALE", "--lora-scaled", "RUN", "--lora", "RUN"),
]:
    case = _refused(pattern, *options)
    case.__name__ = name
    CASES.append(case)
