// swift-tools-version: 6.2
import PackageDescription

/// The default linker of Swift on Linux, gold, fails on sanitized programs.
let lld: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"])]

// Fuzz targets, in a package of their own so that the root package stays light. `run.sh` builds and runs them.
let package = Package(
    name: "FuzzTesting",
    dependencies: [.package(name: "skipc", path: "..")],
    targets: [
        .target(name: "CLibFuzzer"),
        .target(name: "FuzzDriver", dependencies: ["CLibFuzzer"]),
        .executableTarget(
            name: "FuzzTorchFile", dependencies: ["FuzzDriver", .product(name: "SkipCompiler", package: "skipc")],
            linkerSettings: lld),
        .executableTarget(
            name: "FuzzPickle", dependencies: ["FuzzDriver", .product(name: "SkipCompiler", package: "skipc")],
            linkerSettings: lld),
    ]
)
