using System.Text;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Tries files in a child process before they are loaded.</summary>
/// <remarks>
/// The native library forks the process. Starting a program instead would need one that is there in every deployment: a library can
/// be part of a NativeAOT executable, of a host such as IIS or of a plug-in, and none of these can be started as a trial. The child
/// runs FAISS alone, never managed code.
/// </remarks>
internal static unsafe class IndexTrial
{
    private const int MaxFaultLength = 1024;

    // SIGHUP, SIGINT, SIGQUIT and SIGTERM: a terminal or a service manager sends them to all processes of a group.
    private static readonly (int Number, string Name)[] Interruptions = [(1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (15, "SIGTERM")];

    private static readonly OptionalFunction Function = new(nameof(FaissNative.faiss_sdk_try_file));

    /// <summary>Tries a file.</summary>
    /// <exception cref="NotSupportedException">The system cannot fork a process, or the library has no such function.</exception>
    /// <exception cref="FaissException">The trial failed.</exception>
    /// <exception cref="IOException">The trial could not begin.</exception>
    /// <exception cref="OperationCanceledException">A signal interrupted the child process.</exception>
    public static void Run(string path, IndexReadOptions options, bool isBinary, IndexValidation validation, string source)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new NotSupportedException("A file is validated in a fork of the process, which Windows does not have; load it without a validation, in a process of its own.");
        }

        Function.Require();
        var fault = Try(path, options, isBinary, validation);
        if (fault is not null && LocalSearch.WasUsed)
        {
            // A fork during a call that changes the timers of local search copies a half-changed table, which may crash the child.
            using var turn = LocalSearch.Enter();
            fault = Try(path, options, isBinary, validation);
        }

        if (fault is not null)
        {
            ThrowIfInterrupted(fault, source);
            throw new FaissException($"{source} was refused by its trial in a child process: {Word(fault)}");
        }
    }

    private static void ThrowIfInterrupted(string fault, string source)
    {
        foreach (var (number, name) in Interruptions)
        {
            if (fault.EndsWith(FormattableString.Invariant($" ends the process by signal {number}"), StringComparison.Ordinal))
            {
                throw new OperationCanceledException($"{source} was not tried to the end: {name}, such as of Ctrl+C or a shutdown, ended the child process, which says nothing about the file. Try it again.");
            }
        }
    }

    // A fault in reading ends with FAISS's text.
    private static string Word(string fault)
    {
        var text = fault.IndexOf(": Error in ", StringComparison.Ordinal);
        return text < 0 ? $"{fault}." : FaissError.Describe(fault[(text + 2)..], fault[..text]);
    }

    /// <summary>Tries a file, and returns what was wrong; null if nothing was.</summary>
    private static string? Try(string path, IndexReadOptions options, bool isBinary, IndexValidation validation)
    {
        var fault = stackalloc byte[MaxFaultLength];
        nuint length = 0;
        fixed (byte* name = Utf8.ZeroTerminated(path, nameof(path)))
        {
            var memory = (nuint)Math.Min((ulong)validation.MemoryFor(new FileInfo(path).Length), nuint.MaxValue);
            var code = FaissNative.faiss_sdk_try_file(
                // The trial changes the index, and mapped vectors cannot be changed.
                (sbyte*)name, (int)(options & ~IndexReadOptions.MmapVectors), isBinary ? 1 : 0, memory, (int)Math.Ceiling(validation.Timeout.TotalMilliseconds), (sbyte*)fault, MaxFaultLength, &length);
            try
            {
                Status.ThrowIfFailed(code);
            }
            catch (FaissException exception)
            {
                throw new IOException($"'{path}' could not be tried in a child process, of which the file is not the cause: {exception.Message}", exception);
            }
        }

        return length == 0 ? null : Encoding.UTF8.GetString(fault, (int)Math.Min(length, MaxFaultLength));
    }
}
