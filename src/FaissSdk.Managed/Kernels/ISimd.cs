namespace FaissSdk;

/// <summary>The vector operations of a <see cref="SimdTile{TSimd, TVector}"/>, for one vector width; integers travel as the bits of floats.</summary>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>The number of components.</summary>
    static abstract int Width { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* destination);

    static abstract TVector Create(float value);

    /// <summary><paramref name="left"/> · <paramref name="right"/> + <paramref name="addend"/>, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    static abstract TVector Min(TVector left, TVector right);

    static abstract TVector Max(TVector left, TVector right);

    static abstract TVector GreaterThan(TVector left, TVector right);

    static abstract TVector Select(TVector condition, TVector left, TVector right);

    /// <summary>The greatest component.</summary>
    static abstract float Greatest(TVector vector);

    /// <summary>The least of the integers where a component equals a value, and <see cref="int.MaxValue"/> when none does.</summary>
    static abstract int LeastIndexOf(float value, TVector vector, TVector indices);

    /// <summary>A vector with −∞ where an integer equals an index.</summary>
    static abstract TVector WithoutIndex(int index, TVector vector, TVector indices);
}
