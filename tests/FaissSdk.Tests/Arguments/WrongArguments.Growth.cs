namespace FaissSdk.Tests.Arguments;

/// <content>Merging, encoded vectors and indexes on disk.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Growth(Samples s)
    {
        yield return new("FaissIndex.MergeFrom(other, addId)", ("other", () => s.Codes.MergeFrom(s.Codes)), ("other", () => s.Codes.MergeFrom(s.Flat)), ("addId", () => s.Codes.MergeFrom(s.OtherCodes, 1))) { Needs = "faiss_sdk_merge" };
        yield return new("ConcurrentIndex.MergeFrom(other, addId, cancellationToken)", ("other", () => s.Codes.AsConcurrent().MergeFrom(s.Flat)), ("addId", () => s.Codes.AsConcurrent().MergeFrom(s.OtherCodes, 1))) { Needs = "faiss_sdk_merge" };
        yield return new("IndexBinary.MergeFrom(other, addId)", ("other", () => s.Binary.MergeFrom(s.Binary)), ("addId", () => s.Binary.MergeFrom(s.OtherBinary, 1))) { Needs = "faiss_index_binary_factory" };
        yield return new("ConcurrentIndexBinary.MergeFrom(other, addId, cancellationToken)", ("addId", () => s.Binary.AsConcurrent().MergeFrom(s.OtherBinary, 1))) { Needs = "faiss_index_binary_factory" };
        yield return new("FaissIndex.Clone(capacity)", ("capacity", () => s.Flat.Clone(-1)));
        yield return new("FaissIndex.EnsureCapacity(capacity)", ("capacity", () => s.Flat.EnsureCapacity(-1)));
        yield return new("ConcurrentIndex.EnsureCapacity(capacity, cancellationToken)", ("capacity", () => s.Flat.AsConcurrent().EnsureCapacity(-1)));
        yield return new("FaissIndex.AddEncoded(codes)", ("codes", () => s.Codes.AddEncoded(new byte[5])), ("codes", () => s.Lists.AddEncoded([4, .. new byte[16]]))) { Needs = "faiss_sdk_add_codes" };
        yield return new("ConcurrentIndex.AddEncoded(codes, cancellationToken)", ("codes", () => s.Codes.AsConcurrent().AddEncoded(new byte[5]))) { Needs = "faiss_sdk_add_codes" };
        yield return new(
            "FaissIndex.AddEncoded(codes, ids)",
            ("codes", () => s.Lists.AddEncoded(new byte[5], [1])),
            ("ids", () => s.Lists.AddEncoded(new byte[17], [])),
            ("ids", () => s.Lists.AddEncoded(new byte[17], [-1]))) { Needs = "faiss_sdk_add_codes" };
        yield return new(
            "ConcurrentIndex.AddEncoded(codes, ids, cancellationToken)",
            ("codes", () => s.Lists.AsConcurrent().AddEncoded(new byte[5], [1])),
            ("ids", () => s.Lists.AsConcurrent().AddEncoded(new byte[17], []))) { Needs = "faiss_sdk_add_codes" };
        if (OperatingSystem.IsWindows())
        {
            yield break;
        }

        yield return new(
            "OnDiskIndexBuilder(trained, path, memoryLimit)",
            ("trained", () => _ = new OnDiskIndexBuilder(s.Lists, "vectors.faiss", 1 << 20)),
            ("path", () => _ = new OnDiskIndexBuilder(s.OtherLists, "vectors.ivfdata", 1 << 20)),
            ("memoryLimit", () => _ = new OnDiskIndexBuilder(s.OtherLists, "vectors.faiss", (1 << 20) - 1)),
            ("memoryLimit", () => _ = new OnDiskIndexBuilder(s.OtherLists, "vectors.faiss", long.MaxValue))) { Needs = "faiss_sdk_put_lists_on_disk" };
        yield return new("OnDiskIndexBuilder.Add(vectors, cancellationToken)", ("vectors", () => s.OnDisk.Add(new float[5])), ("vectors", () => s.OnDisk.Add([float.NaN, 0, 0, 0]))) { Needs = "faiss_sdk_put_lists_on_disk" };
        yield return new(
            "OnDiskIndexBuilder.Add(vectors, ids, cancellationToken)",
            ("vectors", () => s.OnDisk.Add(new float[5], [1])),
            ("ids", () => s.OnDisk.Add(new float[4], [])),
            ("ids", () => s.OnDisk.Add(new float[4], [-1]))) { Needs = "faiss_sdk_put_lists_on_disk" };
    }
}
