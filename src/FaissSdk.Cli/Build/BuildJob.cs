using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk build</c>: trains an index, adds the vectors of a file, and writes it.</summary>
internal static class BuildJob
{
    private const int Mebibyte = 1 << 20;

    public static int Run(BuildRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        CheckOutputs(request, console);
        using var limit = request.Threads > 0 ? FaissThreads.Limit(request.Threads) : default;
        var input = BuildInput.Read(request, console, cancellationToken);
        using var index = Create(request, input);
        var onDisk = ExceedsMemory(request, input, index);
        var clock = Stopwatch.StartNew();
        Train(request, index, input.Vectors, cancellationToken);
        var training = clock.Elapsed;
        if (onDisk)
        {
            BuildOnDisk(request, index, input, console, cancellationToken);
        }
        else
        {
            Fill(request, index, input, console, cancellationToken);
        }

        var total = clock.Elapsed;

        // Files that have been started are written to their end: from here on there is no cancellation.
        cancellationToken.ThrowIfCancellationRequested();
        if (input.Text is { } text)
        {
            OutputFile.Write(TextModel.PathFor(request.Output.Path), text.Write, CancellationToken.None);
        }

        if (!onDisk)
        {
            request.Output.Write(index.Save, console, cancellationToken);
        }

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

        new CommandOutput("OUTPUT", TextModel.PathFor(request.Output.Path)).Check([], inputs, console);
    }

    private static FaissIndex Create(BuildRequest request, BuildInput input)
    {
        var dimension = input.Vectors.Dimension;

        // Only inverted lists and ID maps store ids of the caller.
        var needsMap = input.Ids is not null && !request.Factory.Contains("IVF", StringComparison.OrdinalIgnoreCase) && !request.Factory.Contains("IDMap", StringComparison.OrdinalIgnoreCase);
        var factory = needsMap ? "IDMap2," + request.Factory : request.Factory;
        try
        {
            return request.Metric == BuildMetric.Cosine
                ? FaissIndex.CreateCosine(dimension, factory)
                : FaissIndex.Create(dimension, factory, request.Metric == BuildMetric.L2 ? MetricType.L2 : MetricType.InnerProduct);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--factory: {FaissSdkCommand.WithoutParameterName(e)}");
        }
        catch (FaissException e)
        {
            throw new UsageException($"--factory: {e.Message}");
        }
    }

    /// <summary>Returns whether the inverted lists have to lie in a file, because the index is larger than the memory allowed.</summary>
    /// <exception cref="UsageException">It is, and the kind has no lists.</exception>
    private static bool ExceedsMemory(BuildRequest request, BuildInput input, FaissIndex index)
    {
        if (request.Memory == 0)
        {
            return false;
        }

        var needed = FaissIndex.EstimateSizeInBytes(input.Vectors.Dimension, request.Factory, input.Vectors.Count);
        if (needed <= (long)request.Memory * Mebibyte)
        {
            return false;
        }

        var least = string.Create(CultureInfo.InvariantCulture, $"--memory is {request.Memory}, and {request.Factory} of {input.Vectors.Count:N0} vectors takes about {(needed + Mebibyte - 1) / Mebibyte} MiB");
        if (request.Output.IsStandardOutput)
        {
            throw new UsageException($"{least}; the inverted lists need a file beside the index, so name a file instead of -.");
        }

        return request.Factory.Contains("IVF", StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new UsageException($"{least}; raise it, choose a factory string with smaller codes, such as {index.Dimension switch { >= 16 => "IVF1024,PQ16", _ => "IVF1024,SQ8" }}, or one with inverted lists (IVF…), which can lie in a file.");
    }

    private static void Train(BuildRequest request, FaissIndex index, VectorSet vectors, CancellationToken cancellationToken)
    {
        if (index.IsTrained)
        {
            return;
        }

        var sample = vectors.Values;
        if (request.Sample > 0 && request.Sample < vectors.Count)
        {
            var rows = RandomSample.SubsampleRows(vectors.Count, request.Sample, request.Seed);
            sample = new float[rows.Length * vectors.Dimension];
            for (var i = 0; i < rows.Length; i++)
            {
                vectors.Vector(rows[i]).CopyTo(sample.AsSpan(i * vectors.Dimension));
            }
        }

        Naming(request, () => index.Train(sample, cancellationToken));
    }

    private static void Fill(BuildRequest request, FaissIndex index, BuildInput input, CommandConsole console, CancellationToken cancellationToken)
    {
        var progress = new ProgressLines(console, "added", input.Vectors.Count, "vectors");
        Naming(request, () =>
        {
            if (input.Ids is { } ids)
            {
                index.AddWithIds(input.Vectors.Values, ids, progress, cancellationToken);
            }
            else
            {
                index.Add(input.Vectors.Values, progress, cancellationToken);
            }
        });
    }

    private static void BuildOnDisk(BuildRequest request, FaissIndex index, BuildInput input, CommandConsole console, CancellationToken cancellationToken)
    {
        using var builder = new OnDiskIndexBuilder(index, request.Output.Path, Math.Max(1, request.Memory) * (long)Mebibyte);
        const int block = 1 << 16;
        var progress = new ProgressLines(console, "added", input.Vectors.Count, "vectors");
        var dimension = input.Vectors.Dimension;
        for (var start = 0; start < input.Vectors.Count; start += block)
        {
            var count = Math.Min(block, input.Vectors.Count - start);
            var vectors = input.Vectors.Values.AsMemory(start * dimension, count * dimension);
            var first = start;
            Naming(request, () =>
            {
                if (input.Ids is { } ids)
                {
                    builder.Add(vectors.Span, ids.AsSpan(first, count), cancellationToken);
                }
                else
                {
                    builder.Add(vectors.Span, cancellationToken);
                }
            });
            progress.Report(start + count);
        }

        builder.Build(null, cancellationToken).Dispose();
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
        var vectors = input.Vectors;
        var bytes = request.Output.IsStandardOutput ? 0 : new FileInfo(request.Output.Path) is { Exists: true } file ? file.Length : 0;
        console.WriteLine(onDisk ? string.Create(CultureInfo.InvariantCulture, $"{request.Factory}, {vectors.Count:N0} vectors of dimension {vectors.Dimension}, lists on disk") : index.ToString()!);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"training {training.TotalSeconds:0.00} s, adding {(total - training).TotalSeconds:0.00} s"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {vectors.Count:N0} vectors to {request.Output.Name}{(bytes > 0 ? $" ({bytes:N0} bytes)" : "")}"));
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
            json.WriteNumber("count", vectors.Count);
            json.WriteNumber("dimension", vectors.Dimension);
            json.WriteNumber("bytes", bytes);
            json.WriteBoolean("listsOnDisk", onDisk);
            json.WriteNumber("trainingSeconds", training.TotalSeconds);
            json.WriteNumber("addingSeconds", (total - training).TotalSeconds);
        });
    }
}
