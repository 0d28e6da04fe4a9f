using System.Globalization;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk kmeans</c>: what it does.</summary>
internal static class KMeansJob
{
    public static int Run(KMeansRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        CheckFiles(request);
        var selection = BackendSelection.Of(request.Backend);
        var points = console.Track($"reading {request.Input}", report => VectorFile.Read(request.Input, report, cancellationToken));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Input}: {points.Count} points of dimension {points.Dimension}, {request.Clusters} clusters"));
        console.WriteLine($"backend: {string.Join(" and ", selection.Backends).ToLowerInvariant()}{(selection.Reason is null ? "" : $" ({selection.Reason})")}");
        console.WriteLine();

        var runs = new List<TrainingRun>();
        try
        {
            foreach (var backend in selection.Backends)
            {
                runs.Add(Trainer.Train(console, points, request.Clusters, request.Options with { Backend = backend }, cancellationToken));
                TrainingReport.Write(console, runs[^1]);
            }
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{request.Input}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }

        var agree = runs.Count == 1 || ReportAgreement(points, runs[0], runs[1], console, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        WriteResults(request, points, runs, console, cancellationToken);
        return agree ? ExitCode.Success : ExitCode.Failure;
    }

    public static bool ReportAgreement(VectorSet points, TrainingRun native, TrainingRun managed, CommandConsole console, CancellationToken cancellationToken)
    {
        var comparison = BackendComparison.Compare(points, native, managed, cancellationToken);
        foreach (var line in comparison.Describe(points.Count))
        {
            console.WriteLine(line);
        }

        return comparison.Agrees;
    }

    private static void CheckFiles(KMeansRequest request)
    {
        FileExtension.Of(request.Input, VectorFile.Extensions);
        CheckOutput("--centroids", request.Centroids, VectorFile.Extensions);
        CheckOutput("--assignments", request.Assignments, LabelFile.Extensions);
        if (request.Centroids is not null && request.Assignments is not null && SameFile(request.Centroids, request.Assignments))
        {
            throw new UsageException($"--centroids and --assignments both name {request.Centroids}.");
        }

        if (!request.Options.IntegerCentroids && request.Centroids is not null && FileExtension.Of(request.Centroids, VectorFile.Extensions) == ".bvecs")
        {
            throw new UsageException($"--centroids: {request.Centroids} holds whole numbers from 0 to 255 only; add --integer-centroids or choose another format.");
        }

        InputFile.Open(request.Input).Dispose();

        void CheckOutput(string option, string? path, string[] extensions)
        {
            if (path is null)
            {
                return;
            }

            FileExtension.Of(path, extensions);
            if (SameFile(path, request.Input))
            {
                throw new UsageException($"{option}: {path} is the input file.");
            }

            OutputFile.CheckWritable(option, path);
        }
    }

    private static bool SameFile(string left, string right) => Path.GetFullPath(left) == Path.GetFullPath(right);

    private static void WriteResults(KMeansRequest request, VectorSet points, List<TrainingRun> runs, CommandConsole console, CancellationToken cancellationToken)
    {
        var result = runs[0].Result;
        var whose = runs.Count > 1 ? $" ({runs[0].Name})" : "";
        var labels = request.Assignments is null ? [] : result.Assign(points.Values);

        // The last moment to cancel: what is written is written whole.
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Centroids is { } centroids)
        {
            VectorFile.Write(centroids, result.Centroids.ToArray(), result.Dimension);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {result.Clusters} centroids{whose} to {centroids}"));
        }

        if (request.Assignments is { } assignments)
        {
            LabelFile.Write(assignments, labels);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {labels.Length} assignments{whose} to {assignments}"));
        }
    }
}
