namespace FaissSdk.DamagedFiles;

/// <summary>Uses a binary index in every way that the SDK offers for all of them.</summary>
internal static class BinaryUse
{
    private const int MaxVectors = 1000;
    private const int MaxBytes = 1 << 20;

    public static string Of(string path, bool validate) =>
        Calls.Answer(() => validate ? IndexBinary.Load(path, Calls.Validation) : IndexBinary.Load(path), (index, calls) => Use(index, path, calls));

    private static void Use(IndexBinary index, string path, Calls calls)
    {
        var size = index.CodeSize is > 0 and < MaxBytes ? index.CodeSize : 1;
        var queries = new byte[4 * size];
        new Random(3).NextBytes(queries);
        calls.Make("Search", () => index.Search(queries, 5));
        calls.Make("Search1", () => index.Search(queries.AsSpan(0, size), 1));
        calls.Make("SearchAll", () => index.Search(queries.AsSpan(0, size), (int)Math.Clamp(index.Count, 1, MaxVectors)));
        calls.Make("Assign", () => index.Assign(queries));
        calls.Make("RangeSearch", () => index.RangeSearch(queries, 24));
        calls.Make("ReconstructRange", () => index.ReconstructRange(0, (int)Math.Min(index.Count, MaxVectors)));
        calls.Make("Reconstruct", () => index.Reconstruct(index.Count - 1));
        calls.Make("ReconstructId", () => index.Reconstruct(1000));
        calls.Make("Lists", () => UseLists(index));
        calls.Make("Save", () => index.Save(path + ".saved"));
        calls.Make("Clone", () => UseCopy(index.Clone(), queries, calls));
        calls.Make("Remove", () => index.Remove(new IDSelectorRange(0, 3)));
        calls.Make("Add", () => index.Add(queries));
        calls.Make("AddWithIds", () => index.AddWithIds(queries, [5000, 5001, 5002, 5003]));
        calls.Make("SearchAfter", () => index.Search(queries, 5));
        calls.Make("Reset", index.Reset);
        calls.Make("AddAfterReset", () => index.Add(queries));
        calls.Make("SearchAfterReset", () => index.Search(queries, 5));
    }

    private static void UseLists(IndexBinary index)
    {
        if (index is not IndexBinaryIVF lists)
        {
            return;
        }

        for (var list = 0; list < Math.Min(lists.NList, MaxVectors); list++)
        {
            _ = lists.GetListSize(list);
        }

        lists.MakeDirectMap();
        _ = index.Reconstruct(0);
    }

    private static void UseCopy(IndexBinary copy, byte[] queries, Calls calls)
    {
        using (copy)
        {
            calls.Make("CopyAdd", () => copy.Add(queries));
            calls.Make("CopyRemove", () => copy.Remove(new IDSelectorBatch([0, 7, 1003])));
            calls.Make("CopySearch", () => copy.Search(queries, 3));
            calls.Make("CopyReconstruct", () => copy.ReconstructRange(0, (int)Math.Min(copy.Count, MaxVectors)));
        }
    }
}
