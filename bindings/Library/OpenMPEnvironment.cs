using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk.Interop;

/// <summary>Sets the variables that OpenMP reads when it is loaded, where the user has not, and restores them when it has read them.</summary>
/// <remarks>
/// OpenMP's threads wait for work in a loop before they sleep. Beside other busy programs the loop takes the processor from the
/// thread that is waited for: calls take up to 250 times as long. OpenMP has no function for the length of the loop, and its
/// variables are read once, when it is loaded.
/// <para>
/// setenv and unsetenv of C are not made for a getenv of another thread at the same time. With glibc and musl that thread misses a
/// variable or reads an environment that is a moment old; glibc never frees a value, and a variable that is added is the last one,
/// so that its removal moves no other. On Windows the functions are safe. Only native code of other threads is concerned, at the
/// moment when FAISS is loaded; <see cref="Switch"/> and <see cref="Variable"/> leave the environment alone.
/// </para>
/// </remarks>
internal sealed unsafe partial class OpenMPEnvironment : IDisposable
{
    /// <summary>The switch of <see cref="AppContext"/>: <see langword="false"/> leaves OpenMP's own waiting.</summary>
    public const string Switch = "FaissSdk.BoundedSpin";

    /// <summary>The variable that does the same: <c>0</c> leaves OpenMP's own waiting.</summary>
    public const string Variable = "FAISS_SDK_BOUNDED_SPIN";

    private const string Policy = "OMP_WAIT_POLICY", GnuSpin = "GOMP_SPINCOUNT", LlvmSpin = "KMP_BLOCKTIME";

    // Some microseconds, as long as the pause between two parallel regions of a call: ten times as many took twice as long beside other
    // load. native/linked.cpp has the same number.
    private const string Spins = "300";

    // Milliseconds.
    private const string BlockTime = "0";

    private const int NoLoad = 4, Lazy = 1;

    private readonly List<(string Name, string? Before)> _changed = [];

    /// <summary>Sets the variables.</summary>
    public OpenMPEnvironment()
    {
        if (LibraryLocator.IsWebAssembly)
        {
            // There is no OpenMP, nor a C library to call.
            WaitPolicy = "";
            return;
        }

        if (!IsOn)
        {
            WaitPolicy = $"OpenMP's default ({(Environment.GetEnvironmentVariable(Variable) == "0" ? $"{Variable}=0" : $"{Switch} is false")})";
            return;
        }

        // A program may have set them in a place that native code does not read.
        Array.ForEach([DefaultThreads.Variable, Policy, GnuSpin, LlvmSpin], Publish);
        Set(DefaultThreads.Variable, DefaultThreads.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        WaitPolicy = OfUser() ?? (IsLoaded("libgomp.so.1")
            ? "OpenMP's default (libgomp was loaded before FAISS)"
            : $"{(UsesLibomp ? LlvmSpin + "=" + BlockTime : GnuSpin + "=" + Spins)} (set by FaissSdk)");
        if (Environment.GetEnvironmentVariable(Policy) is null)
        {
            SetUnlessSet(GnuSpin, Spins);
            SetUnlessSet(LlvmSpin, BlockTime);
        }
    }

    /// <summary>Gets how the process was asked to wait, for a FAISS that is linked into it.</summary>
    public static string WaitPolicyOfProcess => OfUser() ?? "OpenMP's default";

    /// <summary>Gets how OpenMP's threads wait, with its reason.</summary>
    public string WaitPolicy { get; }

    private static bool IsOn =>
        Environment.GetEnvironmentVariable(Variable) != "0" && (!AppContext.TryGetSwitch(Switch, out var isOn) || isOn);

    private static bool UsesLibomp => !OperatingSystem.IsLinux() || LibraryLocator.RuntimeIdentifier.StartsWith("linux-musl", StringComparison.Ordinal);

    /// <summary>Restores the variables, so that child processes do not inherit them.</summary>
    public void Dispose()
    {
        for (var i = _changed.Count - 1; i >= 0; i--)
        {
            Write(_changed[i].Name, _changed[i].Before);
        }

        _changed.Clear();
    }

    private static string? OfUser()
    {
        foreach (var name in (string[])[Policy, UsesLibomp ? LlvmSpin : GnuSpin])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                return $"{name}={value}";
            }
        }

        return null;
    }

    private void SetUnlessSet(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
        {
            Set(name, value);
        }
    }

    // A number of threads that OpenMP would not accept is replaced too.
    private void Set(string name, string value)
    {
        var before = Read(name);
        if (before is null || (name == DefaultThreads.Variable && DefaultThreads.Requested(before) is null))
        {
            _changed.Add((name, before));
            Write(name, value);
        }
    }

    private void Publish(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is { } value && Read(name) is var before && before != value && (name != DefaultThreads.Variable || DefaultThreads.Requested(value) is not null))
        {
            _changed.Add((name, before));
            Write(name, value);
        }
    }

    private static string? Read(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetEnvironmentVariable(name);
        }

        fixed (byte* text = Text(name))
        {
            return Marshal.PtrToStringUTF8((nint)getenv(text));
        }
    }

    private static void Write(string name, string? value)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(name, value);
            return;
        }

        fixed (byte* text = Text(name), content = Text(value ?? ""))
        {
            _ = value is null ? unsetenv(text) : setenv(text, content, 1);
        }
    }

    private static byte[] Text(string value) => Encoding.UTF8.GetBytes(value + '\0');

    private static bool IsLoaded(string library)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            fixed (byte* name = Text(library))
            {
                var handle = dlopen(name, Lazy | NoLoad);
                return handle != 0 && dlclose(handle) == 0;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // A C library before glibc 2.34, with dlopen in a library of its own.
            return false;
        }
    }

    [DllImport("libc")]
    private static extern byte* getenv(byte* name);

    [DllImport("libc")]
    private static extern int setenv(byte* name, byte* value, int overwrite);

    [DllImport("libc")]
    private static extern int unsetenv(byte* name);

    [DllImport("libc")]
    private static extern nint dlopen(byte* path, int flags);

    [DllImport("libc")]
    private static extern int dlclose(nint handle);
}
