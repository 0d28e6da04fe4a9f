using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Holds the points of one part in memory. After a new activation, its state of a training is sent again.</summary>
[ShardPlacement]
[Reentrant]
internal sealed class PointPartGrain(ShardFiles files, NativeGate gate, IGrainFactory grains) : Grain, IPointPart
{
    // Long calls return before their work is done, so that a caller notices a silo that is lost without notice.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private readonly Segments _segments = new(files.Store);
    private readonly Dictionary<int, byte[]> _sums = [];
    private readonly HashSet<Task> _adding = [];
    private Task<KMeansPart>? _loading;
    private (string Checksum, int Dimension) _loadingOf;
    private Guid _weighted;
    private int _weightsSet;
    private float[] _weights = [];
    private KMeansToken _centroidsOf;
    private float[] _centroids = [];
    private int _centroidsSet;
    private KMeansToken _assigned;
    private (KMeansToken Token, Task Task)? _assigning;
    private Task _running = Task.CompletedTask;

    // Counts the assignments that have begun: sums are those of a training if none began meanwhile.
    private int _epoch;
    private PartOptions? _options;

    private string Prefix => $"{ShardKey.Parse(this.GetPrimaryKeyString()).File}/";

    public Task Append(int number, VectorBlock points)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D8}.seg");
        return StoreErrors.Name(() => _segments.WriteAsync(name, points, new IdBlock(new long[points.Count]), CancellationToken.None), StoreErrors.SomeAdded);
    }

    public Task<PointPartFiles> Survey(int dimension) => StoreErrors.Name(async () =>
    {
        var names = (await files.Store.ListAsync(Prefix)).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            if (!names[i].EndsWith(string.Create(CultureInfo.InvariantCulture, $"/{i:D8}.seg"), StringComparison.Ordinal))
            {
                throw new ShardDamagedException($"The store lacks block {i} of the points '{Prefix}'; append it again.");
            }
        }

        var points = await ReadAsync(names, dimension);
        return await gate.RunPatientlyAsync(
            () =>
            {
                var part = new KMeansPart(points, dimension);
                return new PointPartFiles(part.Count, names, Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(points.AsSpan()))), part.MaxSquaredLength);
            },
            CancellationToken.None);
    });

    public async Task<VectorBlock> Copy(PointPartFiles files, int dimension, IdBlock rows)
    {
        var part = await LoadAsync(files, dimension);
        return await gate.RunAsync(() => new VectorBlock(part.CopyPoints(Array.ConvertAll(rows.Values.ToArray(), row => checked((int)row))), dimension), CancellationToken.None);
    }

    public async Task<PartState> Begin(PointPartFiles files, int dimension, KMeansToken token)
    {
        var loading = LoadAsync(files, dimension);
        if (await Task.WhenAny(loading, Task.Delay(LongestWait)) != loading)
        {
            return default;
        }

        var part = await loading;
        return new PartState(!token.IsWeighted || (_weighted == token.Training && _weightsSet == part.Count), _assigned == token, IsLoaded: true);
    }

    public async Task SetWeights(KMeansToken token, int start, VectorBlock weights)
    {
        var part = await LoadedAsync();
        if (_weighted != token.Training)
        {
            (_weighted, _weights, _weightsSet) = (token.Training, new float[part.Count], 0);
        }

        // Pieces arrive in order, and a repeated piece overwrites itself. A gap means that another training has replaced the earlier pieces.
        if (start > _weightsSet)
        {
            throw Lost();
        }

        weights.Values.CopyTo(_weights.AsMemory(start));
        _weightsSet = Math.Max(_weightsSet, start + weights.Count);
    }

    public Task SetCentroids(KMeansToken token, int clusters, int startCluster, VectorBlock centroids)
    {
        if (_centroidsOf != token)
        {
            (_centroidsOf, _centroids, _centroidsSet) = (token, new float[clusters * centroids.Dimension], 0);
        }

        if (startCluster > _centroidsSet)
        {
            throw Lost();
        }

        centroids.Values.CopyTo(_centroids.AsMemory(startCluster * centroids.Dimension));
        _centroidsSet = Math.Max(_centroidsSet, startCluster + centroids.Count);
        return Task.CompletedTask;
    }

    public async Task<bool> Assign(KMeansToken token, PartOptions options)
    {
        var part = await LoadedAsync();
        if (_assigned == token)
        {
            return true;
        }

        if (_assigning?.Token != token)
        {
            if (_centroidsOf != token || _centroidsSet * part.Dimension != _centroids.Length || (token.IsWeighted && (_weighted != token.Training || _weightsSet != part.Count)))
            {
                throw Lost();
            }

            Forget();
            _assigning = (token, AssignAsync(part, token, options));
        }

        var assigning = _assigning.Value.Task;
        if (await Task.WhenAny(assigning, Task.Delay(LongestWait)) != assigning)
        {
            return false;
        }

        await assigning;
        return _assigned == token ? true : throw Lost();
    }

    public async Task Add(KMeansToken token, SumsMessage message, CancellationToken cancellationToken)
    {
        var part = await LoadedAsync();
        if (_assigned != token || _options is not { } options)
        {
            throw Lost();
        }

        var epoch = _epoch;
        var adding = gate.RunAsync(() => Add(part, token, options, message), cancellationToken);
        _adding.Add(adding);
        byte[] added;
        try
        {
            added = await adding;
        }
        finally
        {
            _adding.Remove(adding);
        }

        if (_epoch != epoch)
        {
            throw Lost();
        }

        if (message.Next.Length == 0)
        {
            _sums[message.StartCluster] = added;
        }
        else
        {
            // The sums are sent directly to the next part; only the completion of the call returns through the parts.
            await grains.GetGrain<IPointPart>(message.Next[0]).Add(token, message with { Sums = added, Next = message.Next[1..] }, cancellationToken);
        }
    }

    public Task<byte[]> TakeSums(KMeansToken token, int startCluster) =>
        _assigned == token && _sums.Remove(startCluster, out var sums) ? Task.FromResult(sums) : throw Lost();

    private static PointsLostException Lost() => new("The part was activated on another silo, or is used by another training, and has nothing of this step any more; send it again.");

    private static byte[] Add(KMeansPart part, KMeansToken token, PartOptions options, SumsMessage message)
    {
        var sums = message.Sums.Length == 0
            ? new KMeansSums(message.StartCluster, message.EndCluster, part.Dimension, token.IsWeighted, options.ToOptions())
            : KMeansSums.Import(message.Sums);
        part.AddTo(sums);
        return sums.Export();
    }

    private void Forget()
    {
        _epoch++;
        _assigned = default;
        _sums.Clear();
    }

    private Task<KMeansPart> LoadedAsync() => _loading is { IsCompletedSuccessfully: true } loaded ? loaded : throw Lost();

    private async Task AssignAsync(KMeansPart part, KMeansToken token, PartOptions options)
    {
        // One assignment at a time: an abandoned step may still be running.
        var (before, centroids, weights) = (Task.WhenAll([_running, .. _adding.Select(EndOfAsync)]), _centroids, token.IsWeighted ? _weights : []);
        var ended = new TaskCompletionSource();
        _running = ended.Task;
        try
        {
            // Yields first, so that the caller has stored this task, which the end below removes, before anything can fail.
            await Task.Yield();
            // Additions read the labels that the assignment writes.
            await before;
            await gate.RunAsync(
                () =>
                {
                    part.SetWeights(weights);
                    part.Assign(centroids, options.ToOptions());
                    return true;
                },
                CancellationToken.None);
            if (_assigning?.Token == token)
            {
                (_assigned, _options) = (token, options);
            }
        }
        finally
        {
            ended.SetResult();
            if (_assigning?.Token == token)
            {
                _assigning = null;
            }
        }
    }

    private async Task<KMeansPart> LoadAsync(PointPartFiles part, int dimension)
    {
        if (_loading is null || _loadingOf != (part.Checksum, dimension))
        {
            // A set that was deleted and created again has parts of the same names: what is held is of the old points.
            Forget();
            (_centroidsOf, _centroids, _centroidsSet) = (default, [], 0);
            (_weighted, _weights, _weightsSet) = (default, [], 0);
            _assigning = null;
            (_loading, _loadingOf) = (LoadOnceAsync(part, dimension), (part.Checksum, dimension));
        }

        var loading = _loading;
        try
        {
            return await loading;
        }
        catch
        {
            if (_loading == loading)
            {
                _loading = null;
            }

            throw;
        }
    }

    private static async Task EndOfAsync(Task call) => await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    private async Task<KMeansPart> LoadOnceAsync(PointPartFiles part, int dimension)
    {
        var points = await ReadAsync(part.Segments, dimension);
        return await gate.RunPatientlyAsync(
            () => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(points.AsSpan()))) == part.Checksum
                ? new KMeansPart(points, dimension)
                : throw new ShardDamagedException($"The points '{Prefix}' of the store are not those that were sealed; store them again."),
            CancellationToken.None);
    }

    private async Task<float[]> ReadAsync(string[] names, int dimension)
    {
        var blocks = new List<VectorBlock>();
        foreach (var name in names)
        {
            try
            {
                blocks.Add((await _segments.ReadAsync(name, CancellationToken.None)).Vectors);
            }
            catch (FileNotFoundException error)
            {
                throw new ShardDamagedException($"The file '{name}' of the store is missing. Restore it from a copy of the store, or store the points again.", error);
            }
        }

        var length = blocks.Sum(block => (long)block.Values.Length);
        if (length > Array.MaxLength)
        {
            throw new NotSupportedException($"The part '{Prefix}' has {length} components; a part holds {Array.MaxLength}. Use more parts.");
        }

        var points = new float[length];
        var start = 0;
        foreach (var block in blocks)
        {
            block.Values.CopyTo(points.AsMemory(start));
            start += block.Values.Length;
        }

        return blocks.TrueForAll(block => block.Dimension == dimension) ? points : throw new ShardDamagedException($"The points '{Prefix}' of the store have another dimension than {dimension}; store them again.");
    }
}
