namespace FaissSdk.Sequences;

/// <summary>What holds between any two steps.</summary>
internal static class Invariants
{
    public static void CheckCounts(Sequence sequence)
    {
        foreach (var variable in sequence.Live.ToArray())
        {
            if (variable is IndexVariable { IsHeld: true } part && IsDisposed(part.Index))
            {
                // Its parent owned it, and is disposed or owned by another index itself.
                part.IsDisposed = true;
                continue;
            }

            if (variable is BinaryVariable { Model.IsKnown: true } binary && binary.Index.Count != binary.Model.Items.Count)
            {
                throw new Fault("count", $"{binary.Name} counts {binary.Index.Count} vectors instead of {binary.Model.Items.Count}");
            }

            if (variable is not IndexVariable index)
            {
                continue;
            }

            var count = index.Index.Count;
            if (index.Model.IsKnown && count != index.Model.Items.Count)
            {
                throw new Fault("count", $"{index.Name} ({index.Model.Kind.Text}) counts {count} vectors instead of {index.Model.Items.Count}");
            }

            // Lists without duplicates store those elsewhere.
            if (index.Index is IndexIVF lists && lists.NList <= 256 && !index.Model.Kind.Text.Contains("FlatDedup", StringComparison.Ordinal) && !index.Model.Kind.Text.StartsWith("unknown", StringComparison.Ordinal))
            {
                CheckLists($"{index.Name} ({index.Model.Kind.Text})", lists, count);
            }
        }
    }

    private static bool IsDisposed(FaissIndex index)
    {
        try
        {
            _ = index.Count;
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>Runs the finalizers after everything is disposed; none of them may fail.</summary>
    public static void CheckDisposed(Sequence sequence)
    {
        sequence.Variables.Clear();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static void CheckLists(string name, IndexIVF lists, long count)
    {
        var held = 0L;
        for (var list = 0; list < lists.NList; list++)
        {
            held += lists.GetListSize(list);
        }

        if (held != count)
        {
            throw new Fault("lost", $"{name} counts {count} vectors, and its lists hold {held}");
        }
    }
}
