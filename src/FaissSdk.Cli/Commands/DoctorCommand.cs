using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk doctor</c>: its options.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("doctor", "Tell which native library is loaded, where it was looked for, and what this machine can do.");
        var verbose = new Option<bool>("--verbose") { Description = "Name the functions that the library lacks." };
        command.Options.Add(verbose);
        command.SetAction(result => Doctor.Run(console, result.GetValue(verbose)));
        return command;
    }
}
