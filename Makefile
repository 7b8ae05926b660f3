# skipc, on Debian 12 with Swift 6.3:
#
#   make demo       build the release, convert the bundled example, generate text, and show what skipping saves
#   make test       build and run the tests
#   make example    build and run Examples/Embedding, a program that uses the libraries
#   make check      check the import rules, the formatting, and the code and links in documents
#
#   make release skiprun && sudo make install [PREFIX=/usr/local] [DESTDIR=]      make uninstall removes all of it
#   make dist       write skipc-VERSION-linux-ARCH.tar.gz: programs, manual pages, completions, licenses
#
#   make check-all  run all checks, the long ones too (an hour), with a table of the results
#
# Other targets: release, skiprun (static and stripped), bench, bench-8b, fuzz, fuzz-judges, faults, sanitize,
# determinism, check-tarball (needs root and debootstrap), clean.

SWIFT ?= swift
RELEASE = .build/release
DEMO = .build/demo
EXAMPLE = .build/example
FUZZ_SECONDS ?= 60
FUZZ_RUNS ?= -1
FUZZ_JOBS ?= 1
PROMPT ?= ROMEO.\nWhat light is this that

.PHONY: demo test example check check-all release skiprun bench bench-8b dependencies fuzz fuzz-judges faults sanitize
.PHONY: determinism install uninstall dist check-tarball clean

# The commit that --version names, and the time that everything in the tarball has.
COMMIT = $(shell git describe --always --dirty --abbrev=10 --exclude='*' 2>/dev/null)
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

demo: release skiprun
	@Scripts/demo.sh $(RELEASE)/skipc $(DEMO) "$$(printf '$(PROMPT)')"

test: dependencies
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# Fails if the output of the program differs from expected.txt, whose text is that of the reference implementation.
example: dependencies
	$(SWIFT) build --package-path Examples/Embedding --scratch-path $(EXAMPLE)
	@rm -rf $(EXAMPLE)/output && mkdir $(EXAMPLE)/output
	$(EXAMPLE)/debug/Embedding Examples/bard $(EXAMPLE)/output 48 > $(EXAMPLE)/output/text
	diff Examples/Embedding/expected.txt $(EXAMPLE)/output/text

check:
	Scripts/check_imports.sh
	Scripts/check_folders.py
	Scripts/check_documents.sh
	$(SWIFT) format lint --strict --recursive --configuration .swift-format \
		Package.swift Sources Tests Examples/Embedding/Package.swift Examples/Embedding/Sources

# Both programs contain the Swift runtime, so that they run where Swift is not installed and start in half the time.
release: dependencies
	SKIPC_COMMIT=$(COMMIT) $(SWIFT) build -c release --static-swift-stdlib --product skipc

# skiprun is a static executable, linked by lld, which is part of Swift's toolchain.
skiprun: dependencies
	SKIPC_COMMIT=$(COMMIT) SKIPRUN_STATIC=1 $(SWIFT) build -c release --static-swift-stdlib --product skiprun \
		-Xlinker Scripts/no_unwind_tables.ld
	@strip $(RELEASE)/skiprun
	@Scripts/check_size.sh $(RELEASE)/skiprun 8000000

# Installs what is built, so that root needs no Swift. Builds only what is missing.
PREFIX ?= /usr/local
$(RELEASE)/skipc:
	$(MAKE) release
$(RELEASE)/skiprun:
	$(MAKE) skiprun
install: $(RELEASE)/skipc $(RELEASE)/skiprun
	Scripts/install.sh $(RELEASE) $(DESTDIR)$(PREFIX)

uninstall:
	Scripts/install.sh --remove $(DESTDIR)$(PREFIX)

dist: release skiprun
	Scripts/make_tarball.sh $(RELEASE) .build/dist

# Uses the tarball in a new Debian system without Swift.
check-tarball: dist
	Scripts/check_tarball.sh .build/dist/skipc-*-linux-*.tar.gz

# make bench MODELS=DIR, where DIR/smollm2-135m contains materialize.py and routers.safetensors
bench: release
	Benchmarks/run.sh $(MODELS)

# make bench-8b [ROUTERS=router.pth] [WORK=DIR]: a model of the shape of Llama-3.1-8B. Writes 16 GB, needs 36 GB free.
WORK ?= Benchmarks/work
bench-8b: release
	Benchmarks/bench_8b.py $(RELEASE)/skipc $(WORK) $(if $(ROUTERS),--routers $(ROUTERS))

dependencies:
	@Scripts/install_dependencies.sh

# One minute for each reader of untrusted bytes; FUZZ_SECONDS=600 for ten minutes. For ten million inputs each, two
# readers at a time: make fuzz FUZZ_SECONDS=0 FUZZ_RUNS=10000000 FUZZ_JOBS=2
fuzz: dependencies
	FUZZ_RUNS=$(FUZZ_RUNS) FUZZ_JOBS=$(FUZZ_JOBS) FuzzTesting/run.sh $(FUZZ_SECONDS) $(FUZZ_ENTRIES)

# Compares what is accepted with Python's json, safetensors, torch and tokenizers, after a build by `make fuzz`.
PYTHON ?= python3
fuzz-judges:
	$(PYTHON) FuzzTesting/compare_with_judges.py

# Every system call of every command that writes fails once; signals, limits, full disks, inputs that change.
faults: release
	FaultTesting/run.py $(RELEASE)/skipc

# The tests with the address, undefined behavior and thread sanitizers, in .build-address and .build-thread.
sanitize: dependencies
	Scripts/sanitize.sh

# Outputs depend on the inputs and the options only.
determinism: release
	Scripts/check_determinism.py $(RELEASE)/skipc

# FUZZ_SECONDS=600 for ten minutes for each fuzz target.
check-all: dependencies
	FUZZ_SECONDS=$(FUZZ_SECONDS) Scripts/check_all.sh

clean:
	rm -rf .build .build-address .build-thread
