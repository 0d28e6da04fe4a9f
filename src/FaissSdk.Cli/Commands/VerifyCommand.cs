using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk verify</c>.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var clusters = CommandOptions.Integer("--clusters", "The number of clusters.", minimum: 1);
        var training = new TrainingOptions("The vectors to check with");
        var report = CommandOptions.Report();
        var plot = CommandOptions.Plot("Draw a map of the points, by cluster, to this file (.svg).");
        var names = NamesFile.Option();
        var command = new Command("verify", "Check native and managed k-means and exact search against each other on the vectors of a file. The exit code is 0 if they agree and 1 if not.") { clusters, report, plot, names };
        training.AddTo(command);
        command.SetAction(parsed => VerifyJob.Run(
            new VerifyRequest(training.ReadSource(parsed), parsed.GetValue(clusters), training.Read(parsed))
            {
                Report = parsed.GetValue(report),
                Plot = parsed.GetValue(plot),
                Names = parsed.GetValue(names),
            },
            console,
            cancellationToken));
        return command;
    }
}
