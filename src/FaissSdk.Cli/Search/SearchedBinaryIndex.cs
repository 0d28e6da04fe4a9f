using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents a binary index: a file holds its vectors as bytes of 8 bits, so that each has d / 8 components from 0 to 255.</summary>
internal sealed class SearchedBinaryIndex(IndexBinary index) : SearchedIndex
{
    private const int BitsPerByte = 8;
    private const string Probes = "nprobe";

    // An id that no vector has.
    private const long NeverExact = -2;

    private SearchResult? _exact;

    public override int Components => index.Dimension / BitsPerByte;

    public override long Count => index.Count;

    public override bool IsTrained => index.IsTrained;

    protected override IEnumerable<string> ParameterNames => index is IndexBinaryIVF ? [Probes] : [];

    public override string ToString() => index.ToString();

    public override Action? Remember(IReadOnlyCollection<string> names)
    {
        if (index is not IndexBinaryIVF lists)
        {
            return null;
        }

        var probes = lists.NProbe;
        return () => lists.NProbe = probes;
    }

    public override void CheckQueries(string name, VectorSet queries, string source)
    {
        if (Components != queries.Dimension)
        {
            throw new InvalidDataException(FormattableString.Invariant($"{name} has vectors of {index.Dimension} bits, which are {Components} bytes, and those of {source} have {queries.Dimension} components; give each byte as a component from 0 to 255."));
        }
    }

    public override SearchResult Search(VectorSet queries, int k, CancellationToken cancellationToken) =>
        WithSingleDistances(index.Search(Bytes(queries, nameof(queries)), k, null, cancellationToken));

    public override Action<int> SearchOne(VectorSet queries, int k)
    {
        var (bytes, distances, ids) = (Bytes(queries, nameof(queries)), new int[k], new long[k]);
        return i => index.Search(bytes.AsSpan(i * Components, Components), k, distances, ids);
    }

    public override GroundTruth SearchExactly(VectorSet vectors, VectorSet queries, int k, CancellationToken cancellationToken)
    {
        _exact = HammingSearch.Search(Bytes(vectors, nameof(vectors)), Bytes(queries, nameof(queries)), Components, k, cancellationToken);
        return GroundTruth.Create(_exact.Ids.ToArray(), k);
    }

    /// <summary>Replaces ids by those of the exact search at equal distances: many vectors are equally far from a query, and any of them is right.</summary>
    public override SearchResult Comparable(SearchResult found, GroundTruth truth)
    {
        if (_exact is null)
        {
            return found;
        }

        var ids = new long[found.Ids.Length];
        for (var query = 0; query < found.QueryCount; query++)
        {
            var exact = truth.GetNeighbors(query, truth.K);
            var place = 0;
            var distances = _exact.Distances.Slice(query * _exact.K, exact.Length);
            for (var i = query * found.K; i < (query + 1) * found.K; i++)
            {
                while (place < exact.Length && distances[place] < found.Distances[i])
                {
                    place++;
                }

                ids[i] = found.Ids[i] >= 0 && place < exact.Length && distances[place] == found.Distances[i] ? exact[place++] : NeverExact;
            }
        }

        return new SearchResult(found.K, found.Distances.ToArray(), ids);
    }

    protected override void Dispose(bool disposing) => index.Dispose();

    protected override void Set(string parameters)
    {
        foreach (var parameter in parameters.Split(','))
        {
            if (index is not IndexBinaryIVF lists || parameter.Split('=') is not [Probes, var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var probes))
            {
                throw new ArgumentException($"'{parameter}' is none of its parameters.");
            }

            lists.NProbe = probes;
        }
    }

    /// <exception cref="ArgumentException">A component is not a byte.</exception>
    private static byte[] Bytes(VectorSet vectors, string name)
    {
        var bytes = new byte[vectors.Values.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Math.Clamp(vectors.Values[i], 0, byte.MaxValue);
            if (bytes[i] != vectors.Values[i])
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"component {i % vectors.Dimension} of vector {i / vectors.Dimension} is {vectors.Values[i]}; binary vectors consist of bytes, integers from 0 to 255."), name);
            }
        }

        return bytes;
    }

    private static SearchResult WithSingleDistances(BinarySearchResult found) =>
        new(found.K, Array.ConvertAll(found.Distances.ToArray(), distance => distance == int.MaxValue ? float.MaxValue : distance), found.Ids.ToArray());
}
