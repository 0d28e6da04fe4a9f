using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk verify</c>: what it does.</summary>
internal static class VerifyJob
{
    public static int Run(VerifyRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        FileExtension.Of(request.Input, VectorFile.Extensions);
        InputFile.Open(request.Input).Dispose();
        if (!FaissLibrary.IsAvailable)
        {
            throw new FaissLibraryException("nothing was verified, as there is no native library to check against. " + FaissLibrary.Failure);
        }

        using var limit = request.Options.MaxDegreeOfParallelism > 0 ? FaissThreads.Limit(request.Options.MaxDegreeOfParallelism) : default;
        return Run(request, new NativeReference(), console, cancellationToken);
    }

    public static int Run(VerifyRequest request, IReferenceKMeans reference, CommandConsole console, CancellationToken cancellationToken)
    {
        var points = console.Track($"reading {request.Input}", report => VectorFile.Read(request.Input, report, cancellationToken));
        try
        {
            KMeansInput.Check(points.Values, points.Dimension, request.Clusters, request.Options);
            VectorValues.CheckFinite(points.Values, points.Dimension, nameof(points));
            var verification = Verify(request, reference, points, console, cancellationToken);
            verification.Write(console);
            return verification.Agrees ? ExitCode.Success : ExitCode.Failure;
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{request.Input}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
    }

    private static Verification Verify(VerifyRequest request, IReferenceKMeans reference, VectorSet points, CommandConsole console, CancellationToken cancellationToken)
    {
        // What is compared stays comparable: both do the same number of iterations.
        var options = request.Options with { StopWhenConverged = false };
        var used = (int)Math.Min(points.Count, (long)request.Clusters * options.MaxPointsPerCentroid);
        var data = DataFacts.Of(points.Values, points.Dimension);
        WriteFacts(request, reference, points, used, data, console);

        var (lockstep, precision) = console.Track("both from the same centroids", report => Step(request, options, reference, points, used, report, cancellationToken));
        var native = Trainer.Train(console, points, request.Clusters, options with { Backend = KMeansBackend.Native }, reference.CreateEngine, cancellationToken);
        options = options with { Backend = KMeansBackend.Managed };
        var managed = Trainer.Train(console, points, request.Clusters, options, cancellationToken);
        var unpruned = options.Pruning ? Trainer.Train(console, points, request.Clusters, options with { Pruning = false }, cancellationToken) : null;
        return new Verification
        {
            Request = request,
            Data = data,
            Lockstep = lockstep,
            Precision = precision,
            Native = native,
            Managed = managed,
            Unpruned = unpruned,
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
        var start = reference.InitialCentroids(training.Points, dimension, clusters, options);

        // As many points as clusters are the centroids, without an iteration.
        var lockstep = new Lockstep(native, managed, dimension, clusters, options)
            .Run(training.Points, start, used == clusters ? 0 : options.Iterations, RowOf, report, cancellationToken);
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
