#!/usr/bin/env python3
"""Writes the annotated dump of specs/examples/tiny.skipgpt into specs/skipgpt-format.md.

    Scripts/hexdump_spec.py           replaces the dump in the specification
    Scripts/hexdump_spec.py --check   exits 1 if the specification has another dump
"""
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = ROOT / "specs/skipgpt-format.md"
BEGIN = "<!-- dump: made by Scripts/hexdump_spec.py -->\n"
END = "<!-- end of dump -->"
FILE = (ROOT / "specs/examples/tiny.skipgpt").read_bytes()

HEADER = [("12s", "magic"), ("H", "major version"), ("H", "minor version"), ("I", "length of the header"),
          ("I", "endian tag: 0x01020304"), ("Q", "length of the file"), ("Q", "incompatible features"),
          ("Q", "compatible features"),
          ("Q", "offset of the section table"), ("I", "sections"), ("I", "length of a section entry"),
          ("Q", "offset of the tensor table"), ("I", "tensors"), ("I", "length of a tensor entry"),
          ("Q", "end of the checksummed region"), ("I", "alignment: 2^"), ("I", "reserved"),
          ("32s", "SHA-256 of the section table"), ("32s", "SHA-256 of the tensor table"), ("32s", "root hash"),
          ("4s", "CRC-32C of the tables")]
SECTION = [("I", "kind"), ("I", "layer"), ("I", "flags"), ("I", "reserved"), ("Q", "offset"), ("Q", "length"),
           ("I", "first tensor"), ("I", "tensors"), ("Q", "first leaf"), ("Q", "leaves"), ("32s", "root hash")]
TENSOR = [("H", "role"), ("B", "element type"), ("B", "packing"), ("I", "layer"), ("I", "section"), ("I", "rank"),
          ("I", "rows"), ("I", "columns"), ("8s", "unused dimensions"), ("Q", "offset"), ("Q", "length"),
          ("Q", "first leaf"), ("I", "leaves"), ("I", "rows of a leaf")]
CONFIGURATION = [("I", "recordByteCount"), ("I", "layerRecordByteCount"), ("I", "layerCount"), ("I", "routingRule"),
                 ("H", "architecture"), ("H", "activation"), ("I", "vocabularySize"), ("I", "hiddenSize"),
                 ("I", "intermediateSize"), ("I", "attentionHeadCount"), ("I", "keyValueHeadCount"),
                 ("I", "headDimension"), ("I", "maximumPositionCount"), ("I", "flags: tied head"),
                 ("I", "beginOfTextTokenID"), ("d", "rmsNormEpsilon"), ("d", "rotaryTheta"), ("I", "rotaryScaling"),
                 ("I", "rotaryOriginalMaximumPositionCount"), ("d", "rotaryFactor"), ("d", "rotaryLowFrequencyFactor"),
                 ("d", "rotaryHighFrequencyFactor"), ("f", "embeddingScale"), ("f", "attentionScale"),
                 ("f", "attentionSoftcap"), ("f", "finalLogitSoftcap"), ("f", "routerThresholdBias"),
                 ("I", "endOfTextTokenCount"), ("I", "endOfTextTokenIDs"), ("28s", "unused places: none")]
LAYER = [("B", "attentionRouter: linear"), ("B", "mlpRouter: mlp"), ("H", "reserved"),
         ("I", "attentionRouterHiddenWidth"), ("I", "mlpRouterHiddenWidth"), ("I", "slidingWindow")]
TABLES, SECTION_SIZE, TENSOR_SIZE = 4096, 128, 96


def number(code, at):
    return struct.unpack_from("<" + code, FILE, at)[0]


def lines(at, length, note):
    """Returns lines of sixteen bytes, the first with the note."""
    dumped = []
    for start in range(at, at + length, 16):
        data = FILE[start:min(start + 16, at + length)].hex(" ")
        dumped.append(f"{start:06x}  {data:<47}  {note if start == at else ''}".rstrip())
    return dumped


def fields(at, table):
    dumped = []
    for code, name in table:
        value = number(code, at)
        if isinstance(value, bytes):
            note = name
        elif value == 0xFFFFFFFF:
            note = name + ": none"
        elif ": " in name:
            note = name + (str(value) if name.endswith("^") else "")
        else:
            note = f"{name}: {value}"
        dumped += lines(at, struct.calcsize("<" + code), note)
        at += struct.calcsize("<" + code)
    return dumped


def title(text):
    return ["", "; " + text]


def dump():
    sections = {number("I", TABLES + SECTION_SIZE * i): TABLES + SECTION_SIZE * i for i in range(number("I", 0x38))}
    tensor_table = number("Q", 0x40)
    place = {kind: (number("Q", entry + 16), number("Q", entry + 24)) for kind, entry in sections.items()}
    result = title("the header")[1:] + fields(0, HEADER) + lines(0xFFC, 4, "CRC-32C of the header")
    result += title("the section table: configuration") + fields(sections[1], SECTION)
    result += title("the section table: routers") + fields(sections[257], SECTION)
    result += title("the section table: mlp of layer 0") + fields(sections[514], SECTION)
    first = number("I", sections[257] + 32)
    result += title("the tensor table: finalNorm") + fields(tensor_table, TENSOR)
    result += title("the tensor table: attentionRouterPredictorWeight of layer 0")
    result += fields(tensor_table + TENSOR_SIZE * first, TENSOR)
    result += title("the configuration") + fields(place[1][0], CONFIGURATION)
    result += title("the configuration: layer 0") + fields(place[1][0] + 192, LAYER)
    result += title("the provenance")
    at = place[2][0]
    result += lines(at, 4, f"entries: {number('I', at)}")
    at += 4
    while at < sum(place[2]):
        key, value = number("I", at), number("I", at + 4)
        result += lines(at, 8, f"lengths of key and value: {key}, {value}")
        result += lines(at + 8, key, FILE[at + 8:at + 8 + key].decode())
        result += lines(at + 8 + key, value, FILE[at + 8 + key:at + 8 + key + value].decode())
        at += 8 + key + value
    result += title("the tokenizer") + lines(*place[3], "opaque here")
    result += title("the leaf hashes") + lines(place[4][0], 32, "SHA-256 of 00 and finalNorm")
    result += title("vectors") + lines(place[256][0], 16, "finalNorm: 1, 1, 1, 1")
    result += title("routers")
    result += lines(place[257][0], 16, "attentionRouterPredictorWeight: two rows of four")
    return "```\n" + "\n".join(result) + "\n```\n"


def main():
    text = TEXT.read_text()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    updated = text[:begin] + dump() + text[end:]
    if "--check" in sys.argv[1:]:
        sys.exit(0 if updated == text else "specs/skipgpt-format.md: the dump is not that of the example")
    TEXT.write_text(updated)


main()
