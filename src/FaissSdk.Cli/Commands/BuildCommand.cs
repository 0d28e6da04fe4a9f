using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk build</c>.</summary>
internal static class BuildCommand
{
    private const string DefaultTextFactory = "Flat";

    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var input = new InputOptions("INPUT", "The vectors, or with --text a text of one line for each entry; - for the standard input.");
        var output = new Argument<string>("OUTPUT") { Description = "The index file to write; - for the standard output." };
        var factory = new Option<string>("--factory") { Description = "The factory string of the index, such as Flat, HNSW32 or IVF1024,PQ16. Required, except with --text (Flat).", HelpName = "STRING" };
        var metric = CommandOptions.Choice(
            "--metric",
            "The metric: l2 (the default), ip, the inner product, or cosine, which scales vectors and queries to length 1. With --text always cosine.",
            ("l2", (BuildMetric?)BuildMetric.L2),
            ("ip", BuildMetric.InnerProduct),
            ("cosine", BuildMetric.Cosine));
        var ids = new Option<string>("--ids") { Description = $"The ids of the vectors, instead of 0, 1, 2, … ({string.Join(", ", IdFile.Extensions)}).", HelpName = "FILE" };
        var sample = CommandOptions.Integer("--sample", "The number of vectors, drawn at random, that the index is trained with (default: all).", minimum: 1, optional: true);
        var memory = CommandOptions.Integer("--memory", "The memory in MiB that the index may take with a block of its input, and a training with its sample. Inverted lists (IVF…) that take more lie in a file beside the index (.ivfdata); other kinds are refused.", minimum: 1, optional: true);
        var seed = CommandOptions.Integer("--seed", "The seed of the sample.", minimum: 0, defaultValue: 1234);
        var threads = CommandOptions.Integer("--threads", "The maximum number of threads (default: processors, or OMP_NUM_THREADS).", minimum: 1, optional: true);
        var text = new Option<bool>("--text") { Description = "Index the lines of a text by their words: hashed words, weighted by tf-idf. The embedding is stored beside the index (.text.json), and search --query uses it." };
        var dimension = CommandOptions.Integer("--dimension", "With --text, the dimension of the vectors.", minimum: 1, defaultValue: 256);
        var command = new Command("build", "Build an index of the vectors, or of the lines of text, in a file.");
        input.AddTo(command);
        command.Arguments.Add(output);
        foreach (var option in (Option[])[factory, metric, ids, sample, memory, seed, threads, text, dimension])
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            var isText = parsed.GetValue(text);
            return BuildJob.Run(
                new BuildRequest
                {
                    Input = input.Read(parsed),
                    Output = new CommandOutput("OUTPUT", parsed.GetRequiredValue(output)),
                    Factory = parsed.GetValue(factory) ?? (isText ? DefaultTextFactory : throw new UsageException("--factory is missing: name the kind of the index, such as Flat, HNSW32 or IVF1024,PQ16.")),
                    Metric = MetricOf(parsed.GetValue(metric), isText),
                    Ids = parsed.GetValue(ids),
                    Sample = parsed.GetValue(sample),
                    Memory = parsed.GetValue(memory),
                    Seed = parsed.GetValue(seed),
                    Threads = parsed.GetValue(threads),
                    Text = isText,
                    Dimension = parsed.GetValue(dimension),
                },
                console,
                cancellationToken);
        });
        return command;
    }

    // The vectors of texts have length 1, so that the inner product is the cosine.
    private static BuildMetric MetricOf(BuildMetric? metric, bool isText) =>
        !isText ? metric ?? BuildMetric.L2
        : metric is null or BuildMetric.Cosine ? BuildMetric.InnerProduct
        : throw new UsageException("--metric is always cosine with --text; remove the option.");
}

/// <summary>Specifies how an index compares vectors.</summary>
internal enum BuildMetric
{
    L2,
    InnerProduct,
    Cosine,
}

/// <summary>Represents the options given to <c>faiss-sdk build</c>.</summary>
internal sealed record BuildRequest
{
    public required VectorSource Input { get; init; }

    public required CommandOutput Output { get; init; }

    public required string Factory { get; init; }

    public required BuildMetric Metric { get; init; }

    public string? Ids { get; init; }

    /// <summary>Gets the number of vectors to train with; 0 for all.</summary>
    public int Sample { get; init; }

    /// <summary>Gets the memory of the index in MiB; 0 for no limit.</summary>
    public int Memory { get; init; }

    public int Seed { get; init; }

    public int Threads { get; init; }

    public bool Text { get; init; }

    public int Dimension { get; init; }
}
