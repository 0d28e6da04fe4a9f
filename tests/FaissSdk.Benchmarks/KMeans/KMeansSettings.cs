using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Represents the arguments of <c>kmeans</c>.</summary>
internal sealed record KMeansSettings
{
    public static readonly string Usage =
        $"usage: kmeans [--quick] [--rounds N] [--rows PATTERN] [--search NAME] [--threads N] [--alone] [--library FILE]… [--embeddings FILE] [--superkmeans PROGRAM] [--output DIR] (NAME is one of: {SearchName.Names})";

    private const string CheckOption = "--check";
    private const string MeasureOption = "--measure";
    private const string AloneOption = "--alone";

    public bool Quick { get; private init; }

    /// <summary>Gets the rounds of each row, regardless of their duration; 0 for as many as the time budget allows.</summary>
    public int Rounds { get; private init; }

    /// <summary>Gets the selection of rows to measure, or null for all.</summary>
    public KMeansRows? Rows { get; private init; }

    /// <summary>Gets the search method that the managed trainings must use, or null for the one that they choose.</summary>
    public string? Search { get; private init; }

    /// <summary>Gets the FAISS libraries, each measured in processes of its own; if empty, the library that is found is measured.</summary>
    public string[] Libraries { get; private init; } = [];

    /// <summary>Gets the file with embeddings of a model (.fvecs), or null for stand-ins.</summary>
    public string? Embeddings { get; private init; }

    /// <summary>Gets the compiled superkmeans.cpp, or null.</summary>
    public string? SuperKMeans { get; private init; }

    /// <summary>Gets the folder for the files, or null for the default one.</summary>
    public string? Output { get; private init; }

    /// <summary>Gets a value indicating whether only the arguments are to be checked.</summary>
    public bool Check { get; private init; }

    /// <summary>Gets the numbers of threads to measure with, one after another.</summary>
    public int[] ThreadCounts { get; private init; } = [1, 2];

    /// <summary>Gets the number of threads that this process measures with; 0 in the process that starts the others.</summary>
    public int Threads { get; private init; }

    /// <summary>Gets a value indicating whether only the rows that compare FAISS with the managed k-means are measured.</summary>
    public bool Alone { get; private init; }

    public bool Measures(string label) => Rows?.Match(label) != false;

    /// <returns>The settings, or null if the arguments are invalid.</returns>
    public static KMeansSettings? Parse(string[] arguments)
    {
        var settings = new KMeansSettings();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var next = arguments[i] switch
            {
                "--quick" => settings with { Quick = true },
                CheckOption => settings with { Check = true },
                AloneOption => settings with { Alone = true },
                "--rounds" when TryCount(value, out var rounds) => settings with { Rounds = rounds },
                MeasureOption when TryCount(value, out var threads) => settings with { Threads = threads },
                "--threads" when TryCount(value, out var only) => settings with { ThreadCounts = [only] },
                "--rows" when KMeansRows.TryParse(value) is { } rows => settings with { Rows = rows },
                "--search" when SearchName.IsKnown(value) => settings with { Search = value },
                "--library" when value.Length > 0 => settings with { Libraries = [.. settings.Libraries, value] },
                "--embeddings" when value.Length > 0 => settings with { Embeddings = value },
                "--superkmeans" when value.Length > 0 => settings with { SuperKMeans = value },
                "--output" when value.Length > 0 => settings with { Output = value },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            settings = next;
            i += arguments[i] is "--quick" or CheckOption or AloneOption ? 0 : 1;
        }

        return settings;
    }

    /// <summary>Returns the arguments of the process that measures with a number of threads.</summary>
    public IEnumerable<string> ForMeasuring(int threads, bool alone)
    {
        (string Name, string? Value)[] values =
        [
            (MeasureOption, threads.ToString(CultureInfo.InvariantCulture)),
            ("--rounds", Rounds > 0 ? Rounds.ToString(CultureInfo.InvariantCulture) : null),
            ("--rows", Rows?.Pattern),
            ("--search", Search),
            ("--embeddings", Embeddings),
            ("--superkmeans", SuperKMeans),
        ];
        return
        [
            .. values.Where(option => option.Value is not null).SelectMany(option => (string[])[option.Name, option.Value!]),
            .. Quick ? (string[])["--quick"] : [],
            .. alone || Alone ? (string[])[AloneOption] : [],
        ];
    }

    private static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
}
