using FaissSdk;
using FaissSdk.DamagedFiles;

// Standard input: lines "float PATH" or "binary PATH"; with "-validated" after the first word, the file is first tried in a child
// process. Standard output: "ready", then a line for each file: "refused MESSAGE" if it does not load, otherwise "used" and the names
// of the calls that threw. Memory that a call overwrote may be noticed only when it is freed, so all is freed before the answer.
Console.Out.WriteLine(FaissLibrary.IsAvailable ? "ready" : "no library");
while (Console.In.ReadLine() is { } line)
{
    var (kind, path) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
    Console.Error.WriteLine("in Load");
    var validate = kind.EndsWith("-validated", StringComparison.Ordinal);
    var answer = kind.StartsWith("binary", StringComparison.Ordinal) ? BinaryUse.Of(path, validate) : FloatUse.Of(path, validate);
    GC.Collect();
    GC.WaitForPendingFinalizers();
    Console.Out.WriteLine(answer);
}
