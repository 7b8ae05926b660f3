// swift-tools-version: 6.2
import PackageDescription

/// Swift's default linker on Linux, gold, cannot link sanitized programs.
let lld: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"])]

// The fuzz targets. They are a separate package, so the root package does not build them. `run.sh` builds and runs them.
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
