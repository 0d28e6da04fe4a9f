using System.Numerics;

namespace FaissSdk.Native;

/// <summary>Checks the codes of a lattice: each part of a vector is a scale and the number of a point with integer components on a sphere.</summary>
internal static unsafe class LatticeCodes
{
    // After the code in the file: the dimension, the parts of a vector, the bits of a scale, and the squared radius of the sphere.
    private const int CodeLength = 4;
    private const int FileBeginning = CodeLength + (4 * sizeof(int));

    // Calls read the beginning of a file, which takes too long beyond that.
    private const int MaxParts = 1 << 15;

    // Then d, the number of vectors, two numbers that FAISS no longer uses, whether the index is trained, and the metric.
    private const int MetricPosition = FileBeginning + sizeof(int) + (3 * sizeof(long)) + 1;

    /// <summary>Throws if a code names a point that the sphere does not have.</summary>
    public static void Check(IndexPart lattice, ReadOnlySpan<byte> codes, int position, int codeSize, string parameter)
    {
        var file = CFile.Beginning((NativeIndex*)lattice.Object, FileBeginning).PadRight(FileBeginning, '\0');
        var (dimension, parts, scaleBits, squaredRadius) = (NumberAt(file, 0), NumberAt(file, 1), NumberAt(file, 2), NumberAt(file, 3));
        var points = CountPoints(dimension / parts, squaredRadius);
        var pointBits = 64 - BitOperations.LeadingZeroCount(points - 1);
        for (var start = 0; start < codes.Length; start += codeSize)
        {
            var code = codes.Slice(start + position, codeSize - position);
            var bit = 0;
            for (var part = 0; part < parts; part++)
            {
                bit += scaleBits;
                var point = Bits(code, bit, pointBits);
                bit += pointBits;
                if (point >= points)
                {
                    throw new ArgumentException($"{parameter} names point {point} in part {part} of code {start / codeSize}; the lattice has {points} points.", parameter);
                }
            }
        }
    }

    /// <summary>Returns a part of the vectors of which the training vectors have one length, or <see langword="null"/>.</summary>
    public static int? FindEqualLengths(IndexPart lattice)
    {
        var parts = NumberAt(CFile.Beginning((NativeIndex*)lattice.Object, FileBeginning).PadRight(FileBeginning, '\0'), 1);
        if (parts > MaxParts)
        {
            return null;
        }

        // The metric, for some metrics a number, and the count of the trained lengths precede these.
        var end = MetricPosition + (2 * sizeof(int)) + sizeof(long) + (2 * parts * sizeof(float));
        var file = CFile.Beginning((NativeIndex*)lattice.Object, end).PadRight(end, '\0');
        var first = MetricPosition + sizeof(int) + (Int32At(file, MetricPosition) > (int)MetricType.L2 ? sizeof(float) : 0) + sizeof(long);
        if (Int32At(file, first - sizeof(long)) != 2 * parts)
        {
            return null;
        }

        // The least lengths of the parts, and then the greatest.
        for (var part = 0; part < parts; part++)
        {
            var (least, greatest) = (first + (part * sizeof(float)), first + ((parts + part) * sizeof(float)));
            if (!(BitConverter.Int32BitsToSingle(Int32At(file, least)) < BitConverter.Int32BitsToSingle(Int32At(file, greatest))))
            {
                return part;
            }
        }

        return null;
    }

    /// <summary>Returns the number of points with integer components at a distance from the origin, whose square is given.</summary>
    internal static ulong CountPoints(int dimension, int squaredRadius)
    {
        // By the sum of the squares of the components so far.
        var counts = new UInt128[squaredRadius + 1];
        counts[0] = 1;
        for (var i = 0; i < dimension; i++)
        {
            for (var sum = squaredRadius; sum >= 0; sum--)
            {
                for (var component = 1; component * component <= sum; component++)
                {
                    counts[sum] += 2 * counts[sum - (component * component)];
                }
            }
        }

        return checked((ulong)counts[squaredRadius]);
    }

    private static int NumberAt(string file, int index) => Int32At(file, CodeLength + (index * sizeof(int)));

    private static int Int32At(string file, int first) => file[first] | (file[first + 1] << 8) | (file[first + 2] << 16) | (file[first + 3] << 24);

    private static ulong Bits(ReadOnlySpan<byte> code, int first, int count)
    {
        var value = 0UL;
        for (var i = 0; i < count; i++)
        {
            value |= (ulong)((code[(first + i) / 8] >> ((first + i) % 8)) & 1) << i;
        }

        return value;
    }
}
