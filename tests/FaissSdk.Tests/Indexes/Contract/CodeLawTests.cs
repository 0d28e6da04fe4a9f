using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

/// <summary>Checks for every kind of index: Decode(Encode(x)) ≈ Reconstruct(id of x) ≈ x, before and after a file and a clone. A kind that does not comply is refused.</summary>
public sealed class CodeLawTests
{
    private const int Dimension = 8;
    private const int Size = 200;

    // Strings that the registry does not have: lists longer than a fast-scan block, norms, residuals and compositions.
    private static readonly string[] Strings =
    [
        "LSHr", "LSHt", "SQ8_direct_signed", "SQtqmse1", "SQtq2", "PQ4np", "PQ1x6np", "PQ4x4fs_64", "RQ3x5", "RQ2x4_Nfloat", "RQ2x4_Nqint8", "RQ2x4_Ncqint4", "RQ2x4_Nrq2x4", "LSQ2x4_Nlsq2x4",
        "PRQ2x2x4_Nrq2x4", "LSQ2x4fs_32_Nlsq2x4", "PLSQ2x2x4fs_32_Nlsq2x4", "ZnLattice2x10_4", "RaBitQfs4", "EDEN4BIASED",
        "IVF1,Flat", "IVF4,SQ4", "IVF4,SQfp16", "IVF4,PQ4x4np", "IVF300,PQ4x4np", "IVF1,PQ4x4fs", "IVF4,PQ4x4fs", "IVF4,PQ4x4fsr", "IVF4,PQ4x4fs_64", "IVF300,PQ4x4fs", "IVF4,RQ2x4_Nrq2x4",
        "IVF4,LSQ2x4", "IVF4,PLSQ2x2x4", "IVF4,RQ2x4fs_32_Nrq2x4", "IVF4,RQ2x4fsr_32_Nrq2x4", "IVF4,LSQ2x4fs_32_Nlsq2x4", "IVF4,PRQ2x2x4fs_32_Nrq2x4", "IVF4,PRQ2x2x4fsr_32_Nrq2x4",
        "IVF4,PLSQ2x2x4fs_32_Nlsq2x4", "IVF4,RaBitQ4", "IVF4,RaBitQfs4", "IVF4,EDEN4BIASED", "IVF4_HNSW8,PQ4x4np", "IMI2x3,PQ4x4np", "IVF16(RCQ1x4),PQ4x4fs", "Residual16,PQ4x4", "Residual2x4,PQ4x4",
        "HNSW8_16+PQ2", "HNSW8_2x4+PQ2", "MinMax,SQ8", "MinMaxFP16,SQ8", "MinMax,PQ4x4np", "MinMax,IVF4,PQ4x4np", "MinMax,IVF4,PQ4x4fs",
        "PCAR8,SQ8", "PCAW4,SQ8", "PCAW8,SQ8", "OPQ2_4,PQ4x4np", "OPQ2,PQ4x4fs", "OPQ4,IVF4,PQ4x4fs", "RR16,Flat", "RR4,Flat", "HR,SQ8", "ITQ,LSH", "L2norm,Flat", "L2norm,IVF4,SQ8", "Pad12,SQ8", "Pad12,PCA6,Flat",
        "PCA6,IVF4,PQ3x4fs", "PCA6,IVF4,RQ2x4fs_32_Nrq2x4", "IDMap2,PQ4x4fs", "IDMap2,IVF4,PQ4x4fs", "IDMap2,HNSW16", "IDMap2,PCA6,PQ3x4fs", "IDMap2,RQ2x4fs_32_Nrq2x4", "PCA4,IDMap2,Flat",
        "IVF4,PQ4x4fs,RFlat", "SQ4,Refine(SQ8)", "PQ4x4np,Refine(SQfp16)", "PQ4x4fs,Refine(SQ8)", "SQ4,Refine(PQ4x4fs)", "Flat,Refine(IVF4,PQ4x4fs)", "Flat,Refine(IVF4,SQ8)", "PCA4,SQ8,RFlat", "PCA4,Flat,Refine(SQ8)",
    ];

    public static TheoryData<string> Kinds => [.. IndexRegistry.Names.Select(name => name.Data), .. Strings];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Codes_and_vectors_survive_a_file_and_a_clone(string name)
    {
        using var single = Native.SingleThread();
        using var made = Make(name, out var vectors, out var ids);
        var index = made.Index;
        MakeDirectMap(index);
        var expected = Outcome.Of(index, vectors, ids);
        expected.AssertNear(vectors, index.Dimension, name);
        foreach (var copy in Copies(index))
        {
            using (copy)
            {
                MakeDirectMap(copy);
                Outcome.Of(copy, vectors, ids).AssertEquals(expected);
            }
        }
    }

    [Fact]
    public void Blocks_of_64_vectors_are_not_reconstructed()
    {
        Native.Require();
        using var single = Native.SingleThread();
        var vectors = TestData.Uniform(Size, Dimension);
        foreach (var name in new[] { "PQ4x4fs_64", "IVF1,PQ4x4fs_64", "PCA8,PQ4x4fs_64", "IDMap2,PQ4x4fs_64" })
        {
            using var index = FaissIndex.Create(Dimension, name);
            index.Train(TestData.Uniform(640, Dimension));
            index.AddWithIdsOrNot(vectors);
            MakeDirectMap(index);
            Assert.Contains("blocks of 32", Assert.Throws<NotSupportedException>(() => index.Reconstruct(0)).Message);
            Assert.Throws<NotSupportedException>(() => index.ReconstructRange(0, 2));
            Assert.Throws<NotSupportedException>(() => index.ComputeResidual(new float[Dimension], 0, new float[Dimension]));
            Assert.Throws<NotSupportedException>(() => index.ComputeResiduals(new float[Dimension], [0], new float[Dimension]));
            using var selector = new IDSelectorRange(0, 1);
            Assert.ThrowsAny<Exception>(() => index.Remove(selector));
            Assert.Equal(Size, index.Count);
        }
    }

    [Theory]
    [InlineData("RQ2x4")]
    [InlineData("IVF4,RQ2x4")]
    [InlineData("IVF4,RQ2x4fs_32_Nrq2x4")]
    [InlineData("IVF4,PQ2x4fs")]
    [InlineData("IVF4,SQ8")]
    [InlineData("MinMax,SQ8")]
    [InlineData("Residual4,PQ2x4")]
    public void Encoding_70000_vectors_equals_encoding_parts(string name)
    {
        const int Count = 70_000;
        Native.Require();
        var vectors = TestData.Uniform(Count, 4);
        using var index = FaissIndex.Create(4, name);
        index.Train(vectors.AsSpan(0, 4 * 640));
        var codes = index.Encode(vectors);
        var size = index.CodeSize;
        foreach (var first in new[] { 0, 32_760, 65_530, Count - 20 })
        {
            Assert.Equal(index.Encode(vectors.AsSpan(4 * first, 80)), codes.AsSpan(size * first, size * 20));
        }
    }

    [Theory]
    [InlineData("IVF5,SQ8", 0)]
    [InlineData("PCA4,IVF5,SQ8", 0)]
    [InlineData("MinMax,IVF5,SQ8", 8)]
    [InlineData("MinMaxFP16,IVF5,SQ8", 4)]
    [InlineData("Residual5,PQ2x4", 0)]
    [InlineData("SQ8,Refine(IVF5,SQ8)", 8)]
    public void Decode_rejects_absent_lists_in_any_part(string name, int position)
    {
        Native.Require();
        var vectors = TestData.Uniform(640, Dimension);
        using var index = FaissIndex.Create(Dimension, name);
        index.Train(vectors);
        var codes = index.Encode(vectors.AsSpan(0, 2 * Dimension));
        Assert.InRange(codes[index.CodeSize + position], 0, 4);
        codes[index.CodeSize + position] = 5;
        var error = Assert.ThrowsAny<Exception>(() => index.Decode(codes));
        Assert.True(error is NotSupportedException || error is ArgumentException { ParamName: "codes" }, error.ToString());
    }

    [Theory]
    [InlineData("IVF4,Flat")]
    [InlineData("IVF4,SQ8")]
    [InlineData("IVF4,PQ4x4fs")]
    public void ReconstructRange_leaves_out_removed_ids(string name)
    {
        Native.Require();
        using var single = Native.SingleThread();
        var vectors = TestData.Uniform(Size, Dimension);
        using var index = FaissIndex.Create(Dimension, name);
        index.Train(TestData.Uniform(640, Dimension));
        index.Add(vectors);
        using var selector = new IDSelectorBatch(3, 5);
        if (Record.Exception(() => index.Remove(selector)) is { } refused)
        {
            Assert.IsType<NotSupportedException>(refused);
            return;
        }

        using var copy = index.Clone();
        foreach (var holder in new[] { index, copy })
        {
            var found = holder.ReconstructRange(0, 8);
            for (var i = 0; i < 8; i++)
            {
                Assert.All(found.AsSpan(i * Dimension, Dimension).ToArray(), value => Assert.Equal(i is 3 or 5, float.IsNaN(value)));
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => holder.ReconstructRange(Size - 10, 10));
        }
    }

    private static IEnumerable<FaissIndex> Copies(FaissIndex index)
    {
        var bytes = Refused(() => index.Serialize());
        if (bytes is not null)
        {
            yield return FaissIndex.Deserialize(bytes);
        }

        var clone = Refused(index.Clone);
        if (clone is not null)
        {
            yield return clone;
        }
    }

    private static MadeIndex Make(string name, out float[] vectors, out long[] ids)
    {
        Native.Require();
        ids = [.. Enumerable.Range(0, Size).Select(i => (long)i)];
        if (IndexRegistry.All.FirstOrDefault(kind => kind.Name == name) is { } kind)
        {
            vectors = kind.Vectors(Size);
            return kind.MakeFilled();
        }

        FaissIndex index;
        try
        {
            index = FaissIndex.Create(Dimension, name);
        }
        catch (NotSupportedException e)
        {
            Assert.Skip(e.Message);
            throw;
        }

        Assert.SkipWhen(name.StartsWith("ZnLattice", StringComparison.Ordinal) && !FaissLibrary.Supports("faiss_SearchParameters_new"), "Before 1.7.4 a lattice holds no vectors.");
        var center = name.Contains("direct", StringComparison.Ordinal) ? 60 : 0;
        var scale = center > 0 ? 20 : 2;
        float[] Scaled(float[] values) => [.. values.Select(value => center > 0 ? MathF.Round(value * scale) : (value - 0.5f) * scale)];
        vectors = Scaled(TestData.Uniform(Size, Dimension));
        if (name.StartsWith("L2norm", StringComparison.Ordinal))
        {
            VectorDistances.RenormalizeL2(vectors, Dimension);
        }

        index.Train(Scaled(TestData.Uniform(1280, Dimension, 2)));
        if (!name.StartsWith("MinMax", StringComparison.Ordinal))
        {
            index.AddWithIdsOrNot(vectors);
        }

        return new MadeIndex(index, new IndexParts());
    }

    [Theory]
    [InlineData(96, "ZnLattice3x10_6")]
    [InlineData(8, "ZnLattice2x10_4")]
    [InlineData(9, "ZnLattice3x10_6")]
    public void Codes_of_points_that_a_lattice_lacks_are_refused(int dimension, string description)
    {
        Native.Require();
        using var index = FaissIndex.Create(dimension, description);
        var vectors = TestData.Uniform(500, dimension);
        index.Train(vectors);
        var codes = index.Encode(vectors);
        index.Decode(codes, vectors);
        Array.Fill(codes, byte.MaxValue, index.CodeSize, index.CodeSize);
        Assert.Contains("of code 1", Assert.Throws<ArgumentException>("codes", () => index.Decode(codes, vectors)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 9, 2)]
    [InlineData(1, 8, 0)]
    [InlineData(2, 25, 12)]
    [InlineData(4, 2, 24)]
    [InlineData(24, 4, 170_064)]
    public void Points_of_a_lattice_are_counted(int dimension, int squaredRadius, int expected) =>
        Assert.Equal((ulong)expected, LatticeCodes.CountPoints(dimension, squaredRadius));

    private static void MakeDirectMap(FaissIndex index)
    {
        if (index.Parts.VectorParts.Any(part => part.HoldsLists) && Record.Exception(() => index.MakeDirectMap()) is { } refused)
        {
            Assert.True(refused is InvalidOperationException or FaissException, refused.ToString());
        }
    }

    private static T? Refused<T>(Func<T> call)
        where T : class
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is FaissException or NotSupportedException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>What an index returns for its vectors; null for what it refuses.</summary>
    private sealed record Outcome(float[]? Single, float[]? Range, byte[]? Codes, float[]? Decoded, float[]? Residual)
    {
        public static Outcome Of(FaissIndex index, float[] vectors, long[] ids)
        {
            var codes = Refused(() => index.Encode(vectors));
            return new Outcome(
                Refused(() => ids.SelectMany(index.Reconstruct).ToArray()),
                Refused(() => index.ReconstructRange(0, ids.Length)),
                codes,
                codes is null ? null : Refused(() => index.Decode(codes)),
                Refused(() => Subtracted(index, vectors, ids)));
        }

        public void AssertNear(float[] vectors, int dimension, string name)
        {
            foreach (var found in new[] { Single, Range, Decoded, Residual })
            {
                if (found is not null)
                {
                    Assert.All(found, value => Assert.True(float.IsFinite(value)));
                    var (own, other) = (Error(found, vectors, 0), Error(found, vectors, 17 * dimension));
                    Assert.True(own < (name.Contains("ZeroBit", StringComparison.Ordinal) ? 1 : 0.9) * other, $"The vectors differ from their own by {own}, from others by {other}.");
                }
            }

            AssertSame(Single, Range);
            AssertSame(Single ?? Range, Residual);

            // The refinement of IVFPQR (PQ4+4) is not part of its codes.
            if (!name.Contains('+', StringComparison.Ordinal))
            {
                AssertSame(Range ?? Single, Decoded);
            }
        }

        public void AssertEquals(Outcome expected)
        {
            Assert.Equal(expected.Single, Single);
            Assert.Equal(expected.Range, Range);
            Assert.Equal(expected.Codes, Codes);
            Assert.Equal(expected.Decoded, Decoded);
            Assert.Equal(expected.Residual, Residual);
        }

        private static void AssertSame(float[]? expected, float[]? found)
        {
            if (expected is not null && found is not null)
            {
                Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4f * (1 + Math.Abs(pair.First))));
            }
        }

        private static double Error(float[] found, float[] vectors, int shift) =>
            Enumerable.Range(0, found.Length).Sum(i => Math.Pow(found[i] - vectors[(i + shift) % vectors.Length], 2));

        private static float[] Subtracted(FaissIndex index, float[] vectors, long[] ids)
        {
            var residuals = new float[vectors.Length];
            index.ComputeResiduals(vectors, ids, residuals);
            return [.. vectors.Zip(residuals, (x, residual) => x - residual)];
        }
    }
}

internal static class CodeLawExtensions
{
    /// <summary>Adds vectors with the ids 0, 1, …, whichever way the index takes.</summary>
    public static void AddWithIdsOrNot(this FaissIndex index, float[] vectors)
    {
        if (index.Parts.TranslatesIds)
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, vectors.Length / index.Dimension).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }
    }
}
