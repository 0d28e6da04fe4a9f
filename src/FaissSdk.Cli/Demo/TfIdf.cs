using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Computes the weight of words in a text: (1 + ln tf)·idf with idf = ln((1 + N) / (1 + df)) + 1, for tf occurrences in the text and df of N texts with the word.</summary>
internal sealed class TfIdf
{
    private readonly Dictionary<string, int> _terms = [];
    private readonly List<string> _words = [];
    private readonly float[] _idf;
    private readonly ulong[] _hashes;

    public TfIdf(IReadOnlyList<List<string>> texts, int dimension)
    {
        Dimension = dimension;
        var frequencies = new List<int>();
        foreach (var text in texts)
        {
            foreach (var word in text.Distinct())
            {
                ref var term = ref CollectionsMarshal.GetValueRefOrAddDefault(_terms, word, out var known);
                if (!known)
                {
                    term = _words.Count;
                    _words.Add(word);
                    frequencies.Add(0);
                }

                frequencies[term]++;
            }
        }

        _idf = [.. frequencies.Select(frequency => (float)(Math.Log((1.0 + texts.Count) / (1 + frequency)) + 1))];
        _hashes = [.. _words.Select(FeatureHashing.Hash)];
    }

    public int Dimension { get; }

    public int TermCount => _words.Count;

    public string Word(int term) => _words[term];

    /// <summary>Returns the known words of a text with their weights, normalized to unit length; empty if no word is known.</summary>
    public (int Term, float Weight)[] Weigh(List<string> text)
    {
        var weights = text
            .Where(_terms.ContainsKey)
            .CountBy(word => _terms[word])
            .Select(entry => (Term: entry.Key, Weight: (1 + MathF.Log(entry.Value)) * _idf[entry.Key]))
            .ToArray();
        var norm = MathF.Sqrt(weights.Sum(entry => entry.Weight * entry.Weight));
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i].Weight /= norm;
        }

        return weights;
    }

    /// <summary>Writes the hashed vector, normalized to unit length.</summary>
    /// <returns>false if the vector is zero, because no word is known or the words cancel each other out.</returns>
    public bool TryWriteVector((int Term, float Weight)[] weights, Span<float> vector)
    {
        vector.Clear();
        foreach (var (term, weight) in weights)
        {
            FeatureHashing.Add(_hashes[term], weight, vector);
        }

        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm < 1e-6f)
        {
            return false;
        }

        TensorPrimitives.Divide(vector, norm, vector);
        return true;
    }
}
