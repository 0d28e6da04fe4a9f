using System.Globalization;
using System.Numerics;

namespace FaissSdk.Cli;

/// <summary>Converts components to the integers that a format stores.</summary>
internal static class IntegerComponents
{
    /// <exception cref="InvalidDataException">A component is not an integer, or is beyond the range of the format.</exception>
    public static void Convert<T>(ReadOnlySpan<float> vector, Span<T> components, long number, string path, string format)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (var j = 0; j < vector.Length; j++)
        {
            var value = vector[j];
            components[j] = T.CreateSaturating(value);

            // In double precision, as the largest int32 is not a float32 number.
            if (double.CreateChecked(components[j]) != value)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: component {j} of vector {number} is {value}; {format} stores only integers from {T.MinValue} to {T.MaxValue}."));
            }
        }
    }
}
