using System.Buffers.Binary;

namespace FaissSdk.Tests.Files;

/// <summary>Mutates files as a faulty disk or transfer would.</summary>
internal static class FileMutation
{
    private const int HeaderSize = 200;
    private const int MagicSize = 4;
    private const int MaxAttempts = 100;
    private const int MaxNumber = 1 << 16;

    private static readonly int[] Fields4 = [0, -1, 1, 1 << 16, 1 << 24, int.MaxValue, int.MinValue];
    private static readonly long[] Fields8 = [0, -1, 1, 1 << 28, int.MaxValue, 1L << 40, 1L << 61, long.MaxValue, long.MinValue];

    private static readonly Func<Random, byte[], int, byte[]?>[] Kinds = [Cut, FlipBit, Overwrite, SetField4, SetField8, ChangeNumber, ChangeNumber, Swap, Insert, Remove, Garbage];

    /// <summary>Returns an endless sequence of mutations that the file and the seed determine; half of them start within the headers.</summary>
    public static IEnumerable<byte[]> Of(byte[] file, int seed)
    {
        if (file.Length == 0)
        {
            throw new ArgumentException("An empty file cannot be mutated.", nameof(file));
        }

        var random = new Random(seed);
        while (true)
        {
            var reach = random.Next(2) == 0 ? Math.Min(HeaderSize, file.Length) : file.Length;
            var mutated = Kinds[random.Next(Kinds.Length)](random, file, reach);
            if (mutated is not null && !mutated.AsSpan().SequenceEqual(file))
            {
                yield return mutated;
            }
        }
    }

    /// <summary>Returns the seed for a kind of file, the same in every run, unlike <see cref="string.GetHashCode()"/>.</summary>
    public static int Seed(string name) => name.Aggregate(17, (seed, letter) => unchecked((seed * 31) + letter));

    private static byte[] Cut(Random random, byte[] file, int reach) => file[..random.Next(reach)];

    private static byte[] FlipBit(Random random, byte[] file, int reach) =>
        With(file, random.Next(reach), place => place[0] ^= (byte)(1 << random.Next(8)));

    private static byte[] Overwrite(Random random, byte[] file, int reach) =>
        With(file, random.Next(reach), place => place[0] = (byte)random.Next(256));

    private static byte[]? SetField4(Random random, byte[] file, int reach) => reach < sizeof(int) ? null
        : With(file, random.Next(reach - sizeof(int) + 1), place => BinaryPrimitives.WriteInt32LittleEndian(place, Fields4[random.Next(Fields4.Length)]));

    private static byte[]? SetField8(Random random, byte[] file, int reach) => reach < sizeof(long) ? null
        : With(file, random.Next(reach - sizeof(long) + 1), place => BinaryPrimitives.WriteInt64LittleEndian(place, Fields8[random.Next(Fields8.Length)]));

    /// <summary>Changes a small number, such as a size, a position or a link, to another one that is plausible or just out of bounds.</summary>
    private static byte[]? ChangeNumber(Random random, byte[] file, int reach)
    {
        for (var attempt = 0; attempt < MaxAttempts && reach >= sizeof(int); attempt++)
        {
            var offset = random.Next(reach - sizeof(int) + 1);
            var number = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(offset));
            if (number is > 0 and < MaxNumber)
            {
                int[] others = [0, -1, number - 1, number + 1, number * 2, number / 2, number + 100, random.Next(MaxNumber), -number];
                return With(file, offset, place => BinaryPrimitives.WriteInt32LittleEndian(place, others[random.Next(others.Length)]));
            }
        }

        return null;
    }

    private static byte[]? Swap(Random random, byte[] file, int reach)
    {
        var size = random.Next(1, 33);
        if (reach < size)
        {
            return null;
        }

        var (first, second) = (random.Next(reach - size + 1), random.Next(file.Length - size + 1));
        var mutated = With(file, first, place => file.AsSpan(second, size).CopyTo(place));
        file.AsSpan(first, size).CopyTo(mutated.AsSpan(second));
        return mutated;
    }

    private static byte[] Insert(Random random, byte[] file, int reach)
    {
        var inserted = new byte[random.Next(1, 17)];
        random.NextBytes(inserted);
        var at = random.Next(reach);
        return [.. file[..at], .. inserted, .. file[at..]];
    }

    private static byte[] Remove(Random random, byte[] file, int reach)
    {
        var at = random.Next(reach);
        return [.. file[..at], .. file[Math.Min(file.Length, at + random.Next(1, 17))..]];
    }

    private static byte[]? Garbage(Random random, byte[] file, int reach) => reach <= MagicSize ? null
        : With(file, MagicSize, place => random.NextBytes(place[..(reach - MagicSize)]));

    private delegate void Change(Span<byte> place);

    private static byte[] With(byte[] file, int offset, Change change)
    {
        var mutated = (byte[])file.Clone();
        change(mutated.AsSpan(offset));
        return mutated;
    }
}
