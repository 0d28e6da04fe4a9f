using FaissSdk.Cli;

StandardStream.OccupyClosed();
using var termination = new TerminationSignals();
var exitCode = FaissSdkCommand.Run(args, CommandConsole.ForProcess(), termination.Token);
return exitCode == ExitCode.Cancelled ? termination.ExitCode : exitCode;
