using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Runs the commands that write reports on small files.</summary>
internal sealed class ReportFiles : IDisposable
{
    private const int Count = 600;
    private const int Dimension = 8;

    public ReportFiles()
    {
        (Base, Report, Plot) = (Folder.File("base.fvecs"), Folder.File("report.html"), Folder.File("plot.svg"));
        VectorFile.Write(Base, TestData.Clustered(Count, Dimension, 12), Dimension);
    }

    public TemporaryFolder Folder { get; } = new();

    public string Base { get; }

    public string Report { get; }

    public string Plot { get; }

    public void Dispose() => Folder.Dispose();

    /// <summary>Writes the report and the picture of a command, and returns the report.</summary>
    public string Write(string command)
    {
        Run(command);
        return File.ReadAllText(Report);
    }

    public CommandRun Run(string command, params string[] options)
    {
        Tests.Native.RequireOwnSearch();
        var queries = Folder.File("queries.fvecs");
        VectorFile.Write(queries, TestData.Uniform(30, Dimension, seed: 2), Dimension);
        string[] arguments = command switch
        {
            "eval" => ["eval", Index(), Base, queries, "--parameters", "nprobe=1", "--parameters", "nprobe=4"],
            "tune" => ["tune", Index(), Base, queries, "--recall", "0.5", "--threads", "1"],
            _ => [command, "--input", Base, "--clusters", "12", "--names", Names()],
        };
        var run = CommandRun.Of([.. arguments, "--report", Report, "--plot", Plot, .. options]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run;
    }

    private string Index()
    {
        using var single = Tests.Native.SingleThread();
        using var index = FaissIndex.Create(Dimension, "IVF8,Flat");
        var vectors = VectorFile.Read(Base).Values;
        index.Train(vectors);
        index.Add(vectors);
        index.Save(Folder.File("index.faiss"));
        return Folder.File("index.faiss");
    }

    private string Names() => Folder.Write("names.txt", string.Join('\n', Enumerable.Range(0, Count).Select(i => $"point <{i}> & more")));
}
