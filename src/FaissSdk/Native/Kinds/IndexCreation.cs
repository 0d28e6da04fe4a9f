using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Creates native indexes, for <see cref="FaissIndex.Create"/> and for constructors, so that the same guards apply to both.</summary>
internal static unsafe class IndexCreation
{
    /// <summary>Creates an index from a factory string.</summary>
    /// <returns>The handle of the index, which owns it.</returns>
    public static IndexHandle FromFactory(int dimension, string description, MetricType metric)
    {
        FaissIndex.CheckMetric(metric);
        return Create(dimension, description, metric);
    }

    /// <summary>Creates an index from a factory string that compares by <see cref="MetricType.Lp"/>.</summary>
    /// <returns>The handle of the index, which owns it.</returns>
    public static IndexHandle FromFactoryByExponent(int dimension, string description, float exponent)
    {
        var handle = Create(dimension, description, MetricType.Lp);
        try
        {
            using var index = handle.Acquire(handle);

            // FAISS does not pass the exponent on to the parts of an index.
            IndexSettings.Write(index.Pointer, IndexSetting.MetricArgument, exponent);
            foreach (var part in NativeParts.Of(index.Pointer).All)
            {
                if (!part.IsTransform && part.Object != 0)
                {
                    IndexSettings.Write((NativeIndex*)part.Object, IndexSetting.MetricArgument, exponent);
                }
            }

            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static IndexHandle Create(int dimension, string description, MetricType metric)
    {
        FactoryDescription.Check(description, dimension, nameof(description));
        NativeIndex* created = null;
        fixed (byte* text = Utf8.ZeroTerminated(description, nameof(description)))
        {
            var code = FaissNative.faiss_index_factory(&created, dimension, (sbyte*)text, (FaissMetricType)metric);
            if (code != 0)
            {
                var error = Status.Exception(
                    code, $"'{description}' of dimension {dimension}", FactoryVersions.Mistake(description) is { } mistake ? new ErrorAdvice("could not parse", mistake) : null);
                FactoryVersions.ThrowIfNewer(description);
                throw error;
            }
        }

        return Checked(created, $"'{description}'", metric, nameof(description));
    }

    /// <summary>Returns the handle of an index that was created; on failure the index is freed.</summary>
    /// <param name="created">The index.</param>
    /// <param name="subject">The index, as the subject of messages.</param>
    /// <param name="metric">The metric by which the index is to compare.</param>
    /// <param name="parameter">The parameter that an <see cref="ArgumentException"/> names.</param>
    public static IndexHandle Checked(NativeIndex* created, string subject, MetricType metric, string parameter)
    {
        var handle = IndexFactory.Own(created);
        try
        {
            var only = (MetricType)FaissNative.faiss_Index_metric_type(created);
            if (KnownDefects.IgnoredMetrics.IsPresent && only != metric)
            {
                throw new NotSupportedException($"{subject} compares by {only}, whatever metric is asked for ({metric}).");
            }

            var parts = NativeParts.Of(created);
            if (Quantizers.FaultOf(parts) is { } fault)
            {
                throw new ArgumentException($"{subject}: {fault}", parameter);
            }

            SupportedMetrics.Check(parts, subject);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
