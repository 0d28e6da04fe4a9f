using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <content>Finds components that a code cannot hold.</content>
internal sealed unsafe partial class CodeRange
{
    /// <summary>Returns the position of the first component that a code cannot hold, or −1.</summary>
    private int FindUnstorable(ReadOnlySpan<float> vectors)
    {
        if (_numbers == CodeNumbers.Halves)
        {
            if (Math.Abs(TensorPrimitives.MaxMagnitude(vectors)) < HalfLimit)
            {
                return -1;
            }

            for (var i = 0; i < vectors.Length; i++)
            {
                if (!(Math.Abs(vectors[i]) < HalfLimit))
                {
                    return i;
                }
            }

            return -1;
        }

        float least = _numbers == CodeNumbers.Bytes ? byte.MinValue : sbyte.MinValue;
        float most = _numbers == CodeNumbers.Bytes ? byte.MaxValue : sbyte.MaxValue;
        return _ofCentroids ? FindOutside(vectors, least, most) : FindNotWhole(vectors, least, most);
    }

    private static int FindOutside(ReadOnlySpan<float> numbers, float least, float most)
    {
        if (TensorPrimitives.Min(numbers) >= least && TensorPrimitives.Max(numbers) <= most)
        {
            return -1;
        }

        var i = 0;
        while (numbers[i] >= least && numbers[i] <= most)
        {
            i++;
        }

        return i;
    }

    private static int FindNotWhole(ReadOnlySpan<float> numbers, float least, float most)
    {
        var groups = MemoryMarshal.Cast<float, Vector<float>>(numbers);
        var i = 0;
        var (lower, upper) = (new Vector<float>(least), new Vector<float>(most));
        for (var group = 0; group < groups.Length; group++, i += Vector<float>.Count)
        {
            var inside = Vector.Min(Vector.Max(groups[group], lower), upper);
            if (!Vector.EqualsAll(Vector.ConvertToSingle(Vector.ConvertToInt32(inside)), groups[group]))
            {
                break;
            }
        }

        for (; i < numbers.Length; i++)
        {
            if (!(numbers[i] >= least && numbers[i] <= most && numbers[i] == MathF.Truncate(numbers[i])))
            {
                return i;
            }
        }

        return -1;
    }
}
