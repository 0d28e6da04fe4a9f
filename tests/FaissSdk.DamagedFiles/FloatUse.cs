namespace FaissSdk.DamagedFiles;

/// <summary>Uses a float index in every way that the SDK offers for all of them.</summary>
internal static class FloatUse
{
    private const int MaxVectors = 1000;
    private const int MaxComponents = 1 << 20;

    public static string Of(string path, bool validate) =>
        Calls.Answer(() => validate ? FaissIndex.Load(path, Calls.Validation) : FaissIndex.Load(path), (index, calls) => Use(index, path, calls));

    private static void Use(FaissIndex index, string path, Calls calls)
    {
        var d = index.Dimension is > 0 and < MaxComponents ? index.Dimension : 1;
        var queries = Vectors(4, d);
        calls.Make("Search", () => index.Search(queries, 5));
        calls.Make("Search1", () => index.Search(queries.AsSpan(0, d), 1));
        calls.Make("SearchAll", () => index.Search(queries.AsSpan(0, d), (int)Math.Clamp(index.Count, 1, MaxVectors)));
        calls.Make("Assign", () => index.Assign(queries));
        calls.Make("RangeSearch", () => index.RangeSearch(queries, 0.8f));
        calls.Make("ReconstructRange", () => index.ReconstructRange(0, (int)Math.Min(index.Count, MaxVectors)));
        calls.Make("Reconstruct", () => index.Reconstruct(index.Count - 1));
        calls.Make("ReconstructId", () => index.Reconstruct(1000));
        calls.Make("ComputeResidual", () => index.ComputeResidual(queries.AsSpan(0, d), 0, new float[d]));
        calls.Make("Decode", () => index.Decode(index.Encode(queries)));
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

    private static void UseLists(FaissIndex index)
    {
        if (index is not IndexIVF lists)
        {
            return;
        }

        for (var list = 0; list < Math.Min(lists.NList, MaxVectors); list++)
        {
            _ = lists.GetListIds(list);
        }

        lists.MakeDirectMap();
        _ = index.Reconstruct(0);
    }

    private static void UseCopy(FaissIndex copy, float[] queries, Calls calls)
    {
        using (copy)
        {
            calls.Make("CopyAdd", () => copy.Add(queries));
            calls.Make("CopyRemove", () => copy.Remove(new IDSelectorBatch([0, 7, 1003])));
            calls.Make("CopySearch", () => copy.Search(queries, 3));
            calls.Make("CopyReconstruct", () => copy.ReconstructRange(0, (int)Math.Min(copy.Count, MaxVectors)));
        }
    }

    private static float[] Vectors(int count, int dimension)
    {
        var random = new Random(3);
        var vectors = new float[count * dimension];
        foreach (ref var component in vectors.AsSpan())
        {
            component = random.NextSingle();
        }

        return vectors;
    }
}
