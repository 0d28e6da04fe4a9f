using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Converts components to single precision.</summary>
internal static class Components
{
    public static void ToSingle<T>(ReadOnlySpan<T> values, Span<float> destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Cast<T, float>(values).CopyTo(destination);
        }
        else if (typeof(T) == typeof(Half))
        {
            TensorPrimitives.ConvertToSingle(Cast<T, Half>(values), destination);
        }
        else if (typeof(T) == typeof(double))
        {
            TensorPrimitives.ConvertTruncating(Cast<T, double>(values), destination);
        }
        else if (typeof(T) == typeof(sbyte))
        {
            TensorPrimitives.ConvertTruncating(Cast<T, sbyte>(values), destination);
        }
        else
        {
            TensorPrimitives.ConvertTruncating(Cast<T, byte>(values), destination);
        }
    }

    private static ReadOnlySpan<TTo> Cast<TFrom, TTo>(ReadOnlySpan<TFrom> values)
        where TFrom : unmanaged
        where TTo : unmanaged => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TFrom, TTo>(ref MemoryMarshal.GetReference(values)), values.Length);
}
