// swift-tools-version: 6.2
import PackageDescription

// The fuzz program. It is a separate package, so the root package does not build it. `run.sh` builds and runs it.
let package = Package(
    name: "FuzzTesting",
    dependencies: [.package(name: "skipc", path: "..")],
    targets: [
        .target(name: "CLibFuzzer"),
        // The tests of the root package compile the same sources, to replay inputs.
        .target(
            name: "FuzzEntries",
            dependencies: [
                .product(name: "SkipCompiler", package: "skipc"), .product(name: "SkipRuntime", package: "skipc"),
                .product(name: "SkipPackage", package: "skipc"),
            ]),
        .executableTarget(
            name: "Fuzz", dependencies: ["CLibFuzzer", "FuzzEntries"],
            // Swift's default linker on Linux, gold, cannot link sanitized programs.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
    ]
)
