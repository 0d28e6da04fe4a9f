using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Training of the quantizer by the managed k-means.</content>
public unsafe partial class IndexIVF
{
    // FAISS's number for inverted lists (Level1Quantizer), less than that of its Clustering.
    private const int CoarseIterations = 10;

    /// <summary>Trains the quantizer by <see cref="ManagedKMeans"/>, with progress and in less time than FAISS, and then the encoder by FAISS.</summary>
    /// <remarks>
    /// Does what <see cref="FaissIndex.Train(ReadOnlySpan{float}, CancellationToken)"/> does in two steps, <see cref="SetCentroids"/> and the training of the encoder. Canceled before the encoder, it leaves the index as it was; after that the centroids stay, and
    /// <see cref="FaissIndex.Train(ReadOnlySpan{float})"/> completes the training. For vectors that do not fit in memory, pass the centroids of <see cref="ManagedKMeans.Train(VectorSequence, int, KMeansOptions?, KMeansSourceOptions?, IProgress{KMeansIteration}?, CancellationToken)"/> to <see cref="SetCentroids"/>.
    /// Each of the two steps requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>.
    /// </remarks>
    /// <param name="vectors">The training vectors, row-major (n × d), finite, n at least <see cref="NList"/>.</param>
    /// <param name="options">The options of the k-means; <see langword="null"/> for those of FAISS's inverted lists: 10 iterations, spherical by inner product.</param>
    /// <param name="progress">Receives a report after each iteration, on the calling thread.</param>
    /// <param name="cancellationToken">The token that cancels the training.</param>
    /// <returns>The centroids and the iterations that led to them.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="FaissIndex.Dimension"/>, there are fewer vectors than lists, a component is NaN, infinite or too large, or an option does not fit.</exception>
    /// <exception cref="InvalidOperationException">The index holds vectors, its quantizer holds centroids already, it is mapped from its file, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The quantizer is trained in its own way, consists of lists itself, or is an NSG graph.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled.</exception>
    public KMeansResult TrainCoarse(ReadOnlySpan<float> vectors, KMeansOptions? options = null, IProgress<KMeansIteration>? progress = null, CancellationToken cancellationToken = default)
    {
        using (var index = Handle.Acquire(this))
        {
            CheckTakesCentroids(index.Pointer);
        }

        var (count, lists) = (VectorShape.CountVectors(vectors, Dimension, nameof(vectors)), NList);
        if (count < lists)
        {
            throw new ArgumentException($"vectors holds {count} vectors, which is fewer than the {lists} lists.", nameof(vectors));
        }

        VectorValues.CheckFinite(vectors, Dimension, nameof(vectors));
        VectorValues.CheckMagnitude(vectors, Dimension, 2L * count, nameof(vectors));
        options ??= new KMeansOptions { MaxIterations = CoarseIterations, Spherical = Metric == MetricType.InnerProduct, Backend = KMeansBackend.Managed };
        var result = ManagedKMeans.Train(vectors, Dimension, lists, options, progress, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        SetCentroids(result.Centroids);
        Train(vectors, cancellationToken);
        return result;
    }

    /// <summary>Puts centroids into the empty quantizer, so that a training that follows trains the encoder alone.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="centroids">The centroids of the lists, row-major (<see cref="NList"/> × d), finite.</param>
    /// <exception cref="ArgumentException">The length does not fit, or a component is NaN, infinite or too large.</exception>
    /// <exception cref="InvalidOperationException">The index holds vectors, its quantizer holds centroids already, it is mapped from its file, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The quantizer is trained in its own way, consists of lists itself, or is an NSG graph.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SetCentroids(ReadOnlySpan<float> centroids)
    {
        using var index = Handle.AcquireToChange(this);
        CheckTakesCentroids(index.Pointer);
        var lists = (long)FaissNative.faiss_IndexIVF_nlist(index.Pointer);
        VectorShape.CheckLength(centroids.Length, lists * Dimension, nameof(centroids));
        VectorValues.CheckFinite(centroids, Dimension, nameof(centroids));
        VectorValues.CheckMagnitude(centroids, Dimension, 1, nameof(centroids));
        if (KnownDefects.UnstorableComponents.IsPresent)
        {
            foreach (var range in CodeRange.OfQuantizers(Parts))
            {
                range.CheckTraining(centroids, nameof(centroids));
            }
        }

        var quantizer = FaissNative.faiss_IndexIVF_quantizer(index.Pointer);
        fixed (float* x = centroids)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_reset(quantizer));
            if (FaissNative.faiss_Index_is_trained(quantizer) == 0)
            {
                Status.ThrowIfFailed(FaissNative.faiss_Index_train(quantizer, lists, x));
            }

            Status.ThrowIfFailed(FaissNative.faiss_Index_add(quantizer, lists, x));
        }
    }

    private void CheckTakesCentroids(NativeIndex* index)
    {
        CheckWritable();
        var held = FaissNative.faiss_Index_ntotal(index);
        if (held > 0)
        {
            throw new InvalidOperationException($"This {GetType().Name} holds {held} vectors, whose lists would belong to other centroids; call {nameof(Reset)} first.");
        }

        var quantizer = NativeParts.Of(FaissNative.faiss_IndexIVF_quantizer(index));
        if (FaissNative.faiss_IndexIVF_quantizer_trains_alone(index) == (byte)QuantizerTraining.Alone || quantizer.Lists.Any() || quantizer.All.Any(GraphLinks.IsNSG))
        {
            throw new NotSupportedException($"The quantizer of this {GetType().Name} ({quantizer.Class}) does not take centroids: it is trained in its own way, consists of lists itself, or is an NSG graph; use {nameof(Train)}.");
        }

        if (quantizer.Count > 0)
        {
            throw new InvalidOperationException($"The quantizer of this {GetType().Name} holds {quantizer.Count} centroids already; call {nameof(Train)}, which keeps them, or create another index.");
        }
    }
}
