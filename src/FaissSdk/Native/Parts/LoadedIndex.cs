using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Sets what FAISS leaves out of an index that it reads, in all of its parts.</summary>
internal static unsafe class LoadedIndex
{
    private static readonly OptionalFunction CompleteFunction = new(nameof(FaissNative.faiss_sdk_complete_loaded_index));

    /// <summary>Completes an index.</summary>
    /// <returns><see langword="false"/> if the library has no function for that.</returns>
    public static bool TryComplete(IndexPart index)
    {
        if (!CompleteFunction.IsPresent)
        {
            return false;
        }

        foreach (var part in index.All)
        {
            if (part.IsTransform)
            {
                DetermineOrthonormality(part);
            }
            else if (part.Object != 0)
            {
                Status.ThrowIfFailed(FaissNative.faiss_sdk_complete_loaded_index((NativeIndex*)part.Object));
            }
        }

        return true;
    }

    private static void DetermineOrthonormality(IndexPart transform)
    {
        // FAISS does not find the columns of a rotation into more dimensions orthonormal, which they are.
        if (KnownDefects.OrthonormalFromFile.IsPresent && transform.IsTrained && transform.Text("orthonormal").Length > 0 && transform.Class != "RandomRotationMatrix")
        {
            FaissNative.faiss_LinearTransform_set_is_orthonormal((FaissVectorTransform*)transform.Object);
        }
    }
}
