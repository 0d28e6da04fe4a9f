using System.Globalization;
using System.Text.RegularExpressions;

namespace FaissSdk.Native;

/// <summary>Estimates the memory of the vectors of an index and reports it to the garbage collector, in steps, so that adding a vector is not slowed down.</summary>
/// <param name="handle">The handle of the index.</param>
/// <param name="dimension">The number of components of a vector, or a 32nd of the number of its bits if the index is binary.</param>
/// <param name="description">The factory string, if known.</param>
internal sealed partial class VectorMemory(NativeHandle handle, int dimension, string? description)
{
    private const int Step = 1 << 16;

    private long _bytesOfVector;
    private long _unreported;

    private long BytesOfOne => _bytesOfVector > 0 ? _bytesOfVector : _bytesOfVector = BytesOfVector(dimension, description);

    /// <summary>Returns the approximate number of bytes that an index of a factory string takes for a vector.</summary>
    public static long BytesOfVector(int dimension, string? description)
    {
        var bytes = Code(dimension, description ?? "");
        if (description is not null)
        {
            bytes += description.Contains("IVF", StringComparison.Ordinal) || description.Contains("IDMap", StringComparison.Ordinal) ? sizeof(long) : 0;
            bytes += description.Contains("RFlat", StringComparison.Ordinal) || description.Contains("Refine(Flat", StringComparison.Ordinal) ? sizeof(float) * (long)dimension : 0;
            bytes += Graph().Match(description) is { Success: true } graph ? 2 * sizeof(int) * Number(graph.Groups[1]) : 0;
        }

        return Math.Max(1, bytes);
    }

    /// <summary>Adds the vectors of an index that was read or copied.</summary>
    /// <param name="bytes">The size of its file; 0 if unknown.</param>
    /// <param name="vectors">The number of its vectors.</param>
    public void Begin(long bytes, long vectors)
    {
        if (bytes > 0 && vectors > 0)
        {
            _bytesOfVector = Math.Max(1, bytes / vectors);
        }

        handle.AddMemory(bytes > 0 ? bytes : vectors * BytesOfOne);
    }

    /// <summary>Adds vectors, or removes as many if <paramref name="vectors"/> is negative.</summary>
    public void Add(long vectors)
    {
        _unreported += vectors * BytesOfOne;
        if (_unreported is >= Step or <= -Step)
        {
            handle.AddMemory(_unreported);
            _unreported = 0;
        }
    }

    public void Clear()
    {
        _unreported = 0;
        handle.AddMemory(-long.MaxValue);
    }

    /// <summary>Counts the vectors of another index to this one, to which they move.</summary>
    public void Take(VectorMemory other)
    {
        other.MoveTo(handle);
        _unreported += other._unreported;
        other._unreported = 0;
    }

    private void MoveTo(NativeHandle target) => handle.MoveMemory(target);

    private static long Code(int dimension, string description)
    {
        if (Product().Match(description) is { Success: true } product)
        {
            return ((Number(product.Groups[1]) * (product.Groups[2].Success ? Number(product.Groups[2]) : 8)) + 7) / 8;
        }

        var bits = Scalar().Match(description) is { Success: true } scalar
            ? scalar.Groups[1].Value switch { "fp16" or "bf16" => 16, var number => int.Parse(number, CultureInfo.InvariantCulture) }
            : 8 * sizeof(float);
        return ((long)dimension * bits) / 8;
    }

    private static long Number(Group group) => long.TryParse(group.Value, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"PQ(\d{1,6})(?:x(\d{1,2}))?")]
    private static partial Regex Product();

    [GeneratedRegex(@"SQ(4|6|8|fp16|bf16)")]
    private static partial Regex Scalar();

    [GeneratedRegex(@"(?:HNSW|NSG)(\d{1,6})")]
    private static partial Regex Graph();
}
