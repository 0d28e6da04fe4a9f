using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FaissSdk.Orleans;

/// <summary>Reads and writes indexes and manifests in a store, and checks their checksums.</summary>
internal sealed class ShardFiles(IShardStore store)
{
    public IShardStore Store => store;

    public static string ManifestPrefix(string collection) => $"collections/{collection}/manifest-";

    public static string IndexName(string collection, int version, string part) => $"collections/{collection}/v{version:D6}-{part}-{RandomName()}.faiss";

    /// <summary>Returns the version that first names the file of an index.</summary>
    public static int VersionOf(string indexName) => int.Parse(indexName.AsSpan(indexName.LastIndexOf('/') + 2, 6), CultureInfo.InvariantCulture);

    public static string CollectionOf(string indexName) => indexName.Split('/')[1];

    public static string UploadPrefix(string collection) => $"collections/{collection}/upload-";

    public static string UploadPrefix(string collection, string upload) => $"{UploadPrefix(collection)}{upload}/";

    public static string PieceName(string collection, string upload, int piece) => string.Create(CultureInfo.InvariantCulture, $"{UploadPrefix(collection, upload)}{piece:D6}");

    public static string SegmentPrefix(string collection, int shard) => string.Create(CultureInfo.InvariantCulture, $"collections/{collection}/added-{shard:D5}/");

    /// <summary>Returns the newest version of a collection, or null if there is no such collection.</summary>
    public async Task<CollectionManifest?> ReadManifestAsync(string collection, CancellationToken cancellationToken)
    {
        var names = await store.ListAsync(ManifestPrefix(collection), cancellationToken).ConfigureAwait(false);
        return names.Count == 0 ? null : await ReadManifestFileAsync(names[^1], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns a version of a collection that the caller knows to exist, or null.</summary>
    /// <remarks>A network file system finds a new file by its name, while its list of the folder may be a minute old.</remarks>
    public async Task<CollectionManifest?> ReadManifestAsync(string collection, int version, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadManifestFileAsync(ManifestName(collection, version), cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Returns all versions of a collection that the store has.</summary>
    public async Task<IReadOnlyList<CollectionManifest>> ReadManifestsAsync(string collection, CancellationToken cancellationToken)
    {
        var manifests = new List<CollectionManifest>();
        foreach (var name in await store.ListAsync(ManifestPrefix(collection), cancellationToken).ConfigureAwait(false))
        {
            manifests.Add(await ReadManifestFileAsync(name, cancellationToken).ConfigureAwait(false));
        }

        return manifests;
    }

    /// <summary>Commits a version; returns false if another caller has committed it.</summary>
    public async Task<bool> TryWriteManifestAsync(CollectionManifest manifest, CancellationToken cancellationToken) =>
        await store.TryWriteAsync(ManifestName(manifest), (file, cancellation) => file.WriteAsync(manifest.ToJson(), cancellation).AsTask(), cancellationToken).ConfigureAwait(false)
        || await IsCommittedAsync(manifest, cancellationToken).ConfigureAwait(false);

    /// <summary>Determines whether the store has a version as it is: that of a call which is repeated because its answer was lost.</summary>
    public async Task<bool> IsCommittedAsync(CollectionManifest manifest, CancellationToken cancellationToken) =>
        (await ReadManifestFileAsync(ManifestName(manifest), cancellationToken).ConfigureAwait(false)).ToJson().AsSpan().SequenceEqual(manifest.ToJson());

    /// <summary>Writes an index to a new file.</summary>
    public async Task<ShardFile> WriteIndexAsync(string name, FaissIndex index, CancellationToken cancellationToken)
    {
        var (length, sum) = (0L, "");
        var written = await store.TryWriteAsync(
            name,
            async (file, cancellation) =>
            {
                using var hash = SHA256.Create();
                await using (var hashing = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
                {
                    await using var counting = new CountingStream(hashing);
                    await Task.Run(() => index.Save(counting), cancellation).ConfigureAwait(false);
                    await hashing.FlushFinalBlockAsync(cancellation).ConfigureAwait(false);
                    length = counting.Written;
                }

                sum = Convert.ToHexString(hash.Hash!);
            },
            cancellationToken).ConfigureAwait(false);
        return written ? new ShardFile(name, length, index.Count, sum) : throw new IOException($"The store has a file '{name}' already.");
    }

    /// <summary>Loads an index; it is mapped if the store has a path and FAISS can map its kind.</summary>
    /// <param name="file">The file.</param>
    /// <param name="map">Whether the index is only searched, so that its content may be mapped.</param>
    /// <param name="verify">Whether the checksum of the content is computed, which reads the file once.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <exception cref="ShardDamagedException">The file is missing, or is not what was written.</exception>
    public async Task<FaissIndex> LoadIndexAsync(ShardFile file, bool map, bool verify, CancellationToken cancellationToken)
    {
        try
        {
            var kind = await CheckAsync(file, verify, cancellationToken).ConfigureAwait(false);
            if (store.GetPath(file.Name) is { } path)
            {
                return await FaissIndex.LoadAsync(path, map ? MappedOptions(kind) : IndexReadOptions.None, cancellationToken).ConfigureAwait(false);
            }

            await using var content = await store.OpenReadAsync(file.Name, cancellationToken).ConfigureAwait(false);
            return await Task.Run(() => FaissIndex.Load(content), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or InvalidDataException or FaissException)
        {
            // Without the inner exception, as FAISS's exception types cannot be sent between silos.
            throw new ShardDamagedException($"The file '{file.Name}' of the store is {(error is FileNotFoundException ? "missing" : "damaged")}: {error.Message} Restore it from a copy of the store, or build the collection again.");
        }
    }

    /// <summary>Returns the options that map what this version of FAISS can map of a kind of index: inverted lists or other vectors, as each needs another option.</summary>
    private static IndexReadOptions MappedOptions(string kind)
    {
        if (OperatingSystem.IsWindows())
        {
            return IndexReadOptions.None;
        }

        var hasLists = kind.StartsWith("Iw", StringComparison.Ordinal) || kind == "IxPT";
        var mapsVectors = Version.TryParse(FaissLibrary.Info.Version, out var version) && version >= new Version(1, 11, 0);
        return IndexReadOptions.ReadOnly | (hasLists || !mapsVectors ? IndexReadOptions.Mmap : IndexReadOptions.MmapVectors);
    }

    /// <summary>Checks a file, and returns FAISS's name of its kind of index: its first four bytes.</summary>
    private async Task<string> CheckAsync(ShardFile file, bool verify, CancellationToken cancellationToken)
    {
        await using var content = await store.OpenReadAsync(file.Name, cancellationToken).ConfigureAwait(false);
        if (content.CanSeek && content.Length != file.Length)
        {
            throw new InvalidDataException($"It has {content.Length} bytes instead of {file.Length}.");
        }

        if (verify && Convert.ToHexString(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)) != file.Sha256)
        {
            throw new InvalidDataException("Its checksum differs from that in the manifest.");
        }

        await using var start = await store.OpenReadAsync(file.Name, cancellationToken).ConfigureAwait(false);
        var kind = new byte[4];
        return Encoding.ASCII.GetString(kind, 0, await start.ReadAtLeastAsync(kind, kind.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false));
    }

    private async Task<CollectionManifest> ReadManifestFileAsync(string name, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await using (var file = await store.OpenReadAsync(name, cancellationToken).ConfigureAwait(false))
        {
            await file.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        }

        return CollectionManifest.Parse(content.GetBuffer().AsSpan(0, (int)content.Length), name);
    }

    private static string ManifestName(CollectionManifest manifest) => ManifestName(manifest.Name, manifest.Version);

    private static string ManifestName(string collection, int version) => string.Create(CultureInfo.InvariantCulture, $"{ManifestPrefix(collection)}{version:D6}.json");

    private static string RandomName() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
}
