using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

[CollectionDefinition(nameof(IndexFinalizerTests), DisableParallelization = true)]
[Collection(nameof(IndexFinalizerTests))]
public class IndexFinalizerTests
{
    [Fact]
    public void Disposed_objects_need_no_finalizer()
    {
        Tests.Native.Require();
        RunFinalizers();
        var before = NativeHandle.Finalized;
        foreach (var kind in IndexRegistry.All.Where(kind => kind.IsKnown))
        {
            Use(kind);
        }

        RejectPartsOfOthers();
        RunFinalizers();
        Assert.Equal(before, NativeHandle.Finalized);
    }

    private static void RejectPartsOfOthers()
    {
        using var flat = new IndexFlatL2(4);
        using var transform = new CenteringTransform(4);
        using var holder = new IndexPreTransform(transform, flat);
        using var other = new IndexFlatL2(4);
        Assert.Throws<InvalidOperationException>(() => new IndexIVFFlat(flat, 4, takeOwnership: true).Dispose());
        Assert.Throws<InvalidOperationException>(() => new IndexPreTransform(transform, other, takeOwnership: true).Dispose());
    }

    private static void Use(IndexKind kind)
    {
        using var single = Native.SingleThread();
        using var made = kind.MakeFilled();
        made.Index.Search(kind.Vectors(3, 2), 3);
        if (kind.Can(IndexAbilities.RangeSearch))
        {
            made.Index.RangeSearch(kind.Vectors(3, 2), 1);
        }

        if (kind.Can(IndexAbilities.Remove))
        {
            using var selector = new IDSelectorBatch(1, 2);
            made.Index.Remove(selector);
            (made.Index as IndexFlat1D)?.UpdatePermutation();
        }

        using var holder = new IndexPreTransform(made.Index);
        holder.Search(kind.Vectors(3, 2), 3);
    }

    private static void RunFinalizers()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
