using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Sets what FAISS leaves out of an index that it reads, in all of its parts.</summary>
internal static unsafe class LoadedIndex
{
    private static readonly OptionalFunction CompleteFunction = new(nameof(FaissNative.faiss_sdk_complete_loaded_index));
    private static readonly OptionalFunction CopySettingsFunction = new(nameof(FaissNative.faiss_sdk_copy_settings));

    /// <summary>Completes an index.</summary>
    /// <returns><see langword="false"/> if the library has no function for that.</returns>
    public static bool TryComplete(IndexPart index)
    {
        if (!CompleteFunction.IsPresent)
        {
            return false;
        }

        Complete(index.All);
        return true;
    }

    /// <summary>Completes parts, if the library has a function for that.</summary>
    public static void Complete(IEnumerable<IndexPart> parts)
    {
        foreach (var part in parts)
        {
            if (part.IsTransform)
            {
                DetermineOrthonormality(part);
            }
            else if (part.Object != 0 && CompleteFunction.IsPresent)
            {
                Status.ThrowIfFailed(FaissNative.faiss_sdk_complete_loaded_index((NativeIndex*)part.Object));
            }
        }
    }

    /// <summary>Copies the settings of searches that FAISS does not write to files to an index that was read from what another has written.</summary>
    public static void CopySettings(IndexPart source, IndexPart target)
    {
        if (!CopySettingsFunction.IsPresent)
        {
            return;
        }

        foreach (var (from, to) in source.All.Zip(target.All))
        {
            if (!from.IsTransform && from.Object != 0 && from.Class == to.Class)
            {
                Status.ThrowIfFailed(FaissNative.faiss_sdk_copy_settings((NativeIndex*)from.Object, (NativeIndex*)to.Object));
            }
        }
    }

    private static void DetermineOrthonormality(IndexPart transform)
    {
        // Sets the property directly, because FAISS does not recognize that the columns of a rotation into more dimensions are orthonormal.
        if (KnownDefects.OrthonormalFromFile.IsPresent && transform.IsTrained && transform.Text("orthonormal").Length > 0 && transform.Class != "RandomRotationMatrix")
        {
            FaissNative.faiss_LinearTransform_set_is_orthonormal((FaissVectorTransform*)transform.Object);
        }
    }
}
