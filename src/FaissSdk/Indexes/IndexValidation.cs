namespace FaissSdk;

/// <summary>Represents the limits within which a file of unknown origin is tried in a child process before it is loaded.</summary>
/// <remarks>
/// The child reads the file, searches the index, reconstructs vectors, writes, adds, removes and resets, on one thread. It is a copy
/// of this process with its rights: it keeps a damaged file from ending the process, and does not confine code that a malicious file could make it
/// run. Windows has no such copies; loading with a validation is not supported there.
/// </remarks>
public sealed record IndexValidation
{
    private const long BaseMemory = 1L << 30;
    private const int MemoryPerByte = 4;

    /// <summary>Gets the default limits.</summary>
    public static IndexValidation Default { get; } = new();

    /// <summary>Gets the time that the trial may take; the default is one minute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 24 days.</exception>
    public TimeSpan Timeout
    {
        get;
        init
        {
            if (value <= TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The time that a trial may take is positive and at most 24 days.");
            }

            field = value;
        }
    } = TimeSpan.FromMinutes(1);

    /// <summary>Gets the memory in bytes that the trial may take in addition to this process; <see langword="null"/>, the default, stands for 1 GiB and four times the size of the file. Only Linux enforces it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long? MaxMemory
    {
        get;
        init
        {
            if (value is { } bytes)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>Returns the limit of memory for a file of a size.</summary>
    internal long MemoryFor(long fileSize) => MaxMemory ?? (BaseMemory + (MemoryPerByte * fileSize));
}
