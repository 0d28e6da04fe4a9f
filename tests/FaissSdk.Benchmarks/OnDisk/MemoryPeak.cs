using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Samples the private and the mapped memory of the process every 20 ms, and keeps the peaks.</summary>
internal sealed class MemoryPeak
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private long _anonymous;
    private long _mapped;

    public MemoryPeak()
    {
        var thread = new Thread(() =>
        {
            while (true)
            {
                Sample();
                Thread.Sleep(Interval);
            }
        }) { IsBackground = true, Name = "memory" };
        thread.Start();
    }

    public void Reset()
    {
        lock (_gate)
        {
            (_anonymous, _mapped) = (0, 0);
        }
    }

    public (long Anonymous, long Mapped) Read()
    {
        Sample();
        lock (_gate)
        {
            return (_anonymous, _mapped);
        }
    }

    private void Sample()
    {
        long anonymous = 0, mapped = 0;
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            anonymous += Bytes(line, "RssAnon:");
            mapped += Bytes(line, "RssFile:");
        }

        lock (_gate)
        {
            (_anonymous, _mapped) = (Math.Max(_anonymous, anonymous), Math.Max(_mapped, mapped));
        }
    }

    private static long Bytes(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) ? long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) << 10 : 0;
}
