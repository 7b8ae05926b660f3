"""The commands that write. A new one joins by a line in `COMMANDS`.

In arguments, MODEL is the model directory, FLOAT and INT8 are `.skipgpt` files of it, PACKED is a
package of FLOAT, DELTA one of INT8 with the base FLOAT, and OUT is the output.
"""
import collections
import os

Command = collections.namedtuple("Command", ["name", "arguments", "old", "sources", "keeps_partial"])
Command.__doc__ = """A command line.

`old`: an existing output that --force replaces, as `contents` returns it. `sources`: the files that the command reads
and that a fault may change or the output may name. `keeps_partial`: whether the good blocks of a damaged source are kept
in OUT.partial.
"""


OLD_FILE = b"what was there before"
OLD_DIRECTORY = {"config.json": b"{}", "old.txt": OLD_FILE}


def command(name, arguments, *sources, old=OLD_FILE, keeps_partial=False):
    return Command(name, arguments.split(), old, sources, keeps_partial)


COMMANDS = [
    command("convert", "convert MODEL --router MODEL/routers.safetensors -o OUT -t 2",
            "MODEL/model.safetensors", "MODEL/routers.safetensors", "MODEL/config.json", "MODEL/tokenizer.json"),
    command("convert --lora", "convert MODEL --lora MODEL/lora --outtype int8 --hash-sources -o OUT -t 2",
            "MODEL/lora/adapter_model.safetensors", "MODEL/lora/adapter_config.json"),
    command("merge", "merge MODEL --lora MODEL/lora --max-shard-size 20kB -o OUT -t 2",
            "MODEL/model.safetensors", old=OLD_DIRECTORY),
    command("quantize", "quantize FLOAT -o OUT -t 2", "FLOAT"),
    command("dequantize", "dequantize INT8 -o OUT -t 2", "INT8"),
    command("pack", "pack FLOAT -o OUT -t 2", "FLOAT"),
    command("pack --base", "pack INT8 --base FLOAT -o OUT -t 2", "INT8", "FLOAT"),
    command("unpack", "unpack PACKED -o OUT -t 2", "PACKED", keeps_partial=True),
    command("unpack --base", "unpack DELTA --base FLOAT -o OUT -t 2", "DELTA", "FLOAT", keeps_partial=True),
    command("trace", "trace FLOAT --ids MODEL/ids.json -o OUT -t 2", "FLOAT", "MODEL/ids.json"),
]


def contents(path):
    """The bytes of a file, the bytes of a directory's files by name, or None if there is nothing."""
    if os.path.isdir(path):
        return {name: contents(os.path.join(path, name)) for name in sorted(os.listdir(path))}
    if not os.path.lexists(path):
        return None
    with open(path, "rb") as file:
        return file.read()
