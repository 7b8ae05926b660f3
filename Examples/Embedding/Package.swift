// swift-tools-version: 6.2
import PackageDescription

// A program that uses the three libraries of skipc. `make example` in the root directory builds and runs it.
let package = Package(
    name: "Embedding",
    // By path here; a program of your own names the repository's address and a version.
    dependencies: [.package(name: "skipc", path: "../..")],
    targets: [
        .executableTarget(
            name: "Embedding",
            dependencies: [
                .product(name: "SkipCompiler", package: "skipc"),
                .product(name: "SkipFormat", package: "skipc"),
                .product(name: "SkipRuntime", package: "skipc"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error)])
    ]
)
