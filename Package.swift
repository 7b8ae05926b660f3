// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 language mode, strict memory safety, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Defines the commit that `--version` names. The Makefile sets the variable for releases.
let commit: [CSetting] = Context.environment["SKIPC_COMMIT"].map { [.define("SKIPC_COMMIT", to: $0)] } ?? []

/// Makes skiprun a static executable. The Makefile requests it for releases. These flags are only for linking.
let staticExecutable: [LinkerSetting] =
    Context.environment["SKIPRUN_STATIC"] == nil ? [] : [.unsafeFlags(["-static-executable", "-use-ld=lld"])]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

/// The target of a folder in `Sources`: `Model` is the module `SkipModel`.
func library(_ folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: "Skip" + folder, dependencies: dependencies, path: "Sources/" + folder, swiftSettings: strict)
}

/// The tests of a folder in `Sources`. C modules are listed because testable imports show what a target imports.
func tests(_ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: folder + "Tests",
        dependencies: dependencies + ["TestSupport", "SkipKernels", "CLinux", "CZlib", "CZstd", "COpenBLAS"],
        swiftSettings: strict)
}

let package = Package(
    name: "skipc",
    products: [
        .executable(name: "skipc", targets: ["skipc"]),
        .executable(name: "skiprun", targets: ["skiprun"]),
        // Reads, writes and verifies `.skipgpt` files.
        .library(name: "SkipFormat", targets: ["SkipModel", "SkipFiles", "SkipFormat"]),
        // Packs, unpacks and repairs `.skipgpt` files.
        .library(
            name: "SkipPackage", targets: ["SkipModel", "SkipFiles", "SkipFormat", "SkipPackage"]),
        // Converts, merges and quantizes.
        .library(
            name: "SkipCompiler",
            targets: [
                "SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipConvert", "SkipQuantize", "SkipCompiler",
            ]),
        // Runs a model.
        .library(
            name: "SkipRuntime", targets: ["SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipRuntime"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // For tests only: the judge of our own SHA-256.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .target(name: "CStartup", path: "Sources/CStartup", cSettings: [.treatAllWarnings(as: .error)] + commit),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),

        // The pipeline, in the order in which a model passes through it. `Scripts/check_imports.sh` has the same rows.
        library("Files", ["CLinux"]),
        library("Model", ["SkipFiles"]),
        .target(name: "SkipKernels", path: "Sources/Kernels", cSettings: [.treatAllWarnings(as: .error)]),
        library("Tokenizer", ["SkipFiles"]),
        library("Format", ["SkipModel", "SkipFiles", "SkipKernels"]),
        library("Package", ["SkipModel", "SkipFiles", "SkipKernels", "SkipFormat", "CZstd"]),
        library("Convert", ["SkipModel", "SkipFiles", "SkipTokenizer", "CZlib"]),
        library("Quantize", ["SkipModel", "SkipKernels"]),
        library(
            "Compiler",
            [
                "SkipModel", "SkipFiles", "SkipKernels", "SkipFormat", "SkipConvert", "SkipQuantize",
                "COpenBLAS",
            ]),
        library("Runtime", ["SkipModel", "SkipFiles", "SkipKernels", "SkipTokenizer", "SkipFormat"]),
        library("Diagnostics", ["SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipRuntime", "CStartup"]),
        library(
            "Generate", ["SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipRuntime", "SkipDiagnostics"]),
        library(
            "Evaluate",
            [
                "SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipConvert", "SkipCompiler", "SkipRuntime",
            ]),
        library(
            "Report",
            [
                "SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipPackage", "SkipConvert", "SkipQuantize",
                "SkipCompiler", "SkipRuntime", "SkipDiagnostics", "SkipEvaluate",
            ]),
        .executableTarget(
            name: "skipc",
            dependencies: [
                "SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipPackage", "SkipConvert", "SkipQuantize",
                "SkipCompiler", "SkipRuntime", "SkipDiagnostics", "SkipGenerate", "SkipEvaluate", "SkipReport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "skiprun",
            dependencies: ["SkipFiles", "SkipDiagnostics", "SkipGenerate"],
            swiftSettings: strict,
            linkerSettings: staticExecutable),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("Files", ["SkipFiles"]),
        tests("Model", ["SkipModel", "SkipFiles"]),
        tests("Kernels", [crypto]),
        tests("Tokenizer", ["SkipModel", "SkipFiles", "SkipTokenizer", "SkipConvert"]),
        tests("Format", ["SkipModel", "SkipFiles", "SkipFormat", crypto]),
        tests(
            "Package",
            [
                "SkipModel", "SkipFiles", "SkipFormat", "SkipPackage", "SkipConvert", "SkipQuantize", "SkipCompiler",
            ]),
        tests("Convert", ["SkipModel", "SkipFiles", "SkipConvert"]),
        tests("Quantize", ["SkipModel", "SkipFiles", "SkipQuantize"]),
        tests(
            "Compiler",
            [
                "SkipModel", "SkipFiles", "SkipFormat", "SkipConvert", "SkipQuantize", "SkipCompiler",
            ]),
        tests("Runtime", ["SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipRuntime"]),
        tests(
            "CommandLine",
            [
                "skipc", "skiprun", "SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipConvert",
                "SkipCompiler",
                "SkipRuntime", "SkipDiagnostics", "SkipGenerate", "SkipReport", crypto,
            ]),
        // `Tests/ReplayTests/Entries` is a link to the entries of the fuzz program.
        tests(
            "Replay",
            [
                "SkipModel", "SkipFiles", "SkipTokenizer", "SkipFormat", "SkipPackage", "SkipConvert", "SkipCompiler",
                "SkipRuntime",
            ]),
    ]
)
