#!/usr/bin/env python3
"""Reads a .skipz package, written from specs/skipz-format.md and specs/skipgpt-format.md alone.

    read_skipz.py PACKAGE [--base OLD.skipgpt] [-o OUT.skipgpt]

Checks the package, restores its file and checks every hash. Needs the Python package `zstandard` or the program `zstd`.
"""
import argparse
import hashlib
import struct
import subprocess
import sys

try:
    import zstandard
except ImportError:
    zstandard = None

PLANES = {1: 1, 2: 2, 3: 4, 4: 3}
WIDTHS = {1: 4, 2: 2, 3: 2}
ENCODINGS = {1: 3, 2: 2, 3: 2, 4: 4}  # of element types


def check(is_true, rule, detail=""):
    if not is_true:
        sys.exit(f"SZ-{rule:02}: {detail}")


def crc32c(data):
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def up(value, alignment):
    return -(-value // alignment) * alignment


def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


def root(hashes):
    while len(hashes) > 1:
        pairs = [hashlib.sha256(b"\1" + b"".join(hashes[i:i + 2])).digest() if i + 1 < len(hashes) else hashes[i]
                 for i in range(0, len(hashes), 2)]
        hashes = pairs
    return hashes[0]


def read_header(package):
    check(len(package) >= 256, 2)
    check(package[:12] == bytes.fromhex("89534B49505A53540D0A1A0A"), 3)
    major, minor, length, endian, size, incompatible, compatible, file_length, front = struct.unpack_from(
        "<HHIIQQQQQ", package, 12)
    entries, blocks, front_blocks, part, parts, index_crc = struct.unpack_from("<6I", package, 0x40)
    check(endian == 0x01020304, 4)
    check(major == 1, 5)
    check(length == 256, 6)
    check(crc32c(package[:252]) == struct.unpack_from("<I", package, 252)[0], 7)
    check(incompatible == 0, 8)
    check(minor > 0 or compatible == 0, 9)
    check(not any(package[0x58:0x60]) and not any(package[0xA0:0xFC]), 10)
    check(size == len(package), 11, f"{len(package)} of {size} bytes")
    check(1 <= part <= parts <= 99999, 12)
    check(package[0x60:0x80] != package[0x80:0xA0], 13)
    check(4096 <= file_length <= 1 << 56, 14)
    check(1 <= entries <= blocks and 256 + 17 * entries <= size, 20)
    return dict(size=size, file_length=file_length, front=front, entries=entries, blocks=blocks, part=part, parts=parts,
                front_blocks=front_blocks, index_crc=index_crc, root=package[0x60:0x80], base=package[0x80:0xA0])


def read_index(package, header):
    end = 256 + 16 * header["entries"]
    index, entries, last = package[256:end], {}, -1
    check(crc32c(index) == header["index_crc"], 21)
    for at in range(0, len(index), 16):
        block, stored, raw, encoding = struct.unpack_from("<IIIB", index, at)
        check(last < block < header["blocks"], 22)
        check(encoding <= 4, 23)
        check(0 < stored and (stored == raw if encoding == 0 else stored < raw), 24)
        check(not any(index[at + 13:at + 16]), 25)
        entries[block] = (end, stored, raw, encoding)
        last, end = block, end + stored
    check(end == header["size"], 11)
    front = [block for block in entries if block < header["front_blocks"]]
    first_weight = [entries[block][0] for block in entries if block >= header["front_blocks"]]
    check(header["front"] == (first_weight[0] if first_weight else end), 27)
    check(header["part"] == 1, 60, "give the first part")
    check(0 in entries and (len(front) == header["front_blocks"] or any(header["base"])), 26)
    check(all(entries[block][2] <= (34 << 20 if block == 0 else 1 << 20) for block in front)
          and sum(entries[block][2] for block in front) <= 1 << 27, 28)
    check(all(entries[block][3] <= 1 for block in front), 29)
    return entries


def decompress(frame, length, block):
    check(frame[:4] == b"\x28\xB5\x2F\xFD", 42, f"block {block}")
    try:
        if zstandard:
            parameters = zstandard.get_frame_parameters(frame)
            check(parameters.content_size == length and parameters.dict_id == 0, 42, f"block {block}")
            decoder = zstandard.ZstdDecompressor().decompressobj()
            plane = decoder.decompress(frame)
            check(not decoder.unused_data, 42, f"block {block}")
        else:
            plane = subprocess.run(["zstd", "-dcq"], input=frame, capture_output=True, check=True).stdout
    except Exception as error:  # pylint: disable=broad-except
        sys.exit(f"SZ-43: block {block}: {error}")
    check(len(plane) == length, 43, f"block {block}")
    return plane


def rotate_right(data, width):
    """Rotates the elements of `width` bytes right by one bit."""
    number, bits, count = int.from_bytes(data, "little"), 8 * width, len(data) // width
    ones = int.from_bytes((b"\1" + bytes(width - 1)) * count, "little")
    low = number & ones
    return ((number ^ low) >> 1 | low << bits - 1).to_bytes(len(data), "little")


def join(planes):
    """Puts the bytes of elements together."""
    data = bytearray(sum(map(len, planes)))
    for index, plane in enumerate(planes):
        data[index::len(planes)] = plane
    return rotate_right(bytes(data), len(planes))


def decode(package, entry, block, record=0, values=0):
    at, stored, raw, encoding = entry
    data = package[at:at + stored]
    if encoding == 0:
        return data
    count = PLANES[encoding]
    rest = raw // record * (record - values) // 2 if encoding == 4 else 0
    lengths = [raw - 2 * rest, rest, rest] if encoding == 4 else [raw // count] * count
    check(stored >= 4 * count, 41, f"block {block}")
    stored_lengths = struct.unpack_from(f"<{count}I", data)
    check(4 * count + sum(stored_lengths) == stored and all(map(int.__le__, stored_lengths, lengths)), 41)
    planes, at = [], 4 * count
    for length, plane in zip(stored_lengths, lengths):
        part = data[at:at + length]
        planes.append(part if length == plane else decompress(part, plane, block))
        at += length
    if encoding == 1:
        return planes[0]
    if encoding < 4:
        return join(planes)
    scales = join(planes[1:])
    return b"".join(planes[0][i * values:(i + 1) * values] + scales[i * (record - values):(i + 1) * (record - values)]
                    for i in range(raw // record))


def sections_and_tensors(tables):
    """Returns the sections (kind, offset, length, root) and the tensors (leaves, record, values, encoding)."""
    section_count, tensor_count = struct.unpack_from("<I", tables, 0x38)[0], struct.unpack_from("<I", tables, 0x48)[0]
    check(len(tables) == 4096 + 128 * section_count + 96 * tensor_count, 32)
    sections, tensors = [], []
    for at in range(4096, 4096 + 128 * section_count, 128):
        kind, offset, length = struct.unpack_from("<I12xQQ", tables, at)
        sections.append((kind, offset, length, tables[at + 56:at + 88]))
    for at in range(4096 + 128 * section_count, len(tables), 96):
        kind, rank, rows, columns = tables[at + 2], *struct.unpack_from("<3I", tables, at + 12)
        offset, length, _, leaves, leaf_rows, group = struct.unpack_from("<QQQIII", tables, at + 32)
        rows, columns = (1, rows) if rank == 1 else (rows, columns)
        if kind == 4:
            values = 64 * -(-columns // 4)
            record = up(values + 32 * -(-columns // (group or columns)), 64)
            leaf = leaf_rows // 16 * record
        else:
            values, record = 0, columns * WIDTHS[kind]
            leaf = leaf_rows * record
        places = [(start, min(start + leaf, offset + length)) for start in range(offset, offset + length, leaf)]
        check(len(places) == leaves, 33)
        tensors.append((places, record, values, ENCODINGS[kind]))
    return sections, tensors


def front_places(sections, tables):
    places, tokenizer = [(0, len(tables))], []
    for kind, offset, length, _ in sections:
        if kind < 256:
            pieces = [(start, min(start + (1 << 20), offset + length))
                      for start in range(offset, offset + length, 1 << 20)]
            if kind == 3:
                tokenizer = list(range(len(places), len(places) + len(pieces)))
            places += pieces
    return places, tokenizer


def base_leaves(base):
    """Returns the leaves of a .skipgpt file by their hashes, and its sections."""
    tables_end = struct.unpack_from("<Q", base, 0x40)[0] + 96 * struct.unpack_from("<I", base, 0x48)[0]
    sections, tensors = sections_and_tensors(base[:tables_end])
    leaves = {leaf_hash(base[start:end]): base[start:end] for tensor in tensors for start, end in tensor[0]}
    return leaves, sections


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("package")
    parser.add_argument("--base")
    parser.add_argument("-o", "--output")
    arguments = parser.parse_args()
    with open(arguments.package, "rb") as source:
        package = source.read()
    header = read_header(package)
    check(header["parts"] == 1, 60, "this reader reads packages of one part")
    entries = read_index(package, header)
    base, leaves_of_base, base_sections = b"", {}, []
    check(any(header["base"]) == bool(arguments.base), 50)
    if arguments.base:
        with open(arguments.base, "rb") as source:
            base = source.read()
        check(base[0xA0:0xC0] == header["base"], 50)
        leaves_of_base, base_sections = base_leaves(base)

    tables = decode(package, entries[0], 0)
    check(struct.unpack_from("<Q", tables, 0x18)[0] == header["file_length"], 31)
    check(hashlib.sha256(b"skipgpt-root-v1\0" + tables[:0xA0]).digest() == header["root"] == tables[0xA0:0xC0], 31)
    sections, tensors = sections_and_tensors(tables)
    places, tokenizer = front_places(sections, tables)
    check(len(places) == header["front_blocks"], 32)
    absent = [block for block in range(len(places)) if block not in entries]
    check(absent in ([], tokenizer), 26)
    file = bytearray(header["file_length"])
    for block, (start, end) in enumerate(places):
        if block in entries:
            check(entries[block][2] == end - start, 33, f"block {block}")
            file[start:end] = decode(package, entries[block], block)
    if absent:
        own = next(section for section in sections if section[0] == 3)
        theirs = next((section for section in base_sections if section[0] == 3), None)
        check(theirs and theirs[2:] == own[2:], 51)
        file[own[1]:own[1] + own[2]] = base[theirs[1]:theirs[1] + theirs[2]]
    for kind, offset, length, stated in sections:
        if kind < 256:
            data = bytes(file[offset:offset + length])
            pieces = [leaf_hash(data[i:i + (1 << 20)]) for i in range(0, length, 1 << 20)]
            check(root(pieces) == stated, 44, f"metadata section {kind}")

    hashes = next(bytes(file[offset:offset + length]) for kind, offset, length, _ in sections if kind == 4)
    block = len(places)
    for ranges, record, values, encoding in tensors:
        for start, end in ranges:
            stated = hashes[32 * (block - len(places)):][:32]
            if block in entries:
                check(entries[block][2] == end - start, 33, f"block {block}")
                check(entries[block][3] in (0, 1, encoding), 34, f"block {block}")
                data = decode(package, entries[block], block, record, values)
            else:
                check(stated in leaves_of_base, 51 if base else 61, f"block {block}")
                data = leaves_of_base[stated]
            check(leaf_hash(data) == stated, 44, f"block {block}")
            file[start:end] = data
            block += 1
    check(block == header["blocks"], 32)
    if arguments.output:
        with open(arguments.output, "wb") as target:
            target.write(file)
    print(f"{len(entries)} of {header['blocks']} blocks, {len(package)} of {len(file)} bytes, "
          f"root hash {header['root'].hex()}")
    print("sound")


main()
