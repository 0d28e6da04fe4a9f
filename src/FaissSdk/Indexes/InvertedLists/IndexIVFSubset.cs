namespace FaissSdk;

/// <summary>Specifies how <see cref="IndexIVF.CopySubsetTo"/> chooses vectors by two numbers a₁ and a₂; the values are FAISS's.</summary>
public enum IndexIVFSubset
{
    /// <summary>The ids with a₁ ≤ id &lt; a₂.</summary>
    Range = 0,

    /// <summary>The ids with id mod a₁ = a₂.</summary>
    Remainder = 1,

    /// <summary>A share of each list, such that a₁ vectors of all lists come before the shares, and those from a₂ on after them.</summary>
    Share = 2,
}
