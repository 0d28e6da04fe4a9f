using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace FaissSdk.VectorData.Sample;

/// <summary>Generates vectors from texts without a model: each word adds to a few components, which a hash chooses (feature hashing).</summary>
/// <remarks>Texts that share words are near each other; texts that mean the same in other words are not. For that a model is needed.</remarks>
internal sealed class HashingEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    public const int Dimension = 256;

    private const int ComponentsPerWord = 4;

    private readonly EmbeddingGeneratorMetadata _metadata = new("hashing", defaultModelId: "words-256", defaultModelDimensions: Dimension);

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Embed(text)));
        }

        return Task.FromResult(embeddings);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // Has nothing to free.
    }

    private static float[] Embed(string text)
    {
        var vector = new float[Dimension];
        foreach (var word in Words.Split(text).CountBy(word => word))
        {
            // Each repetition of a word in a text counts less.
            Add(Hash(word.Key), 1 + MathF.Log(word.Value), vector);
        }

        var length = TensorPrimitives.Norm<float>(vector);
        if (length == 0)
        {
            // A vector of zeros has no direction; a text without words gets one that no text with words is near to.
            vector[0] = length = 1;
        }

        TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }

    private static void Add(ulong hash, float weight, Span<float> vector)
    {
        for (var i = 0; i < ComponentsPerWord; i++, hash >>= 16)
        {
            vector[(int)(hash & 0xFF)] += (hash & 0x8000) == 0 ? weight : -weight;
        }
    }

    // FNV-1a and the last step of SplitMix64: unlike those of string.GetHashCode, its values are the same in every process.
    private static ulong Hash(string word)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in word)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
