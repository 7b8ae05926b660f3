import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

/// Compilations in one process at the same time.
@Suite struct ConcurrencyTests {
    private let directory: TemporaryDirectory
    private let frontEnd: FrontEnd

    init() throws {
        directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try TinyAdapter().write(to: directory)
        frontEnd = FrontEnd(
            modelDirectory: directory.path, routerPath: directory.file("routers.safetensors"),
            adapters: [AdapterInput(path: directory.file("lora"))])
    }

    private static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// Converts, rounds to int8 and merges. Returns the bytes of the outputs.
    private static func compile(_ frontEnd: FrontEnd, to directory: TemporaryDirectory) throws -> [Data] {
        let options = WorkOptions(threadCount: 2)
        let (file, rounded) = (directory.file("file.skipgpt"), directory.file("int8.skipgpt"))
        try Conversion(frontEnd, types: OutputTypeSelection(.float32)).write(to: file, options: options)
        try Reencoding(quantizing: file, types: OutputTypeSelection(.int8)).write(to: rounded, options: options)
        try CheckpointMerge(frontEnd).write(to: directory.file("merged"), options: options)
        return try [file, rounded, directory.file("merged/model.safetensors")].map(bytes)
    }

    @Test func outputsAreThoseOfOneCompilationAlone() throws {
        let frontEnd = frontEnd
        let alone = try Self.compile(frontEnd, to: TemporaryDirectory())
        let found = try ConcurrentThreads.run(3) { _ in
            try (0..<3).map { _ in try Self.compile(frontEnd, to: TemporaryDirectory()) }
        }
        #expect(found.joined().allSatisfy { $0 == alone })
    }

    /// A conversion is a value, so that several threads can write it.
    @Test func oneConversionIsWrittenByTwoThreads() throws {
        let conversion = try Conversion(frontEnd)
        let outputs = try TemporaryDirectory()
        let roots = try ConcurrentThreads.run(2) { thread in
            try conversion.write(to: outputs.file("\(thread)"), options: WorkOptions(threadCount: 2)).rootHash
        }
        #expect(roots[0] == roots[1])
        #expect(try Self.bytes(outputs.file("0")) == Self.bytes(outputs.file("1")))
    }

    /// Without `overwrite`, one writer gets the name and the others an error. With it, the last one wins.
    @Test(arguments: [false, true]) func oneNameForSeveralWriters(overwrite: Bool) throws {
        let conversion = try Conversion(frontEnd)
        let outputs = try TemporaryDirectory()
        let succeeded = try ConcurrentThreads.run(4) { _ in
            do throws(CompilationError) {
                try conversion.write(to: outputs.file("name"), overwrite: overwrite)
                return true
            } catch {
                guard case .write(.output(.targetExists)) = error else { throw error }
                return false
            }
        }
        #expect(succeeded.count { $0 } == (overwrite ? 4 : 1))
        #expect(outputs.contents == ["name"])
        try conversion.write(to: outputs.file("expected"))
        #expect(try Self.bytes(outputs.file("name")) == Self.bytes(outputs.file("expected")))
    }

    /// The output's directory is removed after the work has begun. That is an error, and nothing appears elsewhere.
    @Test func theDirectoryVanishes() throws {
        let conversion = try Conversion(frontEnd)
        let outputs = try TemporaryDirectory()
        try outputs.makeDirectory("inner")
        let isRemoved = Mutex(false)
        var options = WorkOptions(threadCount: 2)
        options.isCancelled = {
            isRemoved.withLock { isRemoved in
                if !isRemoved { try? FileManager.default.removeItem(atPath: outputs.file("inner")) }
                isRemoved = true
            }
            return false
        }
        #expect(throws: CompilationError.self) {
            try conversion.write(to: outputs.file("inner/name"), options: options)
        }
        #expect(isRemoved.withLock { $0 })
        #expect(outputs.contents == [])
    }
}
