import SkipConvert
import SkipFiles
import SkipFormat
import SkipModel

/// The inputs of a conversion or a merge, checked before weights are read.
enum CompilationInputs {
    /// Reads the headers of all inputs. Throws if an option has no effect on them.
    static func read(_ frontEnd: FrontEnd) throws(CompilationError) -> FrontEnd.Result {
        let result = try CompilationError.input { () throws(InputError) in try frontEnd.read() }
        do { try result.graph.verify(.imported) } catch { throw .graph(error) }
        if frontEnd.adapterAlpha != nil, !result.adapters.contains(where: \.alphaWasGiven) {
            throw .unusedAdapterAlpha
        }
        if !result.adapters.isEmpty {
            try requireMemory(OpenBLAS.libraryByteCount)
            if OpenBLAS.loaded == nil { throw .missingOpenBLAS }
        }
        return result
    }

    /// Returns what the output must not replace: the files of weights, and the directories of the model and the adapters.
    static func protectedFiles(_ frontEnd: FrontEnd, _ result: FrontEnd.Result) -> ProtectedFiles {
        var files = ProtectedFiles(result.files)
        files.add(path: frontEnd.modelDirectory)
        for path in frontEnd.adapters.map(\.path) {
            files.add(path: path)
            // The configuration of an adapter that is given by its file of tensors.
            files.add(path: (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + "adapter_config.json")
        }
        return files
    }

    /// Throws `memoryRefused` unless the system grants the memory that computing plans on several threads needs.
    static func requireMemory(for plans: [TensorPlan], threadCount: Int) throws(CompilationError) {
        let widestRow = plans.map { $0.shape.columnCount * MemoryLayout<Float>.stride }.max() ?? 0
        let scratch = max(PlanEvaluator.scratchByteCount, widestRow * PlanEvaluator.largestBlockRowCount)
        let products = plans.contains(where: \.isAdapted) ? OpenBLAS.bufferByteCount : 0
        try requireMemory(threadCount * (scratch + products))
    }

    private static func requireMemory(_ byteCount: Int) throws(CompilationError) {
        if !MemoryProbe.grants(byteCount) { throw .memoryRefused(byteCount: byteCount) }
    }

    /// Checks the checksums of the records of torch files on several threads. Throws the error of the first bad record,
    /// for any number of threads.
    static func check(_ checksums: RecordChecksums, _ options: WorkOptions) throws(CompilationError) {
        if checksums.count == 0 { return }
        let progress = ProgressCounter(.checksums, totalByteCount: checksums.byteCount, report: options.progress)
        do {
            try parallelForEach(
                checksums.count, threadCount: options.threadCount, isCancelled: options.isCancelled
            ) { (index) throws(InputError) in
                progress.add(try checksums.check(index, isCancelled: options.isCancelled))
            }
        } catch {
            throw CompilationError(error)
        }
    }

    /// Returns the SHA-256 of whole files, in their order. Several files are hashed at a time.
    ///
    /// A file that changes between hashing and converting is an error, which is found at the end of the conversion.
    static func hashes(of files: [InputFile], _ options: WorkOptions) throws(CompilationError) -> [SHA256Digest] {
        let total = files.reduce(0) { $0 + $1.byteCount }
        let progress = ProgressCounter(.sourceHashes, totalByteCount: total, report: options.progress)
        let hashes = OrderedResults<SHA256Digest>(count: files.count)
        do {
            try parallelForEach(
                files.count, threadCount: options.threadCount, isCancelled: options.isCancelled
            ) { (index) throws(InputError) in
                var stream = SHA256Stream()
                let file = files[index]
                for start in stride(from: 0, to: file.byteCount, by: hashedByteCount) {
                    if options.isCancelled?() == true { return }
                    let end = min(start + hashedByteCount, file.byteCount)
                    stream.update(try file.bytes(start..<end))
                    progress.add(end - start)
                }
                hashes.set(stream.finish(), at: index)
            }
        } catch {
            throw CompilationError(error)
        }
        // A file whose hashing was cancelled has no hash.
        guard let all = hashes.all else { throw .cancelled }
        return all
    }

    /// The number of bytes that are read at a time for hashing.
    private static let hashedByteCount = 4 << 20
}

extension FrontEnd.Result {
    /// The kernel with which OpenBLAS multiplies the factors of adapters on this processor; nil if there is no product.
    /// The bits of a merge depend on it.
    public var productKernelName: String? {
        adapters.contains { $0.adaptedCount > 0 } ? OpenBLAS.loaded?.kernelName : nil
    }
}
