#!/usr/bin/env python3
"""Makes every system call of the commands that write fail, one at a time, and ends them by signals and limits.

    FaultTesting/run.py PROGRAM [--quick] [--only WORD] [--seed N]

After each run there is either the complete new output or exactly what was there before, no other file, a message and the
right exit code. Prints a table of the cases, and fails if one of them breaks this.
"""
import argparse
import collections
import concurrent.futures
import errno
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import inputs
from writing_commands import COMMANDS, contents

TIMEOUT = 10
SYSTEM = 4

# Group of calls: the errors that are injected. 0 is a short read or write.
FAULTS = {
    "open": [errno.EMFILE, errno.EIO, errno.EINTR, errno.EACCES],
    "read": [errno.EIO, errno.EINTR, 0],
    "write": [errno.ENOSPC, errno.EIO, errno.EINTR, 0],
    "allocate": [errno.ENOSPC, errno.EIO, errno.EOPNOTSUPP, errno.EINTR],
    "sync": [errno.EIO, errno.ENOSPC],
    "name": [errno.EIO, errno.ENOSPC, errno.EPERM],
    "map": [errno.ENOMEM],
    "list": [errno.EIO, errno.ENOMEM],
    "thread": [errno.EAGAIN],
    "stat": [errno.EIO, errno.EACCES],
    "space": [errno.EIO],
}
# These must not be noticed: the call is repeated, or its purpose is only to save time.
HARMLESS = {("read", errno.EINTR), ("allocate", errno.EINTR), ("read", 0), ("write", errno.EINTR), ("write", 0), ("open", errno.EINTR),
            ("space", errno.EIO), ("allocate", errno.EOPNOTSUPP)}


class Laboratory:
    """The inputs, the expected outputs and the directories of all runs."""

    def __init__(self, program, root, seed):
        self.program = os.path.abspath(program)
        self.root = pathlib.Path(root)
        self.random = random.Random(seed)
        self.cases = collections.Counter()
        self.failures = []
        self.lock = threading.Lock()
        self.number = 0
        self.shim = str(self.root / "shim.so")
        source = pathlib.Path(__file__).parent / "shim.c"
        subprocess.run(["gcc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", self.shim, source, "-ldl"], check=True)
        self.inputs = self.make_inputs("inputs", 1)
        self.expected = {command.name: self.output_of(command, self.inputs) for command in COMMANDS}

    def make_inputs(self, name, seed):
        """A new copy of the inputs."""
        directory = self.root / name
        inputs.write(str(directory / "model"), seed)
        arguments = ["convert", directory / "model", "--router", directory / "model/routers.safetensors", "-o"]
        self.run_plain([*arguments, directory / "float.skipgpt"])
        self.run_plain([*arguments, directory / "int8.skipgpt", "--outtype", "int8"])
        self.run_plain(["pack", directory / "float.skipgpt", "-o", directory / "packed.skipz"])
        self.run_plain(["pack", directory / "int8.skipgpt", "--base", directory / "float.skipgpt", "-o",
                        directory / "delta.skipz"])
        return directory

    def run_plain(self, arguments):
        subprocess.run([self.program, *arguments], check=True, capture_output=True, timeout=TIMEOUT)

    def output_of(self, command, source):
        """The output of a command without faults."""
        with self.place() as place:
            self.run_plain(self.words(command, source, place.output))
            return contents(place.output)

    @staticmethod
    def words(command, source, output):
        values = [("MODEL", source / "model"), ("FLOAT", source / "float.skipgpt"), ("INT8", source / "int8.skipgpt"),
                  ("PACKED", source / "packed.skipz"), ("DELTA", source / "delta.skipz"), ("OUT", output)]
        words = []
        for word in command.arguments:
            for name, value in values:
                word = word.replace(name, str(value))
            words.append(word)
        return words

    def place(self):
        with self.lock:
            self.number += 1
            return Place(self.root / f"run-{self.number}")

    def record(self, group, problems, description):
        with self.lock:
            self.cases[group] += 1
            if problems:
                self.failures.append((group, description, problems))
                print(f"FAILED {group}: {description}: {'; '.join(problems)}", flush=True)


class Place:
    """The directory of one run: a folder for the output and one for temporary files."""

    def __init__(self, path):
        self.path = path
        self.output = path / "out" / "result"
        (path / "out").mkdir(parents=True)
        (path / "tmp").mkdir()

    def strays(self):
        """The names of files that should not be there."""
        return [name for folder in ("out", "tmp") for name in os.listdir(self.path / folder) if name != "result"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


Outcome = collections.namedtuple("Outcome", ["status", "errors", "calls", "injected"])


def execute(laboratory, place, words, environment=None, before=None, ends=None):
    """Runs the program. `ends(process)` may send signals. The status is negative after a signal, None after a hang."""
    count = place.path / "count"
    variables = {
        **os.environ, "SWIFT_BACKTRACE": "enable=no", "TMPDIR": str(place.path / "tmp"),
        **({"LD_PRELOAD": laboratory.shim, "FAULT_COUNT": str(count), **environment} if environment else {}),
    }
    process = subprocess.Popen([laboratory.program, *words], env=variables, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=before)
    try:
        if ends:
            ends(process)
        errors = process.communicate(timeout=TIMEOUT)[1].decode(errors="replace")
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        errors, status = process.communicate()[1].decode(errors="replace"), None
    calls, injected = 0, False
    if count.exists() and (fields := count.read_text().split()):
        calls, injected = int(fields[0]), fields[1] == "1"
    return Outcome(status, errors, calls, injected)


def problems_of(outcome, place, before, expected, statuses, may_stray=False):
    """What breaks the contract after a run. `expected` are the outputs that are complete."""
    problems = []
    if outcome.status is None:
        return ["hangs"]
    if outcome.status not in statuses:
        problems.append(f"exit code {outcome.status}: {outcome.errors.strip()[-300:]}")
    found = contents(place.output)
    if outcome.status == 0 and found not in expected:
        problems.append("exit code 0 without the complete output")
    elif found != before and found not in expected:
        problems.append("neither the old nor the complete new output")
    # Progress may precede the message.
    has_message = any(line.startswith("skipc: error") for line in outcome.errors.split("\n"))
    if outcome.status in (2, 3, 4, 5, 6) and not has_message:
        problems.append(f"no message: {outcome.errors!r}")
    strays = place.strays()
    if strays and not (may_stray and all(name.endswith(".partial") for name in strays)):
        problems.append(f"left behind {strays}")
    return problems


def variants(command):
    """The states of the output before a run, and the options that go with them."""
    yield None, []
    yield command.old, ["--force"]


def prepare(place, before):
    if isinstance(before, dict):
        place.output.mkdir()
        for name, content in before.items():
            (place.output / name).write_bytes(content)
    elif before is not None:
        place.output.write_bytes(before)


# MARK: Kinds of faults


def fail_calls(laboratory, command, quick):
    """Lets the Nth call of each group fail, for every N."""
    for group, errors in FAULTS.items():
        for error in errors[:1] if quick else errors:
            for without_names in ([True] if quick else [False, True]):
                for forever in [False] if quick or error == 0 else [False, True]:
                    for before, options in list(variants(command))[-1:] if quick else variants(command):
                        yield from fail_each_call(
                            laboratory, command, group, error, without_names, forever, before, options, quick)


def fail_each_call(laboratory, command, group, error, no_tmpfile, forever, before, options, quick):
    fixed = {"FAULT_CALL": group, "FAULT_ERROR": str(error), **({"FAULT_NO_TMPFILE": "1"} if no_tmpfile else {}),
             **({"FAULT_FOREVER": "1"} if forever else {})}
    with laboratory.place() as place:
        prepare(place, before)
        words = laboratory.words(command, laboratory.inputs, place.output) + options
        total = execute(laboratory, place, words, {**fixed, "FAULT_AT": "0"}).calls
    if forever and error in (errno.EINTR, errno.EOPNOTSUPP):
        # The call would be repeated for ever, or its substitute fails too.
        return
    is_harmless = (group, error) in HARMLESS
    step = max(total // 2, 1) if quick else 1
    for number in range(1, total + 1, step):

        def case(number=number):
            with laboratory.place() as place:
                prepare(place, before)
                words = laboratory.words(command, laboratory.inputs, place.output) + options
                outcome = execute(laboratory, place, words, {**fixed, "FAULT_AT": str(number)})
                statuses = {0} if is_harmless else {0, SYSTEM}
                problems = problems_of(outcome, place, before, [laboratory.expected[command.name]], statuses)
                name = errno.errorcode.get(error, "short")
                laboratory.record(
                    f"{group} {name}", problems,
                    f"{command.name}{' --force' if options else ''}: call {number}{' and later' if forever else ''}"
                    f"{', without O_TMPFILE' if no_tmpfile else ''}")

        yield case


def change_inputs(laboratory, command, quick):
    """Changes a source before the Nth read. The output is of the old bytes or of the new ones, never of both."""
    for source in command.sources[:1] if quick else command.sources:
        for way in ["replace"] if quick else ["append", "truncate", "rewrite", "replace"]:
            for group in ["read"] if quick else ["read", "map", "open", "thread"]:
                yield from change_before_each(laboratory, command, source, way, group, quick)


def change_before_each(laboratory, command, source, way, group, quick):
    def run(number):
        with laboratory.place() as place:
            shutil.copytree(laboratory.inputs, place.path / "in")
            sources = place.path / "in"
            path = laboratory.words(command._replace(arguments=[source]), sources, "")[0]
            other = laboratory.words(command._replace(arguments=[source]), laboratory.other_inputs, "")[0]
            shutil.copy(other, place.path / "other")
            words = laboratory.words(command, sources, place.output)
            environment = {"FAULT_CALL": group, "FAULT_AT": str(number), "FAULT_CHANGE": way, "FAULT_FILE": path, "FAULT_OTHER": str(place.path / "other")}
            outcome = execute(laboratory, place, words, environment)
            if number == 0:
                return outcome.calls
            # What the command writes now, if it accepts the changed source.
            expected = [laboratory.expected[command.name]]
            if outcome.status == 0 and contents(place.output) not in expected:
                found = contents(place.output)
                shutil.rmtree(place.path / "out")
                (place.path / "out").mkdir()
                execute(laboratory, place, words)
                expected.append(contents(place.output))
                shutil.rmtree(place.path / "out")
                (place.path / "out").mkdir()
                restore(place.output, found)
            keeps = command.keeps_partial and outcome.status == 3 and place.strays() == ["result.partial"]
            problems = problems_of(outcome, place, None, expected, {0, 1, 3, SYSTEM, 2}, keeps)
            laboratory.record(f"input: {way}", problems, f"{command.name}: {source} before {group} {number}")
        return 0

    total = run(0)
    step = max(total // 2, 1) if quick else max(total // 24, 1)
    for number in range(1, total + 1, step):
        yield lambda number=number: run(number)


def restore(path, value):
    if isinstance(value, dict):
        path.mkdir()
        for name, part in value.items():
            (path / name).write_bytes(part)
    elif value is not None:
        path.write_bytes(value)


def end_by_signals(laboratory, command, quick):
    """Sends a signal after a random time."""
    signals = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]
    with laboratory.place() as place:
        start = time.monotonic()
        execute(laboratory, place, laboratory.words(command, laboratory.inputs, place.output), {"FAULT_CALL": "none"})
        duration = time.monotonic() - start
    for index in range(3 if quick else 200):
        number = signals[index % len(signals)]
        delay = laboratory.random.random() * duration
        no_tmpfile = index % 2 == 0

        def case(number=number, delay=delay, no_tmpfile=no_tmpfile):
            with laboratory.place() as place:
                def ends(process):
                    time.sleep(delay)
                    process.send_signal(number)

                environment = {"FAULT_CALL": "none", **({"FAULT_NO_TMPFILE": "1"} if no_tmpfile else {})}
                words = laboratory.words(command, laboratory.inputs, place.output)
                outcome = execute(laboratory, place, words, environment, ends=ends)
                # Nothing can be removed after SIGKILL.
                problems = problems_of(outcome, place, None, [laboratory.expected[command.name]], {0, -number},
                                       may_stray=number == signal.SIGKILL)
                laboratory.record(number.name, problems, f"{command.name}: after {delay * 1000:.1f} ms")

        yield case


def limit_resources(laboratory, command, quick):
    """Runs under limits of the system."""
    limits = {
        "RLIMIT_FSIZE": (resource.RLIMIT_FSIZE, [0, 1, 4096, 20000]),
        "RLIMIT_NOFILE": (resource.RLIMIT_NOFILE, list(range(3, 24, 1))),
        "RLIMIT_AS": (resource.RLIMIT_AS, [megabytes << 20 for megabytes in range(100, 1000, 50)]),
    }
    for name, (kind, values) in limits.items():
        for value in values[1:2] if quick else values:
            for before, options in variants(command):

                def case(name=name, kind=kind, value=value, before=before, options=options):
                    with laboratory.place() as place:
                        prepare(place, before)
                        words = laboratory.words(command, laboratory.inputs, place.output) + options
                        # The loader needs descriptors and memory before the program can say anything.
                        outcome = execute(laboratory, place, words,
                                          before=lambda: resource.setrlimit(kind, (value, value)))
                        if outcome.status == 127:
                            return
                        problems = problems_of(outcome, place, before, [laboratory.expected[command.name]], {0, SYSTEM})
                        laboratory.record(name, problems, f"{command.name}: {value}")

                yield case


def limit_space(laboratory, command, quick):
    """Writes to full and read-only file systems, if this user may mount."""
    for options in ["size=16k"] if quick else ["size=4k", "size=16k", "size=40k", "ro"]:

        def case(options=options):
            with laboratory.place() as place:
                out = place.path / "out"
                mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", out], capture_output=True)
                if mounted.returncode != 0:
                    return
                try:
                    words = laboratory.words(command, laboratory.inputs, place.output)
                    outcome = execute(laboratory, place, words)
                    problems = problems_of(
                        outcome, place, None, [laboratory.expected[command.name]], {0, SYSTEM})
                    laboratory.record(f"tmpfs {options}", problems, command.name)
                finally:
                    subprocess.run(["umount", out], check=True)

        yield case


def name_inputs_as_output(laboratory, command, quick):
    """Gives a source, or a hard link to it, as the output."""
    for source in command.sources:
        for is_link in [False, True]:

            def case(source=source, is_link=is_link):
                with laboratory.place() as place:
                    shutil.copytree(laboratory.inputs, place.path / "in")
                    path = laboratory.words(command._replace(arguments=[source]), place.path / "in", "")[0]
                    if is_link:
                        os.link(path, place.output)
                    before = contents(place.path / "in")
                    words = laboratory.words(command, place.path / "in", place.output if is_link else path)
                    outcome = execute(laboratory, place, [*words, "--force"])
                    problems = [] if outcome.status == 2 else [f"exit code {outcome.status}: {outcome.errors}"]
                    if contents(place.path / "in") != before:
                        problems.append("an input was changed")
                    laboratory.record("output is an input", problems, f"{command.name}: {source}")

            yield case


def write_twice(laboratory, command, quick):
    """Starts two processes that write the same output."""
    for round in range(1 if quick else 20):
        for before, options in variants(command):

            def case(round=round, before=before, options=options):
                with laboratory.place() as place:
                    prepare(place, before)
                    words = laboratory.words(command, laboratory.inputs, place.output) + options
                    with concurrent.futures.ThreadPoolExecutor(2) as pool:
                        outcomes = list(pool.map(lambda _: execute(laboratory, place, words), range(2)))
                    problems = []
                    for outcome in outcomes:
                        problems += problems_of(
                            outcome, place, before, [laboratory.expected[command.name]], {0} if options else {0, 2})
                    if all(outcome.status != 0 for outcome in outcomes):
                        problems.append("neither process wrote the output")
                    laboratory.record("two writers", problems, f"{command.name} {' '.join(options)}, round {round}")

            yield case


# One of each kind of writer.
QUICK_COMMANDS = {"convert", "merge", "trace"}

KINDS = [fail_calls, change_inputs, end_by_signals, limit_resources, limit_space, name_inputs_as_output, write_twice]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--quick", action="store_true", help="a subset that takes seconds")
    parser.add_argument("--only", default="", help="only commands or kinds of faults whose name contains this")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="skipc-faults-") as root:
        laboratory = Laboratory(options.program, root, options.seed)
        laboratory.other_inputs = laboratory.make_inputs("other", 2)
        original = contents(laboratory.inputs)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for kind in KINDS:
                for command in COMMANDS:
                    if options.quick and command.name not in QUICK_COMMANDS:
                        continue
                    if options.only in kind.__name__ or options.only in command.name:
                        # All errors of a case are problems of the harness, and end the run.
                        list(pool.map(lambda case: case(), kind(laboratory, command, options.quick)))
        if contents(laboratory.inputs) != original:
            laboratory.record("inputs", ["the shared inputs were changed"], "after all runs")
    failed = collections.Counter(group for group, _, _ in laboratory.failures)
    width = max(len(group) for group in laboratory.cases)
    print(f"{'fault':{width}}  cases  failed")
    for group, count in laboratory.cases.items():
        print(f"{group:{width}}  {count:5}  {failed[group]:6}")
    print(f"{'all':{width}}  {sum(laboratory.cases.values()):5}  {sum(failed.values()):6}")
    print(f"{time.monotonic() - start:.0f} s, seed {options.seed}")
    sys.exit(1 if laboratory.failures else 0)


if __name__ == "__main__":
    main()
