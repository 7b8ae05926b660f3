// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 language mode, strict memory safety, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "skipc",
    products: [
        .executable(name: "skipc", targets: ["skipc"]),
        .executable(name: "skiprun", targets: ["skiprun"]),
        .library(name: "SkipFormat", targets: ["Model", "Format"]),
        .library(name: "SkipRuntime", targets: ["Runtime"]),
        // Readers of untrusted files, for the fuzz targets in FuzzTesting.
        .library(name: "SkipConvert", targets: ["Model", "Convert"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // For tests only: the judge of our own SHA-256.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // The pipeline, in the order in which a model passes through it.
        .target(name: "Model", swiftSettings: strict),
        .target(name: "Kernels", cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "Tokenizer", dependencies: ["Model"], swiftSettings: strict),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
        .target(
            name: "Convert",
            dependencies: [
                "Model", "Kernels", "Tokenizer", "CZlib", "COpenBLAS",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .target(name: "Quantize", dependencies: ["Model"], swiftSettings: strict),
        .systemLibrary(name: "CLinux"),
        .target(name: "Format", dependencies: ["Model", "CLinux"], swiftSettings: strict),
        .target(
            name: "Runtime",
            dependencies: ["Model", "Format", "Kernels", "Tokenizer"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "skipc",
            dependencies: [
                "Model", "Convert", "Quantize", "Format", "Tokenizer", "Runtime", "Kernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(name: "skiprun", dependencies: ["Runtime"], swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "ModelTests", dependencies: ["Model"], swiftSettings: strict),
        .testTarget(name: "QuantizeTests", dependencies: ["Model", "Quantize"], swiftSettings: strict),
        .testTarget(
            name: "KernelsTests",
            dependencies: ["Kernels", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TokenizerTests",
            dependencies: ["Model", "Tokenizer", "Convert", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "ConvertTests", dependencies: ["Convert", "Quantize", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "FormatTests",
            dependencies: ["Model", "Format", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict
        ),
        .testTarget(name: "RuntimeTests", dependencies: ["Runtime", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "skipc", "skiprun", "Model", "Format", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
    ]
)
