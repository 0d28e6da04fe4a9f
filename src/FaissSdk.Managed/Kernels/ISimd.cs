namespace FaissSdk;

/// <summary>Provides the vector operations of the micro-kernels for one vector width; integers are passed as the bits of floats.</summary>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of components.</summary>
    static abstract int Width { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* destination);

    static abstract TVector Create(float value);

    /// <summary>Computes <paramref name="left"/> · <paramref name="right"/> + <paramref name="addend"/>, rounded once if the processor supports it.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    static abstract TVector Min(TVector left, TVector right);

    static abstract TVector Max(TVector left, TVector right);

    /// <summary>Selects from <paramref name="whenGreater"/> where <paramref name="left"/> is greater than <paramref name="right"/>, and from <paramref name="otherwise"/> elsewhere.</summary>
    static abstract TVector SelectGreater(TVector left, TVector right, TVector whenGreater, TVector otherwise);

    /// <summary>Returns a bit for each component that equals a value, the lowest bit for the first component.</summary>
    static abstract uint WhereEqual(TVector vector, float value);

    /// <summary>Returns the maximum component.</summary>
    static abstract float MaxElement(TVector vector);

    /// <summary>Replaces components by −∞ where <paramref name="indices"/> equals an index.</summary>
    static abstract TVector WithoutIndex(int index, TVector vector, TVector indices);
}
