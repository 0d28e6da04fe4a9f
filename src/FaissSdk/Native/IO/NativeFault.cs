using System.Text;

namespace FaissSdk.Native;

/// <summary>Reads the sentences that FaissSdk's native functions write about what is wrong with an object.</summary>
internal static unsafe class NativeFault
{
    private const int MaxLength = 1024;

    /// <summary>Returns the first fault that a native check finds, or <see langword="null"/>.</summary>
    public static string? Of(nint subject, delegate*<nint, sbyte*, nuint, nuint*, int> check)
    {
        var fault = stackalloc byte[MaxLength];
        nuint length = 0;
        Status.ThrowIfFailed(check(subject, (sbyte*)fault, MaxLength, &length));
        return length == 0 ? null : Encoding.UTF8.GetString(fault, (int)Math.Min(length, MaxLength));
    }
}
