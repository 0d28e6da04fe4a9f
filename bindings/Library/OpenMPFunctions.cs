using System.Runtime.InteropServices;

namespace FaissSdk.Interop;

/// <summary>Holds the functions of OpenMP that get and set the number of threads of the calls of a thread.</summary>
/// <remarks>Both only read or write a number, so that calls need not switch the mode of the garbage collector.</remarks>
internal readonly unsafe struct OpenMPFunctions
{
    private readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<int> _get;
    private readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<int, void> _set;

    private OpenMPFunctions(nint get, nint set)
    {
        _get = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int>)get;
        _set = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int, void>)set;
    }

    /// <summary>Gets a value indicating whether the library has the functions.</summary>
    public bool Exist => LinkedLibrary.IsLinked || (_get != null && _set != null);

    /// <summary>Gets or sets the maximum number of threads for FAISS calls by this thread.</summary>
    public int Threads
    {
        get => LinkedLibrary.IsLinked ? LinkedLibrary.MaxThreads : _get();
        set
        {
            if (LinkedLibrary.IsLinked)
            {
                LinkedLibrary.SetMaxThreads(value);
            }
            else
            {
                _set(value);
            }
        }
    }

    /// <summary>Finds the functions of a library: those of our own builds come first; other builds only expose those of the OpenMP library that they depend on.</summary>
    public static OpenMPFunctions Of(nint library) =>
        Find(library, "faiss_sdk_max_threads", "faiss_sdk_set_max_threads") ?? Find(library, "omp_get_max_threads", "omp_set_num_threads") ?? default;

    private static OpenMPFunctions? Find(nint library, string get, string set) =>
        !LinkedLibrary.IsLinked && NativeLibrary.TryGetExport(library, get, out var getter) && NativeLibrary.TryGetExport(library, set, out var setter)
            ? new OpenMPFunctions(getter, setter)
            : null;
}
