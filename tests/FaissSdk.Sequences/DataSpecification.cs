namespace FaissSdk.Sequences;

/// <summary>The arguments of <see cref="Vectors.Data"/>.</summary>
internal sealed record DataSpecification(int Count, int Dimension, int Seed, string Style)
{
    public float[] Values => field ??= Data(Count, Dimension, Seed, Style);

    /// <summary>Gets a value indicating whether single precision is accurate for the values.</summary>
    public bool IsOrdinary => Style is not ("tiny" or "large" or "infinite" or "nan");

    /// <summary>Returns the number of vectors, even if they are meant for another dimension.</summary>
    public int CountFor(int dimension) => Values.Length / dimension;

    public override string ToString() => $"Data({Count}, {Dimension}, {Seed}, \"{Style}\")";
}
