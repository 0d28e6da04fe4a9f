namespace FaissSdk.Benchmarks;

/// <summary>Keeps all processors busy, as other programs on a host do.</summary>
internal static class Load
{
    private const int ThreadsPerProcessor = 2;

    private static int _sink;

    /// <summary>Computes until standard input ends.</summary>
    public static void Run()
    {
        for (var i = 0; i < ThreadsPerProcessor * Environment.ProcessorCount; i++)
        {
            new Thread(Compute) { IsBackground = true }.Start();
        }

        Console.WriteLine("busy");
        _ = Console.In.ReadToEnd();
    }

    private static void Compute()
    {
        for (var value = 1; ; value = (value * 31) + 7)
        {
            if (value == 0)
            {
                _sink = value;
            }
        }
    }
}
