using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents what <c>faiss-sdk tune</c> and <c>eval</c> measure: an index, queries, and their nearest vectors.</summary>
internal sealed record TuneInput(SearchedIndex Index, VectorSet Queries, GroundTruth Truth) : IDisposable
{
    // Beyond it, single precision, in which files are read, does not hold all integers.
    private const int MaxExactId = 1 << 24;

    /// <exception cref="InvalidDataException">The content of a file does not fit that of the others.</exception>
    public static TuneInput Read(TuneFiles files, int k, CommandConsole console, CancellationToken cancellationToken)
    {
        var queries = ReadVectors(files.Queries, console, cancellationToken);
        var vectors = files.Base is null ? null : ReadVectors(files.Base, console, cancellationToken);
        if (vectors is not null && vectors.Dimension != queries.Dimension)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{files.Base} has vectors of dimension {vectors.Dimension}, and {files.Queries} of {queries.Dimension}."));
        }

        var given = files.GroundTruth is null ? null : ReadTruth(files.GroundTruth, queries.Count, k, console, cancellationToken);
        var index = files.Index is null ? new SearchedVectorIndex(Build(files, vectors!, console, cancellationToken)) : SearchedIndex.Load(files.Index, null);
        try
        {
            if (files.Index is not null)
            {
                CheckIndex(index, files, vectors, queries);
            }

            var truth = given ?? Search(files, vectors!, queries, k, index, console, cancellationToken);
            return new TuneInput(index, queries, truth);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Gets the index of an input whose index is not binary.</summary>
    public FaissIndex VectorIndex => ((SearchedVectorIndex)Index).Index;

    public void Dispose() => Index.Dispose();

    private static VectorSet ReadVectors(string path, CommandConsole console, CancellationToken cancellationToken)
    {
        using var input = VectorFile.Open(new VectorSource(path) { HasOptions = false });
        return VectorFile.Read(input, console, cancellationToken);
    }

    private static GroundTruth ReadTruth(string path, int queries, int k, CommandConsole console, CancellationToken cancellationToken)
    {
        var rows = ReadVectors(path, console, cancellationToken);
        if (rows.Count != queries || rows.Dimension < k)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path} has {rows.Dimension} ids for each of {rows.Count} queries, expected at least {k} (--k) for each of {queries}."));
        }

        var ids = new long[queries * k];
        for (var i = 0; i < ids.Length; i++)
        {
            var id = rows.Values[(i / k * rows.Dimension) + (i % k)];
            if (id != MathF.Truncate(id) || id < -1 || id >= MaxExactId)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: number {i % k} of record {i / k} is {id}, expected an id from 0 to {MaxExactId - 1}, or -1 for none."));
            }

            ids[i] = (long)id;
        }

        return GroundTruth.Create(ids, k);
    }

    private static GroundTruth Search(TuneFiles files, VectorSet vectors, VectorSet queries, int k, SearchedIndex index, CommandConsole console, CancellationToken cancellationToken)
    {
        try
        {
            return console.Track("searching exactly", _ => index.SearchExactly(vectors, queries, k, cancellationToken));
        }
        catch (ArgumentException e)
        {
            var subject = e.ParamName switch
            {
                "queries" => files.Queries,
                "k" => "--k",
                _ => files.Base,
            };
            throw new InvalidDataException($"{subject}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
    }

    private static FaissIndex Build(TuneFiles files, VectorSet vectors, CommandConsole console, CancellationToken cancellationToken)
    {
        var index = FactoryOption.Create(() => FaissIndex.Create(vectors.Dimension, files.Factory!, files.Metric));
        try
        {
            return console.Track($"building {files.Factory}", _ =>
            {
                index.Train(vectors.Values, cancellationToken);
                index.Add(vectors.Values, null, cancellationToken);
                return index;
            });
        }
        catch (ArgumentException e)
        {
            index.Dispose();
            throw new InvalidDataException($"{files.Base}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    private static void CheckIndex(SearchedIndex index, TuneFiles files, VectorSet? vectors, VectorSet queries)
    {
        index.CheckQueries(files.Index!, queries, files.Queries);
        if (!index.IsTrained || index.Count == 0)
        {
            throw new InvalidDataException($"{files.Index}: the index {(index.IsTrained ? "holds no vectors" : "is not trained")}; fill it first, or build one by --factory.");
        }

        if (vectors is not null && vectors.Count != index.Count)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{files.Index} holds {index.Count} vectors, and {files.Base} has {vectors.Count}; give the vectors that the index holds, in the order of their ids, or the ids of the nearest by --ground-truth."));
        }
    }
}
