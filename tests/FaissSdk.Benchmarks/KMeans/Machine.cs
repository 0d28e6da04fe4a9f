namespace FaissSdk.Benchmarks;

/// <summary>Describes the machine of a measurement.</summary>
internal static class Machine
{
    /// <summary>Gets the name of the processor with family and model number, because many models may share a name.</summary>
    public static string Processor
    {
        get
        {
            var facts = File.Exists("/proc/cpuinfo")
                ? File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1])
                : null;
            return facts?["model name"].FirstOrDefault() is { } name
                ? $"{name} (family {facts["cpu family"].FirstOrDefault() ?? "unknown"}, model {facts["model"].FirstOrDefault() ?? "unknown"})"
                : "unknown processor";
        }
    }

    public static string Load => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
