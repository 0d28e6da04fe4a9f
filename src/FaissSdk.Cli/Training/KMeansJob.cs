using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk kmeans</c>: reads the vectors, trains, compares the backends and writes the results.</summary>
internal static class KMeansJob
{
    public static int Run(KMeansRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        var (points, selection, names) = Prepare(request, console, cancellationToken);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Input}: {points.Count} points of dimension {points.Dimension}, {request.Clusters} clusters"));
        console.WriteLine($"backend: {string.Join(" and ", selection.Backends).ToLowerInvariant()}{(selection.Reason is null ? "" : $" ({selection.Reason})")}");
        console.WriteLine();

        var runs = Train(request, points, selection, console, cancellationToken);
        var comparison = runs.Count == 1 ? null : BackendComparison.Compare(points, runs[0], runs[1], cancellationToken);
        comparison?.Write(console, points.Count);
        cancellationToken.ThrowIfCancellationRequested();
        var labels = request is { Assignments: null, Report: null, Plot: null } && !console.IsJson ? [] : comparison?.NativeLabels ?? PointAssignment.Assign(runs[0].Result, points, cancellationToken);
        WriteResults(request, runs, labels, console, cancellationToken);
        WriteReport(request, points, runs, comparison, names, labels, console);
        console.WriteJson(json => KMeansJson.Write(json, request, points, runs, labels, comparison));
        return comparison is null or { Agrees: true } ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Checks everything that can be checked before the training, and reads the vectors.</summary>
    private static (VectorSet Points, BackendSelection Selection, List<string>? Names) Prepare(KMeansRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        using var input = VectorFile.Open(request.Input);
        CheckOutputs(request, console);
        var selection = BackendSelection.Of(request.Backend);
        var isSuperKMeans = request.Backend == BackendChoice.SuperKMeans;
        if (isSuperKMeans)
        {
            SuperKMeansOptions.Check(request.Options);
        }

        var points = VectorFile.Read(input, console, cancellationToken);
        if (isSuperKMeans)
        {
            SuperKMeansOptions.Check(request.Input, points.Dimension);
        }

        points.CheckClusterable(request.Input, request.Clusters);
        CheckByteRange(request, points);
        return (points, selection, NamesFile.Read(request.Names, request.Input, points.Count, cancellationToken));
    }

    private static List<TrainingRun> Train(KMeansRequest request, VectorSet points, BackendSelection selection, CommandConsole console, CancellationToken cancellationToken)
    {
        var runs = new List<TrainingRun>();
        try
        {
            foreach (var backend in selection.Backends)
            {
                runs.Add(TrainingRun.Train(console, points, request.Clusters, request.Options with { Backend = backend }, cancellationToken));
                runs[^1].Write(console);
            }
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{request.Input}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }

        return runs;
    }

    private static void CheckOutputs(KMeansRequest request, CommandConsole console)
    {
        var inputs = new[] { request.Input, request.Names is null ? null : new VectorSource(request.Names) };
        request.Centroids?.Check(VectorFile.OutputExtensions, inputs, console);
        request.Assignments?.Check(LabelFile.Extensions, inputs, console);
        ReportOutput.Check(request.Report, request.Plot, [request.Input.Path, request.Names, request.Centroids?.Path, request.Assignments?.Path]);
        if (request is { Centroids: { } centroids, Assignments: { } assignments } && (OutputFile.IsSame(centroids.Path, assignments.Path) || (centroids.IsStandardOutput && assignments.IsStandardOutput)))
        {
            throw new UsageException($"--centroids and --assignments both name {centroids.Path}{(centroids.Path == assignments.Path ? "" : $" (as {assignments.Path})")}; choose two files.");
        }

        if (!request.Options.IntegerCentroids && request.Centroids?.Format(VectorFile.OutputExtensions) == ".bvecs")
        {
            throw new UsageException($"--centroids: {request.Centroids.Name} can store only integers from 0 to 255; add --integer-centroids or choose another extension.");
        }
    }

    // Means are between the components, so that all of them round to bytes; a training whose result cannot be written would be lost.
    private static void CheckByteRange(KMeansRequest request, VectorSet points)
    {
        if (request.Centroids?.Format(VectorFile.OutputExtensions) != ".bvecs")
        {
            return;
        }

        // Spherical centroids have length 1, and so components from -1 to 1.
        var (least, greatest) = (TensorPrimitives.Min<float>(points.Values), TensorPrimitives.Max<float>(points.Values));
        if (request.Options.Spherical ? least < 0 : least <= -0.5 || greatest >= 255.5)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"--centroids: {request.Centroids.Name} can store only integers from 0 to 255, and the components of {request.Input} are from {least} to {greatest}; choose another extension."));
        }
    }

    /// <summary>Writes the files that were asked for.</summary>
    /// <param name="request">The options.</param>
    /// <param name="runs">The trainings; the first one's result is written.</param>
    /// <param name="labels">The clusters of the points by the first training; empty if nothing needs them.</param>
    /// <param name="console">The console.</param>
    /// <param name="cancellationToken">Checked before anything is written, and while a pipe is written.</param>
    private static void WriteResults(KMeansRequest request, List<TrainingRun> runs, long[] labels, CommandConsole console, CancellationToken cancellationToken)
    {
        var result = runs[0].Result;
        var source = runs.Count > 1 ? $" ({runs[0].Name})" : "";

        // Files that have been started are written to their end: from here on there is no cancellation.
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Centroids is { } centroids)
        {
            var format = centroids.Format(VectorFile.OutputExtensions);
            var values = format == ".bvecs" ? NearestBytes(result, centroids.Name, console) : result.Centroids.ToArray();
            centroids.Write(stream => VectorFile.Write(stream, format, values, result.Dimension, centroids.Name), console, cancellationToken);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {result.Clusters} centroids{source} to {centroids.Name}"));
        }

        if (request.Assignments is { } assignments)
        {
            assignments.Write(stream => LabelFile.Write(stream, assignments.Format(LabelFile.Extensions), labels), console, cancellationToken);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {labels.Length} assignments{source} to {assignments.Name}"));
        }
    }

    // All means are bytes, but a split that refills an empty cluster moves its two centroids by a share of their components, which may be 255.
    private static float[] NearestBytes(KMeansResult result, string name, CommandConsole console)
    {
        var (values, moved) = (result.Centroids.ToArray(), 0);
        foreach (ref var value in values.AsSpan())
        {
            var nearest = Math.Clamp(value, byte.MinValue, byte.MaxValue);
            moved += nearest == value ? 0 : 1;
            value = nearest;
        }

        if (moved > 0)
        {
            console.WriteNote(string.Create(
                CultureInfo.InvariantCulture, $"--centroids: splits of empty clusters have moved {moved} {(moved == 1 ? "component" : "components")} beyond 0 to 255; {name} has the nearest of these numbers."));
        }

        return values;
    }

    private static void WriteReport(
        KMeansRequest request, VectorSet points, List<TrainingRun> runs, BackendComparison? comparison, List<string>? names, long[] labels, CommandConsole console)
    {
        if (request is { Report: null, Plot: null })
        {
            return;
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"{request.Clusters:N0} clusters of {request.Input.FileName}");
        var view = ClusterView.Of(points, runs[0].Result, labels, names);
        ReportOutput.Write(request.Report, () => Page(request, points, runs, comparison, view, title), "the report", console);
        ReportOutput.Write(request.Plot, () => ClusterMap.Draw(view, title, isAlone: true), string.Create(CultureInfo.InvariantCulture, $"a map of {view.Shown.Count:N0} points"), console);
    }

    private static string Page(KMeansRequest request, VectorSet points, List<TrainingRun> runs, BackendComparison? comparison, ClusterView view, string title)
    {
        var page = KMeansReport.Start(title, request.Input, points, request.Clusters, runs, view);
        if (comparison is not null)
        {
            page.AddSection("Agreement", "How far native and managed k-means agree.", $"<pre>{PageMarkup.Encode(string.Join('\n', comparison.Describe(points.Count)))}</pre>");
        }

        KMeansReport.AddTraining(page, runs);
        KMeansReport.AddClusters(page, points, view);
        return page.ToString();
    }
}
