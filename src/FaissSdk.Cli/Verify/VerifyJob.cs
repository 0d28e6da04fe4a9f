using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk verify</c>: compares native and managed k-means in lockstep, in double precision and as whole trainings, exact search, and SuperKMeans.</summary>
internal static class VerifyJob
{
    public static int Run(VerifyRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        ReportOutput.Check(request.Report, request.Plot, [request.Input.Path, request.Names]);
        VectorSet points;
        using (var input = VectorFile.Open(request.Input))
        {
            if (!FaissLibrary.IsAvailable)
            {
                throw new FaissLibraryException("verify needs the native library to compare the managed k-means with. " + FaissLibrary.Failure);
            }

            points = VectorFile.Read(input, console, cancellationToken);
        }

        using var limit = request.Options.MaxDegreeOfParallelism > 0 ? FaissThreads.Limit(request.Options.MaxDegreeOfParallelism) : default;
        return Run(request, points, new NativeReference(), console, cancellationToken);
    }

    /// <summary>Verifies against any reference.</summary>
    public static int Run(VerifyRequest request, VectorSet points, IReferenceKMeans reference, CommandConsole console, CancellationToken cancellationToken)
    {
        points.CheckClusterable(request.Input, request.Clusters);
        var names = NamesFile.Read(request.Names, request.Input, points.Count, cancellationToken);
        try
        {
            var result = Verify(request, reference, points, console, cancellationToken);
            result.Write(console);
            WriteReport(request, points, result, names, console, cancellationToken);
            return result.Agrees ? ExitCode.Success : ExitCode.Failure;
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{request.Input}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
    }

    private static void WriteReport(VerifyRequest request, VectorSet points, VerifyReport result, List<string>? names, CommandConsole console, CancellationToken cancellationToken)
    {
        console.WriteJson(json =>
        {
            json.WriteString("input", request.Input.ToString());
            json.WriteNumber("count", points.Count);
            json.WriteNumber("dimension", points.Dimension);
            json.WriteNumber("clusters", request.Clusters);
            json.WriteBoolean("agrees", result.Agrees);
            CommandJson.WriteArray(json, "checks", result.Checks, check =>
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteBoolean("holds", check.Holds);
                json.WriteString("figures", check.Figures);
                json.WriteEndObject();
            });
            json.WriteString("exactSearch", result.SearchNote is null ? "compared" : "not compared: " + result.SearchNote);
            json.WriteString("superKMeans", result.SuperKMeans.Note ?? "compared");
            CommandJson.WriteArray(json, "trainings", [result.Native, result.Managed], run => KMeansJson.Write(json, run));
        });
        if (request is { Report: null, Plot: null })
        {
            return;
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"Verification of {request.Clusters:N0} clusters of {request.Input.FileName}");
        var view = ClusterView.Of(points, result.Managed.Result, PointAssignment.Assign(result.Managed.Result, points, cancellationToken), names);
        ReportOutput.Write(request.Report, () => Page(request, points, result, view, title), "the report", console);
        ReportOutput.Write(request.Plot, () => ClusterMap.Draw(view, title, isAlone: true), string.Create(CultureInfo.InvariantCulture, $"a map of {view.Shown.Count:N0} points"), console);
    }

    private static string Page(VerifyRequest request, VectorSet points, VerifyReport result, ClusterView view, string title)
    {
        TrainingRun[] runs = [result.Native, result.Managed];
        var page = KMeansReport.Start(title, request.Input, points, request.Clusters, runs, view);
        page.AddFact("verdict", result.Agrees ? "agree" : "DISAGREE");
        page.AddSection(
            "Checks",
            "In every iteration both implementations start from the same centroids; each check has to hold.",
            HtmlReport.Table("Checks", ["result", "check", "figures"], result.Checks.Select(check => (string[])[check.Holds ? "✓ ok" : "✗ failed", PageMarkup.Encode(check.Name), PageMarkup.Encode(check.Figures)])));
        KMeansReport.AddTraining(page, runs);
        KMeansReport.AddClusters(page, points, view);
        return page.ToString();
    }

    private static VerifyReport Verify(VerifyRequest request, IReferenceKMeans reference, VectorSet points, CommandConsole console, CancellationToken cancellationToken)
    {
        // Both backends run the same number of iterations with sums of one precision, by default FAISS's, so that all bits can be compared.
        var isDouble = request.Options.Summation == KMeansSummation.DoublePrecision;
        var options = request.Options with { StopWhenConverged = false, Summation = isDouble ? KMeansSummation.DoublePrecision : KMeansSummation.SinglePrecision };
        var used = (int)Math.Min(points.Count, (long)request.Clusters * options.MaxPointsPerCentroid);
        var data = DataFacts.Of(points.Values, points.Dimension);
        WriteFacts(request, reference, points, used, data, console);

        var (lockstep, precision) = console.Track("both in lockstep", report => Step(request, options, reference, points, used, report, cancellationToken));
        var native = TrainingRun.Train(console, points, request.Clusters, options with { Backend = KMeansBackend.Native }, reference.CreateEngine, cancellationToken);
        options = options with { Backend = KMeansBackend.Managed };
        var managed = TrainingRun.Train(console, points, request.Clusters, options, cancellationToken);
        var unpruned = options.Pruning ? TrainingRun.Train(console, points, request.Clusters, options with { Pruning = false }, cancellationToken) : null;
        var searchNote = SearchCheck.ReasonAgainst(points);
        return new VerifyReport
        {
            Request = request,
            Data = data,
            Lockstep = lockstep,
            Precision = precision,
            Native = native,
            Managed = managed,
            Unpruned = unpruned,
            SuperKMeans = SuperKMeansCheck.Run(points, request.Clusters, options, native, console, cancellationToken),
            Search = searchNote is null ? SearchCheck.Run(points, options.Threads, cancellationToken) : null,
            SearchNote = searchNote,
            Trainings = BackendComparison.Compare(points, native, managed, cancellationToken),
        };
    }

    private static (LockstepReport Lockstep, PrecisionSample Precision) Step(
        VerifyRequest request, KMeansOptions options, IReferenceKMeans reference, VectorSet points, int used, Action<double> report, CancellationToken cancellationToken)
    {
        var (dimension, clusters) = (points.Dimension, request.Clusters);
        var training = TrainingPoints.Take(points.Values, dimension, clusters, used, options);
        var rows = used < points.Count && used > clusters ? RandomSample.SubsampleRows(points.Count, used, options.Seed) : null;
        int RowOf(int point) => rows is null ? point : rows[point];

        using var native = reference.CreateEngine(dimension, clusters, options);
        using var managed = new ManagedKMeansEngine(dimension, clusters, options);
        using var accurate = request.Options.Summation == options.Summation ? null : new ManagedKMeansEngine(dimension, clusters, options with { Summation = request.Options.Summation });
        var start = reference.InitialCentroids(training.Points, dimension, clusters, options);

        // With sums in double precision FAISS only assigns, and both are updated by the same code.
        var splitRounds = options.Summation == KMeansSummation.SinglePrecision ? reference.SplitRounds : CentroidUpdate.MaxRounds;

        // If there are as many points as clusters, the points are the centroids and no iteration is run.
        var lockstep = new Lockstep(native, managed, accurate, dimension, clusters, options, splitRounds)
            .Run(training.Points, start, used == clusters ? 0 : options.MaxIterations, RowOf, report, cancellationToken);
        return (lockstep, PrecisionSample.Take(training.Points, lockstep, dimension, options.Spherical, RowOf, cancellationToken));
    }

    private static void WriteFacts(VerifyRequest request, IReferenceKMeans reference, VectorSet points, int used, DataFacts data, CommandConsole console)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Input}: {points.Count:N0} points of dimension {points.Dimension:N0} into {request.Clusters:N0} clusters, seed {request.Options.Seed}"));
        console.WriteLine("  trained on  " + (used < points.Count ? string.Create(CultureInfo.InvariantCulture, $"a sample of {used:N0} points") : "all points"));
        console.WriteLine("  origin      " + data.Describe() + (request.Options.Center ? "; the mean is subtracted" : ""));
        console.WriteLine("  native      " + reference.Description);
        var version = typeof(KMeans).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        console.WriteLine("  managed     " + string.Create(CultureInfo.InvariantCulture, $"FaissSdk {version} ({NearestCentroid.Fastest.Name} kernel), {request.Options.Threads} threads, {RuntimeInformation.FrameworkDescription}"));
        console.WriteLine();
    }
}
