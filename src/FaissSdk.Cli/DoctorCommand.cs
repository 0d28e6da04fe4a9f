using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk doctor</c>: its options.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("doctor", "Tell which native library is loaded, where it was looked for, and what this machine can do.");
        command.SetAction(_ => Doctor.Run(console));
        return command;
    }
}
