using System.Text;

namespace FaissSdk.Tests.Files;

/// <summary>The difference between a mutated file and the original.</summary>
internal sealed class FileDifference
{
    private const int ShownBytes = 8;
    private const int MaxProbes = 200;

    public FileDifference(byte[] original, byte[] mutated)
    {
        Mutated = mutated;
        (Size, Description) = Describe(original, mutated);
    }

    public byte[] Mutated { get; }

    /// <summary>Gets the number of bytes that differ; a truncation counts as one.</summary>
    public int Size { get; }

    public string Description { get; }

    /// <summary>Compares by size, so that the simplest difference comes first.</summary>
    public static int Compare(FileDifference left, FileDifference right)
    {
        var sizes = left.Size.CompareTo(right.Size);
        var lengths = sizes != 0 ? sizes : left.Description.Length.CompareTo(right.Description.Length);
        return lengths != 0 ? lengths : string.CompareOrdinal(left.Description, right.Description);
    }

    /// <summary>Reverts as much of a mutation as possible while <paramref name="holds"/> stays true.</summary>
    public static FileDifference Minimize(byte[] original, byte[] mutated, Func<byte[], bool> holds)
    {
        var probes = 0;
        bool Holds(byte[] candidate) => ++probes <= MaxProbes && holds(candidate);

        var best = mutated;
        if (mutated.Length != original.Length)
        {
            var sameLength = mutated.Length < original.Length ? [.. mutated, .. original[mutated.Length..]] : mutated[..original.Length];
            if (sameLength.AsSpan().SequenceEqual(original) || !Holds(sameLength))
            {
                return new FileDifference(original, mutated);
            }

            best = sameLength;
        }

        var places = Places(original, best);
        for (var chunk = (places.Count + 1) / 2; chunk >= 1 && places.Count > 1; chunk = chunk == 1 ? 0 : (chunk + 1) / 2)
        {
            for (var start = 0; start < places.Count && places.Count > 1;)
            {
                var candidate = (byte[])best.Clone();
                var end = Math.Min(start + chunk, places.Count);
                foreach (var place in places[start..end])
                {
                    candidate[place] = original[place];
                }

                if (end - start < places.Count && Holds(candidate))
                {
                    best = candidate;
                    places.RemoveRange(start, end - start);
                }
                else
                {
                    start = end;
                }
            }
        }

        return new FileDifference(original, best);
    }

    private static List<int> Places(byte[] original, byte[] mutated) =>
        [.. Enumerable.Range(0, original.Length).Where(i => original[i] != mutated[i])];

    private static (int Size, string Description) Describe(byte[] original, byte[] mutated)
    {
        var same = original.AsSpan().CommonPrefixLength(mutated);
        if (mutated.Length == original.Length)
        {
            return DescribeChanges(original, mutated);
        }

        if (same == mutated.Length)
        {
            return (1, $"cut to {same} of {original.Length} bytes");
        }

        var tail = 0;
        var shorter = Math.Min(original.Length, mutated.Length);
        while (tail < shorter - same && original[^(tail + 1)] == mutated[^(tail + 1)])
        {
            tail++;
        }

        var (before, after) = (original[same..^tail], mutated[same..^tail]);
        return (Math.Max(before.Length, after.Length), $"offset {same}: {Hex(before)} → {Hex(after)}");
    }

    private static (int Size, string Description) DescribeChanges(byte[] original, byte[] mutated)
    {
        var places = Places(original, mutated);
        var text = new StringBuilder();
        var runs = 0;
        for (var i = 0; i < places.Count;)
        {
            var (start, next) = (i, i + 1);
            while (next < places.Count && places[next] == places[next - 1] + 1)
            {
                next++;
            }

            if (runs++ < 3)
            {
                var range = places[start]..(places[next - 1] + 1);
                text.Append($"{(text.Length == 0 ? "" : ", ")}offset {places[start]}: {Hex(original[range])} → {Hex(mutated[range])}");
            }

            i = next;
        }

        return (places.Count, runs <= 3 ? text.ToString() : $"{text}, and {runs - 3} more places");
    }

    private static string Hex(byte[] bytes) => bytes.Length == 0 ? "nothing"
        : string.Join(' ', bytes.Take(ShownBytes).Select(value => value.ToString("X2", null))) + (bytes.Length > ShownBytes ? $" … ({bytes.Length} bytes)" : "");
}
