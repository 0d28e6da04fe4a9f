using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>What a cluster of members is about.</summary>
/// <param name="Size">The number of its members.</param>
/// <param name="Tightness">The mean of the members' cosine with the centroid.</param>
/// <param name="Words">Its most typical words.</param>
/// <param name="Examples">The names of the members nearest to the centroid.</param>
internal sealed record ClusterSummary(int Size, double Tightness, IReadOnlyList<string> Words, IReadOnlyList<string> Examples)
{
    private const int WordCount = 5;
    private const int ExampleCount = 3;

    /// <summary>The clusters that say most about the whole, by size times squared tightness; of clusters with most members in one namespace the first.</summary>
    public static ClusterSummary[] MostTelling(MemberCorpus corpus, KMeansResult result, int count)
    {
        var labels = result.Assign(corpus.Vectors.Values);
        var similarity = new float[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var centroid = result.Centroid((int)labels[i]);
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

    /// <summary>The words of greatest mean weight times the logarithm of how much greater it is here than everywhere.</summary>
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
