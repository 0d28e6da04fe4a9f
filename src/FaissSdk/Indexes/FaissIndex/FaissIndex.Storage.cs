using FaissSdk.Interop;
using FaissSdk.Native;
using Storage = FaissSdk.Native.IndexStorage<FaissSdk.Interop.FaissIndex, FaissSdk.Native.FloatIndexApi>;

namespace FaissSdk;

/// <content>Files, streams, bytes and copies.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Reads an index from a file written by <see cref="Save(string)"/> or by another program that uses FAISS.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">The options for reading the file. Inverted lists read with <see cref="IndexReadOptions.Mmap"/>, and an index of which they are a part, cannot be changed or saved.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted, or it is a directory.</exception>
    /// <exception cref="NotSupportedException">FAISS does not find neighbors by the metric of the index; or, on Windows, the file is to be mapped or has its inverted lists in another file.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The file is truncated or contains no index that the loaded FAISS version supports.</exception>
    public static FaissIndex Load(string path, IndexReadOptions options = IndexReadOptions.None) => Loaded(Storage.Load(path, options), options, Storage.Length(path));

    /// <summary>Reads an index from a stream, from its position on.</summary>
    /// <param name="stream">The stream. What follows the index stays in it, except with FAISS &lt; 1.11.0 in a stream that cannot seek.</param>
    /// <param name="options">The options that determine how the stream is read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be read, or <paramref name="options"/> maps.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="NotSupportedException">FAISS does not find neighbors by the metric of the index.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The stream ends too early or contains no index that the loaded FAISS version supports.</exception>
    public static FaissIndex Load(Stream stream, IndexReadOptions options = IndexReadOptions.None) => Loaded(Storage.Load(stream, options, validation: null, out var length), options, length);

    /// <summary>Reads an index from memory.</summary>
    /// <param name="bytes">The result of <see cref="Serialize"/>, or the content of a file.</param>
    /// <param name="options">The options that determine how the bytes are read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="options"/> maps.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="NotSupportedException">FAISS does not find neighbors by the metric of the index.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The bytes end too early or contain no index that the loaded FAISS version supports.</exception>
    public static FaissIndex Deserialize(ReadOnlyMemory<byte> bytes, IndexReadOptions options = IndexReadOptions.None) => Loaded(Storage.Load(bytes, options), options, bytes.Length);

    /// <summary>Writes the index to a file. A reader sees the old file or the whole new one, and a failure leaves the old file whole.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing the file is not permitted, or it is a directory.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back; it considers more than 1,000 candidates per neighbor (<c>k_factor_rf</c>, <c>k_factor</c>); or the quantizer of its lists does not hold as many centroids as there are lists.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file, or is an <see cref="IndexFlat1D"/>, or a lattice that holds vectors.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckSavable();
        Storage.Save(Handle, this, path);
    }

    /// <summary>Writes the index to a stream, at its position.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="stream">The stream. Its exceptions are rethrown; the bytes written before remain in it.</param>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back; it considers more than 1,000 candidates per neighbor (<c>k_factor_rf</c>, <c>k_factor</c>); or the quantizer of its lists does not hold as many centroids as there are lists.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file, or is an <see cref="IndexFlat1D"/>, or a lattice that holds vectors.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(Stream stream)
    {
        CheckSavable();
        Storage.Save(Handle, this, stream);
    }

    /// <summary>Writes the index to memory.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <returns>The content of a file with the index.</returns>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back; it considers more than 1,000 candidates per neighbor (<c>k_factor_rf</c>, <c>k_factor</c>); or the quantizer of its lists does not hold as many centroids as there are lists.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file, or is an <see cref="IndexFlat1D"/>, or a lattice that holds vectors.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="IOException">The index is larger than an array.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Serialize()
    {
        CheckSavable();
        return Storage.Serialize(Handle, this);
    }

    /// <summary>Creates an independent copy of the index.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <returns>The copy, of the same type.</returns>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back; it considers more than 1,000 candidates per neighbor (<c>k_factor_rf</c>, <c>k_factor</c>); or the quantizer of its lists does not hold as many centroids as there are lists.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file, or is an <see cref="IndexFlat1D"/>, or a lattice that holds vectors; or its inverted lists lie in a file, which a copy would change too.</exception>
    /// <exception cref="FaissException">FAISS can neither copy nor write this kind of index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Clone()
    {
        using var index = Handle.Acquire(this);
        return CloneCore(index.Pointer);
    }

    /// <summary>Creates an independent copy of the index, and reserves the memory that the copy and its parts need to hold a number of vectors (<see cref="EnsureCapacity"/>).</summary>
    /// <remarks>
    /// Flat indexes, scalar quantizers, and HNSW graphs of these take the memory of the copy and no more, where <see cref="Clone()"/> and
    /// <see cref="EnsureCapacity"/> take twice as much for a moment. May run concurrently with other calls that only read.
    /// </remarks>
    /// <param name="capacity">The number of vectors in all; fewer than <see cref="Count"/> reserve nothing.</param>
    /// <returns>The copy, of the same type.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    /// <exception cref="InsufficientMemoryException">There is not enough memory.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back; it considers more than 1,000 candidates per neighbor (<c>k_factor_rf</c>, <c>k_factor</c>); or the quantizer of its lists does not hold as many centroids as there are lists.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file, or is an <see cref="IndexFlat1D"/>, or a lattice that holds vectors; or its inverted lists lie in a file, which a copy would change too; or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">FAISS can neither copy nor write this kind of index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Clone(long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        using var index = Handle.Acquire(this);
        ReserveFunction.Require();
        if (CloneFunction.IsPresent && !Handle.Source.HasFlag(HandleSource.MappedVectors))
        {
            NativeIndex* copy = null;
            ThrowIfNoMemory(FaissNative.faiss_sdk_clone_with_capacity(index.Pointer, capacity, &copy), capacity);
            if (copy != null)
            {
                return Checked(WrapCopy(copy), _ => CheckSavable());
            }
        }

        return Checked(CloneCore(index.Pointer), cloned => cloned.EnsureCapacity(capacity));
    }

    private static FaissIndex Checked(FaissIndex copy, Action<FaissIndex> check)
    {
        try
        {
            check(copy);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Creates a copy by writing and reading the index.</summary>
    private protected virtual FaissIndex CloneCore(NativeIndex* index)
    {
        if (KnownDefects.ListsSharedByClones.IsPresent && Parts.All.Any(part => part.HoldsListsInFile && !part.HoldsReadOnlyLists))
        {
            throw new NotSupportedException($"The inverted lists of this {GetType().Name}, or of a part of it, lie in a file, into which a copy would write too; copy the index file and that of its lists, and load the copies.");
        }

        if (!KnownDefects.SharedClones.IsPresent)
        {
            return CloneNatively(index);
        }

        var copy = Deserialize(Serialize());
        copy.Description = Description;
        LoadedIndex.CopySettings(NativeParts.Of(index), copy.Parts);
        return copy;
    }

    /// <summary>Creates a copy by FAISS's own function, which works for few kinds (<see cref="KnownDefects.SharedClones"/>).</summary>
    private protected FaissIndex CloneNatively(NativeIndex* index)
    {
        CheckSavable();
        NativeIndex* copy = null;
        Status.ThrowIfFailed(FaissNative.faiss_clone_index(index, &copy));
        var wrapped = WrapCopy(copy);

        // The copy shares vectors that are mapped.
        wrapped.Handle.Source |= Handle.Source & HandleSource.MappedVectors;
        return wrapped;
    }

    private FaissIndex WrapCopy(NativeIndex* copy)
    {
        var wrapped = IndexFactory.Wrap(copy, Description);
        wrapped.Memory.Begin(0, wrapped.Count);
        return wrapped;
    }

    private const float MaxReadableFactor = 1000;

    /// <summary>Checks whether FAISS writes the index so that it can read it back.</summary>
    private void CheckSavable()
    {
        using var index = Handle.Acquire(this);
        if (KnownDefects.UntrainedFiles.IsPresent && !CanSaveUntrained(index.Pointer))
        {
            CheckTrained(index.Pointer);
        }

        foreach (var lists in Parts.Lists)
        {
            // FAISS considers lists trained if their encoder needs no training. If their quantizer holds more centroids than there are lists, loading would refuse the file as damaged.
            if (FaissNative.faiss_Index_is_trained((NativeIndex*)lists.Object) != 0 && FaissNative.faiss_Index_ntotal(FaissNative.faiss_IndexIVF_quantizer((NativeIndex*)lists.Object)) > lists.ListCount)
            {
                CheckHoldsCentroids((NativeIndex*)lists.Object);
            }
        }

        if (FaissNative.faiss_Index_ntotal(index.Pointer) > 0)
        {
            KnownDefects.LatticeFiles.ThrowIfPresent(Parts.All, "Saving a lattice index that holds vectors");
        }

        if (KnownDefects.MappedFiles.IsPresent && (MayBeMapped || Parts.All.Any(part => part.HoldsReadOnlyLists)))
        {
            throw new NotSupportedException($"This {GetType().Name}, or a part of it, is mapped from its file, and FAISS would write it without its inverted lists; copy the file instead.");
        }

        if (KnownDefects.UnreadableFactor.IsPresent && Parts.All.FirstOrDefault(part => part.Factor > MaxReadableFactor) is { } refining)
        {
            throw new InvalidOperationException($"FAISS reads at most {MaxReadableFactor:N0} candidates per neighbor from a file, and the index considers {refining.Factor:G}: set {nameof(IndexRefineFlat.KFactor)} (k_factor_rf, k_factor) to {MaxReadableFactor} or less before, and back afterwards.");
        }

        if (KnownDefects.OneDimensionalFiles.IsPresent && Parts.All.Any(part => part.IsFlat1D))
        {
            throw new NotSupportedException("FAISS writes an IndexFlat1D as a plain flat index, whose distances are squared; save an IndexFlatL2 of dimension 1 instead.");
        }
    }

    /// <summary>Returns whether FAISS reads the index back if it was written before it was trained.</summary>
    private protected virtual bool CanSaveUntrained(NativeIndex* index) => false;

    private static FaissIndex Loaded(NativeIndex* read, IndexReadOptions options, long length)
    {
        var index = IndexFactory.Wrap(read, description: null);
        try
        {
            index.Handle.Source |= HandleSources.Of(options);
            if ((options & (IndexReadOptions.Mmap | IndexReadOptions.MmapVectors)) == 0)
            {
                index.Memory.Begin(length, index.Count);
            }

            if ((Quantizers.FaultOf(index.Parts) ?? GraphLinks.FaultOf(index.Parts)) is { } fault)
            {
                throw new FaissException($"FAISS cannot use the index. {fault}");
            }

            index.CheckPositions();
            NativeParts.LimitProbes(index.Parts);
            index.Handle.LacksWhatLoadingOmits = !LoadedIndex.TryComplete(index.Parts);
            return index.CheckSupported("The index");
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }
}
