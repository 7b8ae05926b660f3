# skipc: two commands do everything on a fresh Debian 12 machine with Swift 6.3.
#
#   make demo    build the release, convert the bundled example and generate text from it
#   make test    build and pass the tests
#
# The others: check (import rules, formatting), release, skiprun (static, stripped), bench, bench-8b, fuzz, clean.

SWIFT ?= swift
RELEASE = .build/release
DEMO = .build/demo
FUZZ_SECONDS ?= 60
PROMPT ?= ROMEO:\nWhat light is this that

.PHONY: demo test check release skiprun bench bench-8b dependencies fuzz clean

demo: release skiprun
	@mkdir -p $(DEMO)
	$(RELEASE)/skipc convert Examples/bard --router Examples/bard/routers.safetensors -o $(DEMO)/bard.skipgpt --force
	$(RELEASE)/skipc run $(DEMO)/bard.skipgpt -p "$$(printf '$(PROMPT)')" -n 48 --stats

test: dependencies
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

check:
	Scripts/check_imports.sh
	$(SWIFT) format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests

# Both programs hold Swift's library: they run where no Swift is installed, and start in half the time.
release: dependencies
	$(SWIFT) build -c release --static-swift-stdlib --product skipc

skiprun: dependencies
	@# Static linking exports every symbol by default, which keeps unused code.
	$(SWIFT) build -c release --static-swift-stdlib --product skiprun -Xlinker --no-export-dynamic
	@strip $(RELEASE)/skiprun
	@Scripts/check_size.sh $(RELEASE)/skiprun 8000000

# make bench MODELS=DIR, where DIR/smollm2-135m holds materialize.py and routers.safetensors
bench: release
	Benchmarks/run.sh $(MODELS)

# make bench-8b [ROUTERS=router.pth] [WORK=DIR]: the shape of Llama-3.1-8B; makes 16 GB, needs 36 GB of free disk
WORK ?= Benchmarks/work
bench-8b: release
	Benchmarks/bench_8b.py $(RELEASE)/skipc $(WORK) $(if $(ROUTERS),--routers $(ROUTERS))

dependencies:
	@Scripts/install_dependencies.sh

# A minute for each parser of untrusted files; FUZZ_SECONDS=600 for ten.
fuzz: dependencies
	FuzzTesting/run.sh $(FUZZ_SECONDS)

clean:
	rm -rf .build
