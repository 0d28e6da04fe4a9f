using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk check</c>: tries an index file, and describes the index in it.</summary>
internal static class CheckJob
{
    public static int Run(string path, IndexValidation validation, CommandConsole console)
    {
        var description = StartsLikeBinaryIndex(path) ? DescribeBinary(path, validation) : DescribeFloat(path, validation);
        console.WriteLine($"{path}: {description}");
        console.WriteLine("verdict: the file was read, checked and used in a child process without a fault");
        console.WriteJson(json =>
        {
            json.WriteString("file", path);
            json.WriteString("index", description);
            json.WriteBoolean("isSound", true);
        });
        return ExitCode.Success;
    }

    private static bool StartsLikeBinaryIndex(string path)
    {
        Span<byte> start = stackalloc byte[2];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("IB"u8);
    }

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
