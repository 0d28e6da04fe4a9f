using FaissSdk;
using FaissSdk.Cli;

StandardStream.OccupyClosed();
using var termination = new TerminationSignals();
var console = CommandConsole.ForProcess();
FaissDiagnostics.MessagePrinted += (_, message) => console.WriteNote($"FAISS: {message.Text}");
var exitCode = FaissSdkCommand.Run(args, console, termination.Token);
return exitCode == ExitCode.Canceled ? termination.ExitCode : exitCode;
