namespace FaissSdk.Cli;

/// <summary>Represents documented members with a vector of unit length for each.</summary>
internal sealed record MemberCorpus(IReadOnlyList<DocumentedMember> Members, IReadOnlyList<(int Term, float Weight)[]> Weights, VectorSet Vectors, TfIdf Model)
{
    private const int Dimension = 256;

    public static MemberCorpus Build(IReadOnlyList<DocumentedMember> documented)
    {
        var texts = new List<string>[documented.Count];
        Parallel.For(0, texts.Length, i => texts[i] = Words.Split(MemberName.Words(documented[i].Id) + " " + documented[i].Summary));
        var model = new TfIdf(texts, Dimension);

        var members = new List<DocumentedMember>(documented.Count);
        var weights = new List<(int Term, float Weight)[]>(documented.Count);
        var values = new float[documented.Count * Dimension];
        for (var i = 0; i < texts.Length; i++)
        {
            var textWeights = model.Weigh(texts[i]);
            if (model.TryWriteVector(textWeights, values.AsSpan(members.Count * Dimension, Dimension)))
            {
                members.Add(documented[i]);
                weights.Add(textWeights);
            }
        }

        Array.Resize(ref values, members.Count * Dimension);
        return new MemberCorpus(members, weights, new VectorSet(values, Dimension), model);
    }
}
