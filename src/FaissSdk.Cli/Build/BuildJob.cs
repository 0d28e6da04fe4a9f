using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk build</c>: trains an index, adds the vectors of a file, and writes it.</summary>
internal static class BuildJob
{
    // The smallest buffer with which an index on disk is built.
    private const long MinBuffer = 1 << 20;

    private delegate void BlockAction(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, IProgress<long> progress);

    public static int Run(BuildRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        CheckOutputs(request, console);
        using var limit = request.Threads > 0 ? FaissThreads.Limit(request.Threads) : default;
        var input = BuildInput.Read(request, console, cancellationToken);
        using var index = Create(request, input);
        var memory = new BuildMemory(request, input, index, console);
        var onDisk = memory.NeedsListsOnDisk();
        if (onDisk)
        {
            CheckOnDisk(request, index, memory);
        }

        var clock = Stopwatch.StartNew();
        Train(request, index, input, memory, cancellationToken);
        var training = clock.Elapsed;
        if (onDisk)
        {
            BuildOnDisk(request, index, input, memory, console, cancellationToken);
        }
        else
        {
            Fill(request, index, input, memory, console, cancellationToken);
        }

        var total = clock.Elapsed;

        // Files that have been started are written to their end: from here on there is no cancellation.
        cancellationToken.ThrowIfCancellationRequested();
        if (!onDisk)
        {
            request.Output.Write(index.Save, console, cancellationToken);
        }

        WriteText(request, input, console);
        Report(request, input, index, onDisk, training, total, console);
        return ExitCode.Success;
    }

    private static void CheckOutputs(BuildRequest request, CommandConsole console)
    {
        var inputs = new[] { request.Input, request.Ids is null ? null : new VectorSource(request.Ids) };
        request.Output.Check([], inputs, console);
        if (!request.Text)
        {
            return;
        }

        if (request.Output.IsStandardOutput)
        {
            throw new UsageException("--text stores the embedding beside the index, and the standard output has no place beside it; name a file.");
        }

        if (!AtomicFile.IsReplaceable(request.Output.Path))
        {
            throw new UsageException($"--text stores the embedding beside the index, and {request.Output.Path} is a pipe or a device; name a file.");
        }

        new CommandOutput("OUTPUT", TextModel.PathFor(request.Output.Path)).Check([], inputs, console);
    }

    // Written after the index, whose checksum it contains: an embedding left from an earlier build matches no other index.
    private static void WriteText(BuildRequest request, BuildInput input, CommandConsole console)
    {
        var path = request.Output.Path;
        if (input.Text is { } text)
        {
            var stamp = IndexStamp.Of(path);
            OutputFile.Write(TextModel.PathFor(path), stream => text.Write(stream, stamp), CancellationToken.None);
        }
        else if (!request.Output.IsStandardOutput && TextModel.DeleteFor(path))
        {
            console.WriteNote($"{TextModel.PathFor(path)}, the embedding of the index that was there, is deleted.");
        }
    }

    private static FaissIndex Create(BuildRequest request, BuildInput input)
    {
        var dimension = input.Dimension;
        var index = FactoryOption.Create(() => request.Metric == BuildMetric.Cosine
            ? FaissIndex.CreateCosine(dimension, request.Factory)
            : FaissIndex.Create(dimension, request.Factory, request.Metric == BuildMetric.L2 ? MetricType.L2 : MetricType.InnerProduct));

        // Not by a factory string: FAISS 1.7.3 takes the map of IDMap2,PQ8,RFlat for a part of the refining index, which stores no ids then.
        return input.Ids is null || StoresIds(index, request.Factory) ? index : new IndexIDMap2(index, takeOwnership: true);
    }

    // A library of another origin does not show all parts.
    private static bool StoresIds(FaissIndex index, string factory) => index.Parts.IsWhollyKnown
        ? index.Parts.StoresIds
        : factory.Contains("IVF", StringComparison.OrdinalIgnoreCase) || factory.Contains("IDMap", StringComparison.OrdinalIgnoreCase);

    private static void Train(BuildRequest request, FaissIndex index, BuildInput input, BuildMemory memory, CancellationToken cancellationToken)
    {
        if (memory.SampleLength > 0)
        {
            var sample = BuildSample.Take(input, memory.SampleLength, request.Seed, cancellationToken);
            Naming(request, () => index.Train(sample, cancellationToken));
        }
    }

    private static void Fill(BuildRequest request, FaissIndex index, BuildInput input, BuildMemory memory, CommandConsole console, CancellationToken cancellationToken)
    {
        // An NSG graph is built of all its vectors at once.
        var length = index.Parts.Graphs.Count > 0 ? input.Count : memory.BlockLength;
        ForEachBlock(request, input, length, console, Add, cancellationToken);

        void Add(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, IProgress<long> progress)
        {
            if (ids.IsEmpty)
            {
                index.Add(vectors, progress, cancellationToken);
            }
            else
            {
                index.AddWithIds(vectors, ids, progress, cancellationToken);
            }
        }
    }

    // Before the training, whose result would be lost.
    private static void CheckOnDisk(BuildRequest request, FaissIndex index, BuildMemory memory)
    {
        try
        {
            OnDiskIndexBuilder.Check(index, request.Output.Path, BufferOf(memory));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--memory is {request.Memory}, more than the {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB that the process may have."));
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"OUTPUT: {FaissSdkCommand.WithoutParameterName(e)}");
        }
    }

    private static long BufferOf(BuildMemory memory) => Math.Max(MinBuffer, memory.IndexBytes);

    private static void BuildOnDisk(BuildRequest request, FaissIndex index, BuildInput input, BuildMemory memory, CommandConsole console, CancellationToken cancellationToken)
    {
        using var builder = new OnDiskIndexBuilder(index, request.Output.Path, BufferOf(memory));
        ForEachBlock(request, input, memory.BlockLength, console, Add, cancellationToken);
        builder.Build(null, cancellationToken).Dispose();

        void Add(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, IProgress<long> progress)
        {
            if (ids.IsEmpty)
            {
                builder.Add(vectors, cancellationToken);
            }
            else
            {
                builder.Add(vectors, ids, cancellationToken);
            }
        }
    }

    private static void ForEachBlock(BuildRequest request, BuildInput input, int length, CommandConsole console, BlockAction add, CancellationToken cancellationToken)
    {
        var lines = new ProgressLines(console, "added", input.Count, "vectors");
        using var reader = input.Vectors.Open(cancellationToken);
        var buffer = new float[Math.Min(length, input.Count) * (long)input.Dimension];
        for (var start = 0; start < input.Count;)
        {
            var count = BuildSample.Fill(reader, buffer, input.Dimension);
            if (count == 0)
            {
                throw new EndOfStreamException(string.Create(CultureInfo.InvariantCulture, $"{request.Input} ends after {start} vectors; it had {input.Count} when it was opened."));
            }

            var (block, first) = (buffer.AsMemory(0, count * input.Dimension), start);
            Naming(request, () =>
            {
                try
                {
                    add(block.Span, input.Ids is null ? [] : input.Ids.AsSpan(first, count), new BlockProgress(lines, first));
                }
                catch (ArgumentException)
                {
                    // Names the vector by its number in the file instead of that in the block.
                    VectorValues.CheckFinite(block.Span, input.Dimension, "vectors", first: first);
                    throw;
                }
            });
            start += count;
            lines.Report(start);
        }
    }

    // Faults of the vectors are faults of the input file.
    private static void Naming(BuildRequest request, Action work)
    {
        try
        {
            work();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{request.Input}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
    }

    private static void Report(BuildRequest request, BuildInput input, FaissIndex index, bool onDisk, TimeSpan training, TimeSpan total, CommandConsole console)
    {
        var bytes = request.Output.IsStandardOutput ? 0 : new FileInfo(request.Output.Path) is { Exists: true } file ? file.Length : 0;
        console.WriteLine(onDisk ? string.Create(CultureInfo.InvariantCulture, $"{request.Factory}, {input.Count:N0} vectors of dimension {input.Dimension}, lists on disk") : index.ToString()!);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"training {training.TotalSeconds:0.00} s, adding {(total - training).TotalSeconds:0.00} s"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {input.Count:N0} vectors to {request.Output.Name}{(bytes > 0 ? $" ({bytes:N0} bytes)" : "")}"));
        if (onDisk)
        {
            console.WriteLine($"wrote the inverted lists to {Path.ChangeExtension(request.Output.Path, ".ivfdata")}");
        }

        if (input.Text is { } text)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote the embedding of {text.Model.TermCount:N0} words to {TextModel.PathFor(request.Output.Path)}"));
        }

        console.WriteJson(json =>
        {
            json.WriteString("output", request.Output.Name);
            json.WriteString("factory", request.Factory);
            json.WriteString("metric", request.Metric.ToString());
            json.WriteNumber("count", input.Count);
            json.WriteNumber("dimension", input.Dimension);
            json.WriteNumber("bytes", bytes);
            json.WriteBoolean("listsOnDisk", onDisk);
            json.WriteNumber("trainingSeconds", training.TotalSeconds);
            json.WriteNumber("addingSeconds", (total - training).TotalSeconds);
        });
    }

    private sealed class BlockProgress(ProgressLines lines, int first) : IProgress<long>
    {
        public void Report(long value) => lines.Report(first + value);
    }
}
