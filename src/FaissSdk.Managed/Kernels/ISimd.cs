namespace FaissSdk;

/// <summary>The vector operations of the micro-kernels in registers, for one vector width; integers travel as the bits of floats.</summary>
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

    /// <summary>Where <paramref name="left"/> is greater than <paramref name="right"/> of one vector, elsewhere of the other.</summary>
    static abstract TVector SelectGreater(TVector left, TVector right, TVector whenGreater, TVector otherwise);

    /// <summary>A bit for each component that equals a value, the lowest for the first.</summary>
    static abstract uint WhereEqual(TVector vector, float value);

    /// <summary>The greatest component.</summary>
    static abstract float Greatest(TVector vector);

    /// <summary>A vector with −∞ where an integer equals an index.</summary>
    static abstract TVector WithoutIndex(int index, TVector vector, TVector indices);
}
