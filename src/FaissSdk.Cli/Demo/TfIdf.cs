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

    private readonly int[] _frequencies;

    public TfIdf(IReadOnlyList<List<string>> texts, int dimension)
        : this(Count(texts), texts.Count, dimension)
    {
    }

    /// <summary>Initializes a model from the words that texts have, with the number of texts that have each.</summary>
    public TfIdf(IReadOnlyList<(string Word, int Frequency)> words, int textCount, int dimension)
    {
        (Dimension, TextCount) = (dimension, textCount);
        foreach (var (word, _) in words)
        {
            _terms.Add(word, _words.Count);
            _words.Add(word);
        }

        _frequencies = [.. words.Select(word => word.Frequency)];
        _idf = [.. _frequencies.Select(frequency => (float)(Math.Log((1.0 + textCount) / (1 + frequency)) + 1))];
        _hashes = [.. _words.Select(FeatureHashing.Hash)];
    }

    public int Dimension { get; }

    public int TextCount { get; }

    public int TermCount => _words.Count;

    public IEnumerable<(string Word, int Frequency)> Frequencies => _words.Zip(_frequencies);

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

    // In the order in which the words occur first.
    private static List<(string Word, int Frequency)> Count(IReadOnlyList<List<string>> texts)
    {
        var places = new Dictionary<string, int>();
        var words = new List<(string Word, int Frequency)>();
        foreach (var text in texts)
        {
            foreach (var word in text.Distinct())
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, word, out var known);
                if (!known)
                {
                    place = words.Count;
                    words.Add((word, 0));
                }

                words[place] = (word, words[place].Frequency + 1);
            }
        }

        return words;
    }
}
