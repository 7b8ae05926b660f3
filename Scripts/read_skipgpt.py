#!/usr/bin/env python3
"""Reads a .skipgpt file: prints its contents and checks the rules of specs/skipgpt-format.md.

An independent reader, written from the specification only, which shows that the text is sufficient. Section numbers are
those of the text.

    Scripts/read_skipgpt.py FILE [--tensors]
    Scripts/read_skipgpt.py FILE --row TENSOR ROW     prints a row: layers.0.upProjection 5
"""
import hashlib
import math
import re
import struct
import sys

NONE = 0xFFFFFFFF
SECTIONS = {1: "configuration", 2: "provenance", 3: "tokenizer", 4: "leafHashes", 5: "figures", 256: "vectors",
            257: "routers", 258: "tokenEmbedding", 259: "outputHead", 512: "keyValue", 513: "attention", 514: "mlp"}
TYPES = {1: ("float32", 4), 2: ("float16", 2), 3: ("bfloat16", 2), 4: ("int8", 1)}
INT8 = 4
# §5: role: name, section kind, shape in terms of the configuration (None: this model has no such tensor)
ROLES = {
    1: ("tokenEmbedding", 258, lambda c, r: (c["vocabularySize"], c["hiddenSize"])),
    2: ("outputHead", 259, lambda c, r: None if c["flags"] & 1 else (c["vocabularySize"], c["hiddenSize"])),
    3: ("finalNorm", 256, lambda c, r: (c["hiddenSize"],)),
    16: ("attentionInputNorm", 256, lambda c, r: (c["hiddenSize"],)),
    17: ("mlpInputNorm", 256, lambda c, r: (c["hiddenSize"],)),
    32: ("queryProjection", 513, lambda c, r: (c["queryWidth"], c["hiddenSize"])),
    33: ("keyProjection", 512, lambda c, r: (c["keyValueWidth"], c["hiddenSize"])),
    34: ("valueProjection", 512, lambda c, r: (c["keyValueWidth"], c["hiddenSize"])),
    35: ("attentionOutputProjection", 513, lambda c, r: (c["hiddenSize"], c["queryWidth"])),
    36: ("queryBias", 256, lambda c, r: (c["queryWidth"],)),
    37: ("keyBias", 256, lambda c, r: (c["keyValueWidth"],)),
    38: ("valueBias", 256, lambda c, r: (c["keyValueWidth"],)),
    39: ("attentionOutputBias", 256, lambda c, r: (c["hiddenSize"],)),
    48: ("gateProjection", 514, lambda c, r: (c["intermediateSize"], c["hiddenSize"])),
    49: ("upProjection", 514, lambda c, r: (c["intermediateSize"], c["hiddenSize"])),
    50: ("downProjection", 514, lambda c, r: (c["hiddenSize"], c["intermediateSize"])),
    51: ("gateBias", 256, lambda c, r: (c["intermediateSize"],)),
    52: ("upBias", 256, lambda c, r: (c["intermediateSize"],)),
    53: ("downBias", 256, lambda c, r: (c["hiddenSize"],)),
}
for first, module in ((64, "attention"), (68, "mlp")):
    ROLES[first] = (module + "RouterHiddenWeight", 257, lambda c, r: (r[1], c["hiddenSize"]) if r[0] == 2 else None)
    ROLES[first + 1] = (module + "RouterHiddenBias", 257, lambda c, r: (r[1],) if r[0] == 2 else None)
    ROLES[first + 2] = (module + "RouterPredictorWeight", 257,
                        lambda c, r: {0: None, 1: (2, c["hiddenSize"]), 2: (2, r[1])}[r[0]])
    ROLES[first + 3] = (module + "RouterPredictorBias", 257, lambda c, r: (2,) if r[0] else None)
OPTIONAL = {36, 37, 38, 39, 51, 52, 53, 67, 71}
CONFIGURATION = (("recordByteCount layerRecordByteCount layerCount routingRule", "4I"),
                 ("architecture activation", "2H"),
                 ("vocabularySize hiddenSize intermediateSize attentionHeadCount keyValueHeadCount headDimension "
                  "maximumPositionCount flags beginOfTextTokenID", "9I"),
                 ("rmsNormEpsilon rotaryTheta", "2d"), ("rotaryScaling rotaryOriginalMaximumPositionCount", "2I"),
                 ("rotaryFactor rotaryLowFrequencyFactor rotaryHighFrequencyFactor", "3d"),
                 ("embeddingScale attentionScale attentionSoftcap finalLogitSoftcap routerThresholdBias", "5f"),
                 ("endOfTextTokenCount", "I"))


def check(condition, rule, what=""):
    if not condition:
        sys.exit(f"broken: SK-{rule:02} {what}")


def up(offset, alignment):
    return -(-offset // alignment) * alignment


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sha(data):
    return hashlib.sha256(data).digest()


def root(hashes):
    while len(hashes) > 1:
        pairs = [sha(b"\1" + hashes[i] + hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + (hashes[-1:] if len(hashes) % 2 else [])
    return hashes[0]


def read_header(file):
    check(len(file) >= 4096, 2)
    check(file[:12] == bytes.fromhex("89534B49504750540D0A1A0A"), 3)
    major, minor, length, tag = struct.unpack_from("<HHII", file, 12)
    check(tag == 0x01020304, 4)
    check(major == 1, 5, f"version {major}")
    check(length == 4096, 6)
    check(crc32c(file[:0xFFC]) == struct.unpack_from("<I", file, 0xFFC)[0], 7)
    file_length, incompatible, compatible, sections_at, sections, section_length, tensors_at, tensors, tensor_length, \
        end, log2, reserved = struct.unpack_from("<QQQQIIQIIQII", file, 0x18)
    check(file_length == len(file), 8, f"{len(file)} bytes, {file_length} stated")
    check(incompatible == 0, 9)
    check(compatible == 0 or minor > 0, 10)
    check(12 <= log2 <= 16, 11)
    check(reserved == 0 and not any(file[0xC4:0xFFC]), 12)
    check(sections_at == 4096 and section_length == 128 and sections >= 2, 13)
    check(tensors_at == 4096 + 128 * sections and tensor_length == 96 and tensors >= 1, 14)
    check(tensors_at + 96 * tensors <= end <= len(file), 15)
    check(crc32c(file[4096:end]) == struct.unpack_from("<I", file, 0xC0)[0], 16)
    check(sha(file[4096:tensors_at]) == file[0x60:0x80], 90)
    check(sha(file[tensors_at:tensors_at + 96 * tensors]) == file[0x80:0xA0], 91)
    check(sha(b"skipgpt-root-v1\0" + file[:0xA0]) == file[0xA0:0xC0], 92)
    return minor, sections, tensors_at, tensors, end, 1 << log2


def read_sections(file, minor, count, end, alignment, tensor_count):
    sections, next_tensor, next_leaf = [], 0, 0
    for index in range(count):
        kind, layer, flags, reserved, offset, length, tensor, tensors, leaf, leaves = struct.unpack_from(
            "<IIIIQQIIQQ", file, 4096 + 128 * index)
        known = kind in SECTIONS
        check(known or (minor > 0 and flags == 0 and 0 < kind < 256), 20, f"kind {kind}")
        check((kind >= 512) == (layer != NONE), 21)
        check(flags == (1 if known and kind not in (2, 5) else 0), 24)
        padding = up(end, 64 if kind < 256 else alignment)
        check(offset == padding, 25)
        check(0 < length <= len(file) - offset, 26)
        check(not any(file[end:offset]), 31)
        entry = file[4096 + 128 * index:4096 + 128 * (index + 1)]
        check(reserved == 0 and not any(entry[88:]), 29)
        check(tensor == next_tensor and (tensors > 0) == (kind >= 256), 27)
        check(leaf == next_leaf and (leaves > 0) == (kind >= 256), 28)
        next_tensor, next_leaf = tensor + tensors, leaf + leaves
        sections.append(dict(kind=kind, layer=layer, offset=offset, length=length, tensor=tensor, tensors=tensors,
                             leaf=leaf, leaves=leaves, root=entry[56:88]))
        end = offset + length
    order = [(-1 if s["layer"] == NONE else s["layer"], s["kind"]) for s in sections]
    check(order == sorted(set(order)), 22)
    check(next_tensor == tensor_count, 27)
    check(sections[0]["kind"] == 1 and any(s["kind"] == 4 for s in sections), 23)
    check(up(end, alignment) == len(file) and not any(file[end:]), 30)
    return sections


def check_configuration(c, layers):
    """§6: checks the values of the configuration."""
    check(c["routingRule"] == 1, 42)
    check(c["architecture"] == 1, 43)
    check(c["activation"] in (1, 2), 44)
    for name, most, rule in (("vocabularySize", 1 << 22, 45), ("hiddenSize", 1 << 20, 45),
                             ("intermediateSize", 1 << 22, 45), ("maximumPositionCount", (1 << 31) - 1, 45),
                             ("attentionHeadCount", 4096, 46), ("keyValueHeadCount", c["attentionHeadCount"], 46)):
        check(1 <= c[name] <= most, rule, name)
    check(c["attentionHeadCount"] % c["keyValueHeadCount"] == 0, 46)
    check(2 <= c["headDimension"] <= 4096 and c["headDimension"] % 2 == 0, 47)
    scaling = c["rotaryScaling"]
    check(scaling <= 2, 49)
    factors = ["rotaryFactor", "rotaryLowFrequencyFactor", "rotaryHighFrequencyFactor"]
    used = (0, 1, 3)[scaling]
    positive = ["rmsNormEpsilon", "rotaryTheta", "embeddingScale", "attentionScale"] + factors[:used]
    check(all(0 < c[name] < math.inf for name in positive), 48)
    check(used < 3 or c[factors[1]] < c[factors[2]], 48)
    for name in ("attentionSoftcap", "finalLogitSoftcap"):
        check(0 <= c[name] < math.inf and math.copysign(1, c[name]) > 0, 48)
    bias = c["routerThresholdBias"]
    check(math.isfinite(bias) and (bias != 0 or math.copysign(1, bias) > 0), 48)
    original = c["rotaryOriginalMaximumPositionCount"]
    check(1 <= original < 1 << 31 if used == 3 else original == 0, 45 if used == 3 else 53)
    check(all(struct.pack("<d", c[name]) == bytes(8) for name in factors[used:]) and c["flags"] <= 1, 53)
    check(c["beginOfTextTokenID"] < c["vocabularySize"] or c["beginOfTextTokenID"] == NONE, 50)
    ends = c["endOfTextTokenIDs"]
    check(ends == sorted(set(ends)) and all(token < c["vocabularySize"] for token in ends), 50)
    for attention, mlp, window in layers:
        for kind, width in (attention, mlp):
            check(kind <= 2, 51)
            check(1 <= width <= 1 << 20 if kind == 2 else width == 0, 54)
        check(window < 1 << 31, 52)


def read_configuration(data):
    configuration, at = {}, 0
    for names, code in CONFIGURATION:
        configuration.update(zip(names.split(), struct.unpack_from("<" + code, data, at)))
        at += struct.calcsize("<" + code)
    check(configuration["recordByteCount"] == 192 and configuration["layerRecordByteCount"] == 32, 40)
    check(1 <= configuration["layerCount"] <= 4096, 41)
    check(len(data) == 192 + 32 * configuration["layerCount"], 40)
    ends = struct.unpack_from("<8I", data, at)
    check(configuration["endOfTextTokenCount"] <= 8, 50)
    check(all(token == NONE for token in ends[configuration["endOfTextTokenCount"]:]) and not any(data[160:192]),
          50 if not any(data[160:192]) else 53)
    configuration["endOfTextTokenIDs"] = list(ends[:configuration["endOfTextTokenCount"]])
    configuration["queryWidth"] = configuration["attentionHeadCount"] * configuration["headDimension"]
    configuration["keyValueWidth"] = configuration["keyValueHeadCount"] * configuration["headDimension"]
    layers = []
    for index in range(configuration["layerCount"]):
        start = 192 + 32 * index
        attention, mlp, reserved, attention_width, mlp_width, window = struct.unpack_from("<BBHIII", data, start)
        check(reserved == 0 and not any(data[start + 16:start + 32]), 53)
        layers.append(((attention, attention_width), (mlp, mlp_width), window))
    check_configuration(configuration, layers)
    return configuration, layers


def record_length(columns, group):
    """§5: returns the number of bytes of a record and the offset of its scales."""
    scales = 64 * -(-columns // 4)
    return up(scales + 32 * -(-columns // (group or columns)), 64), scales


def bfloat16(data, at):
    return struct.unpack("<f", b"\0\0" + data[at:at + 2])[0]


def unpack_row(file, tensor, row):
    """Returns the weights of a row: value times scale (§5), or the elements."""
    columns, start = tensor["shape"][-1], tensor["offset"]
    if tensor["type"] == "int8":
        group = tensor["group"] or columns
        record, scales = record_length(columns, tensor["group"])
        start += record * (row // 16)
        places = [start + 64 * (c // 4) + 4 * (row % 16) + c % 4 for c in range(columns)]
        values = [struct.unpack_from("<b", file, place)[0] for place in places]
        return [v * bfloat16(file, start + scales + 32 * (c // group) + 2 * (row % 16)) for c, v in enumerate(values)]
    if tensor["type"] == "bfloat16":
        return [bfloat16(file, start + 2 * (row * columns + c)) for c in range(columns)]
    code, width = ("f", 4) if tensor["type"] == "float32" else ("e", 2)
    return list(struct.unpack_from(f"<{columns}{code}", file, start + row * columns * width))


def check_records(file, tensor):
    """§5: checks the contents of int8 records."""
    rows, columns = tensor["shape"]
    record, scales = record_length(columns, tensor["group"])
    group = tensor["group"] or columns
    for start in range(tensor["offset"], tensor["offset"] + tensor["length"], record):
        count = min(16, rows - (start - tensor["offset"]) // record * 16)
        data, used = file[start:start + record], bytearray(record)
        for row in range(count):
            for first in range(0, columns, group):
                at = scales + 32 * (first // group) + 2 * row
                used[at:at + 2] = b"\1\1"
                check(struct.unpack_from("<H", data, at)[0] < 0x7F80, 77, tensor["name"])
                places = [64 * (c // 4) + 4 * row + c % 4 for c in range(first, min(first + group, columns))]
                for place in places:
                    used[place] = 1
                check(all(data[place] != 0x80 for place in places), 78, tensor["name"])
                check(any(data[at:at + 2]) or not any(data[place] for place in places), 78, tensor["name"])
        check(not any(byte for byte, is_used in zip(data, used) if not is_used), 76, tensor["name"])


def read_figures(data, tensors):
    """§8: returns the figures of each int8 tensor."""
    check(len(data) == 24 * len(tensors), 83)
    figures = struct.unpack(f"<{3 * len(tensors)}d", data)
    check(all(math.isfinite(f) and math.copysign(1, f) > 0 for f in figures), 83)
    return [figures[i:i + 3] for i in range(0, len(figures), 3)]


def read_tensors(file, at, count, sections, configuration, layers):
    tensors, leaf, previous, order = [], 0, None, (-1,)
    for index in range(count):
        role, kind, packing, layer, section, rank, *rest = struct.unpack_from("<HBBIII4IQQQII", file, at + 96 * index)
        dimensions, (offset, length, first, leaves, rows) = tuple(rest[:rank]), rest[4:]
        check(role in ROLES, 60, f"role {role}")
        name, section_kind, shape = ROLES[role]
        check((role >= 16) == (layer != NONE) and (layer == NONE or layer < len(layers)), 61)
        check(order < (section, -1 if layer == NONE else layer, role), 62)
        order = (section, -1 if layer == NONE else layer, role)
        check(kind in TYPES, 63, f"type {kind}")
        check(packing in (0, 1), 64)
        check((packing == 1) == (kind == INT8), 74)
        check(not any(rest[rank:4]) and not any(file[at + 96 * index + 68:at + 96 * (index + 1)]), 65)
        router = (0, 0) if layer == NONE else layers[layer][1 if role >= 68 else 0]
        check(dimensions == shape(configuration, router), 66, f"{name} {dimensions}")
        check(kind == 1 or not (section_kind == 256 or role in (65, 67, 69, 71)), 67)
        where = sections[section]
        check(where["kind"] == section_kind and where["layer"] in (layer, NONE)
              and where["tensor"] <= index < where["tensor"] + where["tensors"], 68)
        check(offset == (where["offset"] if index == where["tensor"] else up(previous, 64)), 69)
        group = struct.unpack_from("<I", file, at + 96 * index + 64)[0]
        check(group == 0 or (kind == INT8 and group % 4 == 0 and group < dimensions[-1]), 75)
        block = 16 if kind == INT8 else 1  # rows that are stored together
        row = record_length(dimensions[-1], group)[0] if kind == INT8 else dimensions[-1] * TYPES[kind][1]
        row_count = dimensions[0] if rank == 2 else 1
        check(length == row * -(-row_count // block), 70)
        if index + 1 == where["tensor"] + where["tensors"]:
            check(offset + length == where["offset"] + where["length"], 70)
            check(leaf + leaves == where["leaf"] + where["leaves"], 28)
        check(rows == block * max(1, (1 << 20) // row) and leaves == -(-row_count // rows) and first == leaf, 71)
        check(index == where["tensor"] or not any(file[previous:offset]), 31)
        leaf, previous = leaf + leaves, offset + length
        tensors.append(dict(role=role, name=name, layer=layer, type=TYPES[kind][0], shape=dimensions, offset=offset,
                            length=length, leaf_length=rows // block * row, group=group))
    present = [(t["role"], t["layer"]) for t in tensors]
    for role, (name, _, shape) in ROLES.items():
        for layer in range(len(layers)) if role >= 16 else [NONE]:
            router = (0, 0) if layer == NONE else layers[layer][1 if role >= 68 else 0]
            needed = role not in OPTIONAL and shape(configuration, router) is not None
            check((role, layer) in present or not needed, 72, name)
    return tensors


def check_hashes(file, sections, tensors):
    table = next(s for s in sections if s["kind"] == 4)
    hashes = []
    for tensor in tensors:
        for start in range(0, tensor["length"], tensor["leaf_length"]):
            end = min(start + tensor["leaf_length"], tensor["length"])
            hashes.append(sha(b"\0" + file[tensor["offset"] + start:tensor["offset"] + end]))
    check(table["length"] == 32 * len(hashes), 73)
    for index, value in enumerate(hashes):
        stated = file[table["offset"] + 32 * index:table["offset"] + 32 * (index + 1)]
        check(value == stated, 94, f"leaf {index}")
    for section in sections:
        data = file[section["offset"]:section["offset"] + section["length"]]
        if section["kind"] < 256:
            blocks = [sha(b"\0" + data[i:i + (1 << 20)]) for i in range(0, len(data), 1 << 20)]
            check(root(blocks) == section["root"], 93, SECTIONS.get(section["kind"], ""))
        else:
            leaves = hashes[section["leaf"]:section["leaf"] + section["leaves"]]
            check(root(leaves) == section["root"], 95, SECTIONS[section["kind"]])


def read_provenance(data):
    count, at, entries = struct.unpack_from("<I", data)[0], 4, []
    check(count > 0, 80)
    for _ in range(count):
        check(len(data) - at >= 8, 80)
        key, value = struct.unpack_from("<II", data, at)
        check(key + value <= len(data) - at - 8, 80)
        name, text = data[at + 8:at + 8 + key], data[at + 8 + key:at + 8 + key + value]
        check(re.fullmatch(rb"[a-z0-9.-]{1,128}", name), 81)
        check(value <= 65535 and text.decode(errors="ignore").encode() == text, 82)
        entries.append((name.decode(), text.decode()))
        at += 8 + key + value
    check(at == len(data), 80)
    check([e[0] for e in entries] == sorted({e[0] for e in entries}), 81)
    return entries


def main():
    with open(sys.argv[1], "rb") as source:
        file = source.read()
    minor, section_count, tensors_at, tensor_count, end, alignment = read_header(file)
    sections = read_sections(file, minor, section_count, tensors_at + 96 * tensor_count, alignment, tensor_count)
    data = {s["kind"]: file[s["offset"]:s["offset"] + s["length"]] for s in sections if s["kind"] < 256}
    configuration, layers = read_configuration(data[1])
    tensors = read_tensors(file, tensors_at, tensor_count, sections, configuration, layers)
    check_hashes(file, sections, tensors)
    provenance = read_provenance(data[2]) if 2 in data else []
    quantized = [tensor for tensor in tensors if tensor["type"] == "int8"]
    figures = read_figures(data.get(5, b""), quantized)
    for tensor in quantized:
        check_records(file, tensor)
    if "--row" in sys.argv:
        name, row = sys.argv[-2], int(sys.argv[-1])
        tensor = next(t for t in tensors if name == t["name"] or name == f"layers.{t['layer']}.{t['name']}")
        print(*unpack_row(file, tensor, row))
        return
    print(f"version 1.{minor}, {len(file)} bytes, aligned to {alignment}, root hash {file[0xA0:0xC0].hex()}")
    for key, value in configuration.items():
        print(f"  {key} = {value}")
    for index, (attention, mlp, window) in enumerate(layers):
        print(f"  layer {index}: attention router {attention}, mlp router {mlp}, sliding window {window or None}")
    for key, value in provenance:
        print(f"  {key} = {value}")
    check(end == max(s["offset"] + s["length"] for s in sections if s["kind"] <= 2), 15)
    for section in sections:
        layer = "" if section["layer"] == NONE else f" of layer {section['layer']}"
        print(f"section {SECTIONS.get(section['kind'], section['kind'])}{layer}: {section['length']} bytes at "
              f"{section['offset']}, {section['tensors']} tensors, {section['leaves']} leaves")
    if "--tensors" in sys.argv:
        for tensor in tensors:
            layer = "" if tensor["layer"] == NONE else f"layer {tensor['layer']} "
            print(f"tensor {layer}{tensor['name']}: {tensor['type']} {list(tensor['shape'])} at {tensor['offset']}")
        for tensor, (weights, errors, largest) in zip(quantized, figures):
            error = math.sqrt(errors / weights) if errors else 0
            layer = "" if tensor["layer"] == NONE else f"layer {tensor['layer']} "
            print(f"figures of {layer}{tensor['name']}: relative error {error:.6f}, largest {largest:.6g}")
    print("sound")


main()
