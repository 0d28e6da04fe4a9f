using System.Numerics.Tensors;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public class TfIdfTests
{
    // FNV-1a and the last step of SplitMix64, computed by an independent program.
    private const ulong KnownHash = 924504602395167925;

    private static readonly List<string>[] Texts = [["read", "file"], ["write", "file"], ["file", "file", "read"]];

    [Fact]
    public void The_hash_of_a_word_is_the_same_in_every_run() => Assert.Equal(KnownHash, FeatureHashing.Hash("file"));

    [Fact]
    public void Vectors_have_unit_length()
    {
        var vector = new float[16];

        Assert.True(Vectorize(["read", "file"], vector));

        Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 1e-6f);
    }

    [Fact]
    public void Rare_words_weigh_more_than_common_ones()
    {
        var model = new TfIdf(Texts, 16);

        var weights = model.Weigh(["write", "file"]).ToDictionary(entry => model.Word(entry.Term), entry => entry.Weight);

        // The ratio of idf for 1 and for 3 of 3 texts.
        Assert.Equal(Math.Log(4.0 / 2) + 1, weights["write"] / weights["file"], 1e-6);
    }

    [Fact]
    public void The_weight_of_a_word_grows_with_the_logarithm_of_its_count()
    {
        var model = new TfIdf(Texts, 16);

        var weights = model.Weigh(["file", "file", "read"]).ToDictionary(entry => model.Word(entry.Term), entry => entry.Weight);

        Assert.Equal((1 + Math.Log(2)) / (Math.Log(4.0 / 3) + 1), weights["file"] / weights["read"], 1e-6);
    }

    [Fact]
    public void A_text_of_unknown_words_has_no_vector() => Assert.False(Vectorize(["nowhere"], new float[16]));

    [Fact]
    public void A_word_adds_to_few_components_in_equal_parts()
    {
        var vector = new float[1 << 14];

        FeatureHashing.Add(FeatureHashing.Hash("file"), 1, vector);

        Assert.Equal(FeatureHashing.Components, vector.Count(component => Math.Abs(component) == 1 / MathF.Sqrt(FeatureHashing.Components)));
    }

    private static bool Vectorize(List<string> words, Span<float> vector)
    {
        var model = new TfIdf(Texts, vector.Length);
        return model.TryWriteVector(model.Weigh(words), vector);
    }
}
