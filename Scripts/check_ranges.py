#!/usr/bin/env python3
"""Repairs and completes a model over HTTP with nothing but byte ranges, as specs/skipz-format.md §13 describes.

    check_ranges.py SKIPC [MODEL_DIR]

Serves the package of a model by a real nginx on the loopback interface, and fetches with curl. Checks that one damaged
block is repaired by fetching the front and that block only, and that an interrupted download is continued. Needs nginx
(Debian's nginx-light) and curl; without nginx it says so and succeeds.
"""
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONFIGURATION = """
daemon off; pid {directory}/nginx.pid; error_log {directory}/errors;
events {{}}
http {{
    log_format bytes '$body_bytes_sent'; access_log {directory}/access bytes;
    client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
    uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
    server {{ listen 127.0.0.1:{port}; root {directory}/served; }}
}}
"""


def run(*command, status=0):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode != status:
        sys.exit(f"{command}: status {result.returncode}: {result.stderr}")
    return result


def fetch(url, first, last):
    return subprocess.run(["curl", "-sf", "--retry", "5", "--retry-connrefused", "-r", f"{first}-{last}", url],
                          check=True, capture_output=True).stdout


def check(skipc, url, directory, good, size):
    header = fetch(url, 0, 255)
    front = struct.unpack_from("<Q", header, 0x38)[0]
    local, damaged = directory / "fetched.skipz", directory / "damaged.skipgpt"
    local.write_bytes(header + fetch(url, 256, front - 1))
    model = bytearray(good)
    model[len(model) // 2] ^= 16
    damaged.write_bytes(model)
    plan = json.loads(run(skipc, "repair", damaged, "--from", local, "--dry-run", "--json").stdout)
    run(skipc, "repair", damaged, "--from", local, status=3)
    for block in plan["blocks"]:
        first, last = map(int, block["range"].split("-"))
        with open(local, "r+b") as file:
            file.seek(first)
            file.write(fetch(url, first, last))
    run(skipc, "repair", damaged, "--from", local)
    assert damaged.read_bytes() == good, "the repaired file is the good one"
    print(f"repaired by {front} bytes of the front and {sum(b['storedByteCount'] for b in plan['blocks'])} bytes of "
          f"{len(plan['blocks'])} block of {size} bytes")

    output = directory / "out.skipgpt"
    local.write_bytes(fetch(url, 0, size * 2 // 3))
    run(skipc, "unpack", local, "-o", output, status=3)
    with open(local, "ab") as file:
        file.write(fetch(url, local.stat().st_size, size - 1))
    report = json.loads(run(skipc, "unpack", local, "-o", output, "--json").stdout)
    assert output.read_bytes() == good and report["keptBlockCount"] > 0, "the download is continued"
    print(f"continued after {report['keptBlockCount']} blocks")


def main():
    skipc = pathlib.Path(sys.argv[1]).resolve()
    model = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "Examples/bard"
    if not shutil.which("nginx"):
        print("nginx is not installed: nothing is checked")
        return
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        (directory / "served").mkdir()
        os.chmod(directory, 0o755)
        file, package = directory / "model.skipgpt", directory / "served/model.skipz"
        run(skipc, "convert", model, "--router", model / "routers.safetensors", "-o", file)
        run(skipc, "pack", file, "-o", package)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (directory / "nginx.conf").write_text(CONFIGURATION.format(directory=directory, port=port))
        server = subprocess.Popen(["nginx", "-p", name, "-c", str(directory / "nginx.conf")], stderr=subprocess.DEVNULL)
        try:
            check(skipc, f"http://127.0.0.1:{port}/model.skipz", directory, file.read_bytes(), package.stat().st_size)
        finally:
            server.terminate()
            server.wait()


main()
