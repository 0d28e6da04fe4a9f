using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Tests.Sizes;

/// <summary>Calls every public member with every number at its extremes, in a child process: no call may end the process, hang, exhaust memory or throw an exception that its documentation does not name.</summary>
public sealed class ExtremesTests : IDisposable
{
    private const string FirstVariable = "FAISS_SDK_EXTREMES_FIRST";
    private const string LogVariable = "FAISS_SDK_EXTREMES_LOG";
    private const int SecondsPerCall = 20;
    private const long MaxBytes = 4L << 30;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_number_ends_the_process()
    {
        Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of the child is read from /proc.");
        var cases = ExtremeCase.All();
        var failures = new List<string>();
        for (var next = 0; next < cases.Count;)
        {
            next = RunChild(next, cases, failures);
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {cases.Count}:\n{string.Join('\n', failures)}");
    }

    [Fact(Explicit = true)]
    public void Child()
    {
        if (Environment.GetEnvironmentVariable(LogVariable) is not { } log)
        {
            return;
        }

        using var single = Native.SingleThread();
        using var writer = new StreamWriter(log, append: true) { AutoFlush = true };
        var cases = ExtremeCase.All();
        for (var i = int.Parse(Environment.GetEnvironmentVariable(FirstVariable)!, CultureInfo.InvariantCulture); i < cases.Count; i++)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"begin {i}"));
            ResetPeak();
            var error = Record.Exception(cases[i].Call);
            if (error is not null && !cases[i].Documented.Any(type => type.IsInstanceOfType(error)))
            {
                writer.WriteLine($"fail {cases[i].Name} throws {error.GetType().Name}, which is not documented: {error.Message.ReplaceLineEndings(" ")}");
            }

            if (Peak() is var peak && peak > MaxBytes)
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fail {cases[i].Name} takes {peak >> 20} MiB"));
            }
        }

        writer.WriteLine("end");
    }

    private int RunChild(int first, IReadOnlyList<ExtremeCase> cases, List<string> failures)
    {
        var log = _folder.File(string.Create(CultureInfo.InvariantCulture, $"log{first}"));
        File.WriteAllText(log, "");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ExtremesTests).Assembly.Location);
        }

        foreach (var argument in new[] { "-noColor", "-noLogo", "-explicit", "only", "-method", $"{typeof(ExtremesTests).FullName}.{nameof(Child)}" })
        {
            start.ArgumentList.Add(argument);
        }

        (start.Environment[FirstVariable], start.Environment[LogVariable]) = (first.ToString(CultureInfo.InvariantCulture), log);
        using var child = Process.Start(start)!;
        child.OutputDataReceived += (_, _) => { };
        child.ErrorDataReceived += (_, _) => { };
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        var (seen, since) = (-1L, Stopwatch.StartNew());
        var hangs = false;
        while (!child.WaitForExit(200))
        {
            var length = new FileInfo(log).Length;
            if (length != seen)
            {
                (seen, since) = (length, Stopwatch.StartNew());
            }
            else if (since.Elapsed.TotalSeconds > (length == 0 ? 6 : 1) * SecondsPerCall)
            {
                child.Kill(entireProcessTree: true);
                child.WaitForExit();
                hangs = true;
            }
        }

        var lines = File.ReadAllLines(log);
        failures.AddRange(lines.Where(line => line.StartsWith("fail ", StringComparison.Ordinal)).Select(line => line[5..]));
        if (lines is [.., "end"])
        {
            return cases.Count;
        }

        var last = lines.LastOrDefault(line => line.StartsWith("begin ", StringComparison.Ordinal));
        if (last is null)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"The child ends with {child.ExitCode} before call {first}."));
            return cases.Count;
        }

        var number = int.Parse(last.AsSpan(6), CultureInfo.InvariantCulture);
        failures.Add(hangs ? $"{cases[number].Name} takes more than {SecondsPerCall} s" : string.Create(CultureInfo.InvariantCulture, $"{cases[number].Name} ends the process with {child.ExitCode}"));
        return number + 1;
    }

    private static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Peak()
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) << 10;
    }
}
