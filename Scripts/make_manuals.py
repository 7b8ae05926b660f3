#!/usr/bin/env python3
"""Writes the manual pages of skipc, of each of its commands, and of skiprun, from the declarations in the program.

    make_manuals.py SKIPC OUTPUT_DIRECTORY

The pages are the same for the same program and SOURCE_DATE_EPOCH (default: 0), which is their date.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

EXIT_CODES = [
    ("0", "Success."),
    ("1", "A negative verdict: files differ, a file is not valid, or a limit such as --max-flip-rate is exceeded."),
    ("2", "The command line is wrong."),
    ("3", "An input is malformed."),
    ("4", "The system reported an error, such as a missing file or a full disk."),
    ("5", "An input exceeds a limit of the format or of the program."),
    ("6", "An input is valid but not supported."),
    ("70", "A defect of the program."),
]
ENVIRONMENT = [
    ("SKIPC_ISA", "The kernels: scalar, neon, neondot, avx2, avx2vnni, avx512, avx512vnni or avx512bf16."),
    ("SKIPC_ACTIVATION_BITS", "Bits of the activations of several tokens: 8, 16 or 32."),
]
SKIPC_ENVIRONMENT = ENVIRONMENT + [("TMPDIR", "The directory for temporary files.")]


def escaped(text):
    """Returns the text with the characters that roff interprets escaped."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


class Page:
    """A manual page in the macros of man(7)."""

    def __init__(self, name, version, date):
        self.lines = [f'.TH "{name.upper()}" "1" "{date}" "skipc {version}" "skipc Manual"', ".nh", ".ad l"]

    def section(self, title):
        self.lines.append(f'.SH "{escaped(title.upper())}"')

    def text(self, text):
        self.lines.append(escaped(text))

    def paragraphs(self, text):
        for index, paragraph in enumerate(text.split("\n\n")):
            if index:
                self.lines.append(".PP")
            self.text(paragraph)

    def literal(self, lines):
        self.lines += [".nf", *map(escaped, lines), ".fi"]

    def entry(self, tag, text):
        """Adds a tagged paragraph. `tag` is roff already."""
        self.lines += [".TP", tag]
        self.text(text)

    def write(self, path):
        path.write_text("\n".join(self.lines) + "\n")


def tag(argument):
    """Returns the names and the value of an argument in roff."""
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        return f"\\fI{escaped(value)}\\fR" + ("..." if argument["isRepeating"] else "")
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
    names.sort(key=lambda name: name.startswith("--"))
    text = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return text + (f" \\fI{escaped(value)}\\fR" if argument["kind"] == "option" else "")


def description(argument):
    facts = []
    if argument.get("allValues"):
        facts.append("values: " + ", ".join(argument["allValues"]))
    if argument.get("defaultValue"):
        facts.append("default: " + argument["defaultValue"])
    return argument.get("abstract", "") + (f" ({'; '.join(facts)})" if facts else "")


def add_options(page, arguments):
    """Adds a section for each group of options, with ARGUMENTS first and OPTIONS last, as in the help."""
    sections = {"Arguments": []}
    for argument in arguments:
        default = "Arguments" if argument["kind"] == "positional" else "Options"
        sections.setdefault(argument.get("sectionTitle") or default, []).append(argument)
    sections["Options"] = sections.pop("Options", [])
    for title, members in sections.items():
        if members:
            page.section(title)
            for argument in members:
                page.entry(tag(argument), description(argument))


class Manual:
    """The pages of one version."""

    def __init__(self, program, directory):
        self.program, self.directory = program, directory
        self.root = json.loads(self.run("--experimental-dump-help"))["command"]
        self.version = self.run("--version").split()[1]
        self.date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH") or 0)))
        self.commands = [command for command in self.root["subcommands"] if command["commandName"] != "help"]
        self.names = ["skipc"] + ["skipc-" + command["commandName"] for command in self.commands] + ["skiprun"]

    def run(self, *arguments):
        return subprocess.run(
            [self.program, *arguments], check=True, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "COLUMNS": "10000"}).stdout

    def usage(self, *command):
        """Returns the lines of the usage in the help."""
        match = re.search(r"^USAGE: (.*?)\n\n", self.run(*command, "--help"), re.M | re.S)
        return [line.strip() for line in match[1].split("\n")]

    def write(self, name, command, usage, *, rename=lambda text: text):
        page = Page(name, self.version, self.date)
        text, _, examples = rename(command.get("discussion", "")).partition("EXAMPLES:\n")
        page.section("Name")
        sentence = command["abstract"].split(". ")[0].rstrip(".")
        page.text(f"{name} - {sentence[0].lower()}{sentence[1:]}")
        page.section("Synopsis")
        page.literal(map(rename, usage))
        page.section("Description")
        page.paragraphs("\n\n".join(filter(None, [command["abstract"], text.strip()])))
        if command is self.root:
            page.section("Commands")
            for member in self.commands:
                title = f"\\fBskipc\\-{escaped(member['commandName'])}\\fR(1)"
                page.entry(title, member["abstract"])
        add_options(page, command["arguments"])
        page.section("Exit status")
        for code, meaning in EXIT_CODES:
            page.entry(code, meaning)
        page.section("Environment")
        for variable, meaning in ENVIRONMENT if name == "skiprun" else SKIPC_ENVIRONMENT:
            page.entry(f"\\fB{variable}\\fR", meaning)
        page.section("Examples")
        page.literal(line[2:] for line in examples.split("\n"))
        page.section("See also")
        others = self.names if name in ("skipc", "skiprun") else ["skipc", "skiprun"]
        page.lines.append(",\n".join(f"\\fB{escaped(other)}\\fR(1)" for other in others if other != name))
        page.write(self.directory / f"{name}.1")

    def write_all(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self.write("skipc", self.root, ["skipc <command> [<options>]", "skipc help <command>"])
        for command in self.commands:
            name = command["commandName"]
            self.write("skipc-" + name, command, self.usage(name))
            if name == "run":
                self.write(
                    "skiprun", command, self.usage(name), rename=lambda text: text.replace("skipc run", "skiprun"))


Manual(os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])).write_all()
