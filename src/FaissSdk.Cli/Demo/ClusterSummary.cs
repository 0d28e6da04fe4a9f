using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Represents a description of a cluster of members.</summary>
/// <param name="Size">The number of members.</param>
/// <param name="Tightness">The mean cosine of the members with the centroid.</param>
/// <param name="Words">The most typical words.</param>
/// <param name="Examples">The names of the members nearest to the centroid.</param>
internal sealed record ClusterSummary(int Size, double Tightness, IReadOnlyList<string> Words, IReadOnlyList<string> Examples)
{
    private const int WordCount = 5;
    private const int ExampleCount = 3;

    /// <summary>Summarizes the clusters that characterize the whole best, by size times squared tightness; at most one for each namespace that most of a cluster's members belong to.</summary>
    public static ClusterSummary[] SummarizeBest(MemberCorpus corpus, KMeansResult result, int count)
    {
        var labels = result.Assign(corpus.Vectors.Values);
        var similarity = new float[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var centroid = result.GetCentroid((int)labels[i]);
            similarity[i] = TensorPrimitives.Dot(corpus.Vectors.Values.AsSpan(i * corpus.Vectors.Dimension, corpus.Vectors.Dimension), centroid) / Math.Max(TensorPrimitives.Norm(centroid), float.Epsilon);
        }

        var overall = MeanWeights(corpus, Enumerable.Range(0, labels.Length), labels.Length);
        var clusters = Enumerable.Range(0, labels.Length)
            .GroupBy(i => labels[i])
            .Select(cluster => (Members: cluster.ToArray(), Tightness: cluster.Average(i => (double)similarity[i])))
            .OrderByDescending(cluster => cluster.Members.Length * cluster.Tightness * cluster.Tightness)
            .DistinctBy(cluster => cluster.Members.CountBy(i => MemberName.Namespace(corpus.Members[i].Id)).MaxBy(entry => entry.Value).Key)
            .Take(count);
        return [.. clusters.Select(cluster => new ClusterSummary(
            cluster.Members.Length,
            cluster.Tightness,
            TypicalWords(corpus, cluster.Members, overall),
            [.. cluster.Members
                .OrderByDescending(i => similarity[i])
                .DistinctBy(i => MemberName.Words(corpus.Members[i].Id))
                .Take(ExampleCount)
                .Select(i => MemberName.Readable(corpus.Members[i].Id))]))];
    }

    /// <summary>Returns the words with the largest w·ln(w / v), where w is the mean weight in the cluster and v the one in all members.</summary>
    private static string[] TypicalWords(MemberCorpus corpus, int[] members, Dictionary<int, float> overall) =>
        [.. MeanWeights(corpus, members, members.Length)
            .OrderByDescending(entry => entry.Value * MathF.Log(entry.Value / overall[entry.Key]))
            .ThenBy(entry => entry.Key)
            .Take(WordCount)
            .Select(entry => corpus.Model.Word(entry.Key))];

    private static Dictionary<int, float> MeanWeights(MemberCorpus corpus, IEnumerable<int> members, int count)
    {
        var means = new Dictionary<int, float>();
        foreach (var member in members)
        {
            foreach (var (term, weight) in corpus.Weights[member])
            {
                means[term] = means.GetValueOrDefault(term) + (weight / count);
            }
        }

        return means;
    }
}
