using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk verify</c>: its options.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandConsole console, CancellationToken cancellationToken)
    {
        var input = new Option<string>("--input") { Description = "The vectors to check with: a .fvecs, .bvecs, .npy or .csv file.", HelpName = "FILE", Required = true };
        var clusters = CommandOptions.Integer("--clusters", "The number of clusters.", minimum: 1);

        var training = new TrainingOptions();
        var command = new Command("verify", "Check native and managed k-means against each other on the vectors of a file: 0 when they agree, 1 when not.") { input, clusters };
        training.AddTo(command);
        command.SetAction(parsed => VerifyJob.Run(new VerifyRequest(parsed.GetRequiredValue(input), parsed.GetValue(clusters), training.Read(parsed)), console, cancellationToken));
        return command;
    }
}
