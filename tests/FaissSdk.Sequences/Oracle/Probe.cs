namespace FaissSdk.Sequences;

/// <summary>Some reconstructed vectors, which a call must not change.</summary>
internal sealed class Probe
{
    private readonly List<(float[] Vector, float[] Reconstructed)> _samples = [];

    public static Probe Take(Sequence sequence, IndexVariable target)
    {
        var probe = new Probe();
        if (target.IsDisposed || !target.Model.IsOrdinary)
        {
            return probe;
        }

        foreach (var item in target.Model.Samples())
        {
            if (TryReconstruct(sequence, target, item.Id) is not { } reconstructed)
            {
                break;
            }

            CheckVector(target.Model, item, reconstructed);
            probe._samples.Add((item.Vector, reconstructed));
        }

        return probe;
    }

    /// <summary>Compares the vectors that are still held.</summary>
    public void Compare(Sequence sequence, IndexVariable target, string statement)
    {
        if (!target.Model.IsKnown || !target.Model.IsOrdinary || target.IsDisposed)
        {
            return;
        }

        foreach (var (vector, before) in _samples)
        {
            var item = target.Model.Items.Find(one => ReferenceEquals(one.Vector, vector));
            if (item.Vector is null || target.Model.Items.Count(other => other.Id == item.Id) > 1 || TryReconstruct(sequence, target, item.Id) is not { } after)
            {
                continue;
            }

            for (var i = 0; i < before.Length; i++)
            {
                if (Math.Abs(before[i] - after[i]) > 1e-4 * (1 + Math.Abs(before[i])))
                {
                    throw new Fault("unstable", $"{target.Model.Kind.Text}: '{statement}' changes component {i} of the reconstructed vector {item.Id} from {before[i]} to {after[i]}; the vector has {vector[i]}");
                }
            }
        }
    }

    /// <summary>Reconstructs a vector, or returns null if this kind of index refuses to.</summary>
    public static float[]? TryReconstruct(Sequence sequence, IndexVariable target, long id)
    {
        float[]? vector = null;
        return sequence.Try($"{target.Name}.Reconstruct({id}); // check", () => vector = target.Index.Reconstruct(id))
            || (target.Index is IndexIVF && sequence.Try($"{target.Name}.ReconstructRange({id}, 1); // check", () => vector = target.Index.ReconstructRange(id, 1)) && !float.IsNaN(vector![0]))
            ? vector
            : null;
    }

    /// <summary>Checks a reconstructed vector on its own.</summary>
    public static void CheckVector(Model model, Item item, ReadOnlySpan<float> reconstructed)
    {
        for (var i = 0; i < reconstructed.Length; i++)
        {
            if (float.IsNaN(reconstructed[i]) || (model.Kind.IsLossless && Math.Abs(reconstructed[i] - item.Vector[i]) > 1e-4 * (1 + Math.Abs(item.Vector[i]))))
            {
                throw new Fault("reconstruction", $"{model.Kind.Text}: component {i} of vector {item.Id} is {item.Vector[i]}, and {reconstructed[i]} when it is reconstructed");
            }
        }
    }
}
