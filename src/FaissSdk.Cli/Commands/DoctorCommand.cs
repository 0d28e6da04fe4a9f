using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options of <c>faiss-sdk doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("doctor", "Show which native library is loaded, which places were searched for it, and what this machine supports.");
        var verbose = new Option<bool>("--verbose") { Description = "List the functions that the library lacks." };
        command.Options.Add(verbose);
        command.SetAction(result => DoctorJob.Run(console, result.GetValue(verbose)));
        return command;
    }
}
