using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk check</c>: tries an index file, and describes the index in it.</summary>
internal static class CheckJob
{
    public static int Run(string path, IndexValidation validation, CommandConsole console, CancellationToken cancellationToken)
    {
        InputFile.CheckExists(path);
        string description;
        try
        {
            // Not waited for after a cancellation: the child process keeps to its time in any case.
            description = Task.Run(() => SearchedIndex.IsBinary(path) ? DescribeBinary(path, validation) : DescribeFloat(path, validation), CancellationToken.None)
                .WaitAsync(cancellationToken)
                .GetAwaiter()
                .GetResult();
        }
        catch (FaissException e)
        {
            WriteJson(path, null, e.Message, console);
            throw;
        }

        console.WriteLine($"{path}: {description}");
        console.WriteLine("verdict: the file was read, checked and used in a child process without a fault");
        WriteJson(path, description, null, console);
        return ExitCode.Success;
    }

    private static void WriteJson(string path, string? description, string? fault, CommandConsole console) => console.WriteJson(json =>
    {
        json.WriteString("file", path);
        json.WriteBoolean("isSound", fault is null);
        json.WriteString(fault is null ? "index" : "fault", fault ?? description);
    });

    private static string DescribeFloat(string path, IndexValidation validation)
    {
        using var index = FaissIndex.Load(path, validation);
        return Describe(index.GetType(), index.Count, index.Dimension, "components", index.Metric);
    }

    private static string DescribeBinary(string path, IndexValidation validation)
    {
        using var index = IndexBinary.Load(path, validation);
        return Describe(index.GetType(), index.Count, index.Dimension, "bits", index.Metric);
    }

    private static string Describe(Type type, long count, int dimension, string unit, MetricType metric) =>
        string.Create(CultureInfo.InvariantCulture, $"{(type.IsPublic ? type.Name : "index")}, {count} vectors of {dimension} {unit}, {metric}");
}
