namespace FaissSdk.Tests.Indexes;

/// <summary>Tests that vectors of 16-bit floating point and of bytes are added as they are, or converted.</summary>
public class ManagedFlatAdditionsTests
{
    private const int Dimension = 24;
    private const int Count = 5000;

    public static TheoryData<VectorStorage, bool, bool> Indexes => new()
    {
        { VectorStorage.Unchanged, false, false }, { VectorStorage.Half, false, false }, { VectorStorage.Byte, false, false },
        { VectorStorage.Unchanged, true, true }, { VectorStorage.Half, true, false }, { VectorStorage.Half, false, true },
    };

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Halves_are_added_like_the_same_numbers_in_single_precision(VectorStorage storage, bool normalizes, bool hasIds)
    {
        var halves = Array.ConvertAll(Integers(), value => (Half)value);
        AssertSame(storage, normalizes, Array.ConvertAll(halves, value => (float)value), hasIds ? index => index.AddWithIds(halves, Ids()) : index => index.Add(halves), hasIds);
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Bytes_are_added_like_the_same_numbers_in_single_precision(VectorStorage storage, bool normalizes, bool hasIds)
    {
        var bytes = Array.ConvertAll(Integers(), value => (byte)value);
        AssertSame(storage, normalizes, Array.ConvertAll(bytes, value => (float)value), hasIds ? index => index.AddWithIds(bytes, Ids()) : index => index.Add(bytes), hasIds);
    }

    [Fact]
    public void All_bits_of_halves_are_kept()
    {
        using var index = new ManagedFlatIndex(4, storage: VectorStorage.Half);
        Half[] halves = [Half.Epsilon, -Half.Epsilon, Half.NegativeZero, Half.MaxValue];
        index.Add(halves);
        Assert.Equal(Array.ConvertAll(halves, half => BitConverter.SingleToInt32Bits((float)half)), Array.ConvertAll(index.Reconstruct(0), BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Additions_in_the_stored_form_allocate_no_copy()
    {
        using var index = new ManagedFlatIndex(Dimension, storage: VectorStorage.Byte);
        var bytes = Array.ConvertAll(Integers(), value => (byte)value);
        index.Add(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        index.Add(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * bytes.Length);
    }

    [Theory]
    [InlineData(VectorStorage.Unchanged)]
    [InlineData(VectorStorage.Half)]
    public void A_half_that_is_not_finite_is_named_and_none_is_added(VectorStorage storage)
    {
        using var index = new ManagedFlatIndex(Dimension, storage: storage);
        var halves = Array.ConvertAll(Integers(), value => (Half)value);
        halves[(4321 * Dimension) + 5] = Half.PositiveInfinity;
        var error = Assert.Throws<ArgumentException>("vectors", () => index.Add(halves));
        Assert.Contains("in vector 4321, component 5", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, index.Count);
    }

    [Theory]
    [InlineData(VectorStorage.Byte, 0.5f, "bytes hold integers")]
    [InlineData(VectorStorage.Byte, -1f, "bytes hold integers")]
    public void A_half_that_cannot_be_stored_is_named_and_none_is_added(VectorStorage storage, float component, string advice)
    {
        using var index = new ManagedFlatIndex(Dimension, storage: storage);
        var halves = Array.ConvertAll(Integers(), value => (Half)value);
        halves[(4321 * Dimension) + 5] = (Half)component;
        var error = Assert.Throws<ArgumentException>("vectors", () => index.Add(halves));
        Assert.Contains(FormattableString.Invariant($"has {component} in vector 4321, component 5: {advice}"), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void A_vector_of_zeros_has_no_cosine_and_none_is_added()
    {
        using var index = ManagedFlatIndex.CreateCosine(Dimension);
        var bytes = Array.ConvertAll(Integers(), value => (byte)value);
        bytes.AsSpan(4000 * Dimension, Dimension).Clear();
        Assert.Contains("zeros in vector 4000", Assert.Throws<ArgumentException>("vectors", () => index.Add(bytes)).Message, StringComparison.Ordinal);
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void An_empty_addition_changes_nothing()
    {
        using var index = new ManagedFlatIndex(Dimension, storage: VectorStorage.Byte);
        index.Add([]);
        index.Add(Array.Empty<byte>());
        index.Add(Array.Empty<Half>());
        index.AddWithIds(Array.Empty<byte>(), []);
        Assert.Equal(0, index.Count);
        Assert.Equal(-1, index.Search(new float[Dimension], 1).Ids[0]);
    }

    private static float[] Integers() => Array.ConvertAll(TestData.Uniform(Count, Dimension, seed: 4), value => MathF.Floor(value * 200) + 1);

    private static long[] Ids() => [.. Enumerable.Range(0, Count).Select(i => 7L * (Count - i))];

    private static void AssertSame(VectorStorage storage, bool normalizes, float[] vectors, Action<ManagedFlatIndex> add, bool hasIds)
    {
        using var expected = normalizes ? ManagedFlatIndex.CreateCosine(Dimension, storage) : new ManagedFlatIndex(Dimension, storage: storage);
        using var index = normalizes ? ManagedFlatIndex.CreateCosine(Dimension, storage) : new ManagedFlatIndex(Dimension, storage: storage);
        if (hasIds)
        {
            expected.AddWithIds(vectors, Ids());
        }
        else
        {
            expected.Add(vectors);
        }

        add(index);
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        expected.Save(first);
        index.Save(second);
        Assert.Equal(first.ToArray(), second.ToArray());
        var queries = TestData.Uniform(10, Dimension, seed: 9);
        Assert.Equal(expected.Search(queries, 5).Ids, index.Search(queries, 5).Ids);
        Assert.Equal(expected.Search(queries, 5).Distances, index.Search(queries, 5).Distances);
    }
}
