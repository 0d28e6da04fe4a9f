namespace FaissSdk;

/// <summary>Specifies how an exact index stores the components of vectors.</summary>
public enum VectorStorage
{
    /// <summary>32-bit floating point, as they are (FAISS: <c>IndexFlat</c>).</summary>
    Unchanged = 0,

    /// <summary>16-bit floating point: components are rounded to the nearest <see cref="System.Half"/> (FAISS: <c>IndexScalarQuantizer</c> with <c>QT_fp16</c>).</summary>
    Half = 1,

    /// <summary>Integers from 0 to 255, and no other components (FAISS: <c>IndexScalarQuantizer</c> with <c>QT_8bit_direct</c>).</summary>
    Byte = 2,
}
