import Foundation
import SkipFormat
import TestSupport
import Testing

@testable import SkipRuntime

/// Models, files and sessions that several threads use at the same time.
@Suite struct ConcurrencyTests {
    private static let tokens: [UInt32] = [3, 80, 17, 0, 42, 9]
    private static let threadCount = 4

    private let directory: TemporaryDirectory
    private let path: String
    private let expected: [[[Float]]]

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("model.skipgpt")
        try TestModel(ModelVariant("concurrent")).write(to: path)
        let model = try RoutedModel(opening: path)
        expected = try Feed.allCases.map { try Run(model, Self.tokens, $0).logits }
    }

    /// The feeds of the threads: neighbours pass tokens in different ways.
    private static func feed(_ thread: Int) -> Int { thread % Feed.allCases.count }

    @Test("Sessions of one model in several threads compute what one computes alone")
    func sessionsOfOneModel() throws {
        let model = try RoutedModel(opening: path)
        let found = try ConcurrentThreads.run(Self.threadCount) { thread in
            try (0..<3).map { _ in
                try Run(model, Self.tokens, Feed.allCases[Self.feed(thread)]) { $0.threadCount = 1 + thread % 2 }.logits
            }
        }
        for (thread, runs) in found.enumerated() {
            #expect(runs.allSatisfy { $0 == expected[Self.feed(thread)] })
        }
    }

    @Test("Several threads open one file and compute, while others verify it")
    func readersOfOneFile() throws {
        let path = path
        let found = try ConcurrentThreads.run(Self.threadCount) { thread -> [[Float]]? in
            if thread % 2 == 1 {
                let file = try SkipFile(opening: path)
                #expect((0..<3).allSatisfy { _ in file.verify(threadCount: 2).isEmpty })
                return nil
            }
            return try Run(RoutedModel(opening: path), Self.tokens, .oneChunk).logits
        }
        #expect(found.compactMap { $0 } == [expected[0], expected[0]])
    }

    @Test("A file is verified while a session of the same mapping runs")
    func verifyingWhileASessionRuns() throws {
        let file = try SkipFile(opening: path)
        let model = try RoutedModel(file)
        let found = try ConcurrentThreads.run(2) { thread -> [[Float]]? in
            if thread == 0 {
                #expect((0..<5).allSatisfy { _ in file.verify(threadCount: 2).isEmpty })
                return nil
            }
            return try Run(model, Self.tokens, .tokenByToken).logits
        }
        #expect(found.compactMap { $0 } == [expected[2]])
    }

    @Test("A session keeps its file when another one gets the name, or the name and the directory vanish")
    func replacedFile() throws {
        let other = ModelVariant("other") { $0.matrixType = .bfloat16 }
        try TestModel(other, seed: 2).write(to: directory.file("other.skipgpt"))
        let replacement = try Run(RoutedModel(opening: directory.file("other.skipgpt")), Self.tokens, .tokenByToken)
        var options = Session.Options()
        options.threadCount = 2
        options.activationPrecision = .float32
        let session = try Session(RoutedModel(opening: path), options: options)
        var found: [[Float]] = []
        for (index, token) in Self.tokens.enumerated() {
            if index == 2 {
                #expect(unsafe rename(directory.file("other.skipgpt"), path) == 0)
                let reopened = try Run(RoutedModel(opening: path), Self.tokens, .tokenByToken)
                #expect(reopened.logits == replacement.logits)
            }
            if index == 4 { try FileManager.default.removeItem(atPath: directory.path) }
            try session.decode(token)
            found.append(session.withLogits(array))
        }
        #expect(found == expected[2])
        #expect(found != replacement.logits)
    }
}
