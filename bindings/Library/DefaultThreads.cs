using System.Globalization;

namespace FaissSdk.Interop;

/// <summary>Keeps the number of threads of calls without a limit. OpenMP keeps such a number per thread, so that each thread takes a new default at its next call.</summary>
internal static class DefaultThreads
{
    /// <summary>OpenMP's variable for the number of threads.</summary>
    public const string Variable = "OMP_NUM_THREADS";

    // OpenMP keeps a record of each thread on the stack of the calling thread, and ends the process when the system starts no more.
    private const int MaxPerProcessor = 8;

    // 0 until the default differs from OpenMP's own; until then calls skip the lookup of their thread's value.
    private static int _change;
    private static int _value;

    [ThreadStatic]
    private static int _taken;

    [ThreadStatic]
    private static bool _limited;

    /// <summary>Gets the largest number that OpenMP is asked for, unless the user asked OpenMP for more.</summary>
    public static int Ceiling => MaxPerProcessor * Environment.ProcessorCount;

    /// <summary>Gets or sets the default.</summary>
    public static int Value
    {
        get => Volatile.Read(ref _value) is var value and not 0 ? value : Initial;
        set
        {
            Volatile.Write(ref _value, Math.Min(value, Math.Max(Ceiling, Initial)));
            Interlocked.Increment(ref _change);
        }
    }

    /// <summary>Gets the number of threads that the environment asks for, or the number of processors, which takes a container's quota into account.</summary>
    public static int Initial => Requested(Environment.GetEnvironmentVariable(Variable)) ?? Environment.ProcessorCount;

    /// <summary>Returns the number of threads that a value of OMP_NUM_THREADS asks for, or <see langword="null"/> if it is not a list of positive numbers.</summary>
    public static int? Requested(string? value)
    {
        int? first = null;
        foreach (var text in value?.Split(',') ?? [])
        {
            if (!int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) || number < 1)
            {
                return null;
            }

            first ??= number;
        }

        return first;
    }

    /// <summary>Compares OpenMP's default with ours after the library was loaded; if it differs, each thread takes ours.</summary>
    public static void Begin(OpenMPFunctions functions)
    {
        if (functions.Exist && functions.Threads != Value)
        {
            Interlocked.Increment(ref _change);
        }
    }

    /// <summary>Lets the calling thread take a default that it has not taken yet.</summary>
    public static void Take()
    {
        if (_change != 0 && _taken != _change)
        {
            TakeChange();
        }
    }

    /// <summary>Begins a limit of the calling thread, which keeps it from taking a default.</summary>
    /// <returns>Whether the thread had a limit before.</returns>
    public static bool BeginLimit()
    {
        var before = _limited;
        _limited = true;
        return before;
    }

    public static void EndLimit(bool before) => _limited = before;

    private static void TakeChange()
    {
        if (!_limited)
        {
            _taken = Volatile.Read(ref _change);
            FaissThreads.TrySet(Value);
        }
    }
}
