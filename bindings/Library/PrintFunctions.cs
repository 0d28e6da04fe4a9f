using System.Runtime.InteropServices;

namespace FaissSdk.Interop;

/// <summary>Holds the functions of a library that pass on what FAISS prints.</summary>
/// <remarks>They are called while the library is being loaded, when the raw functions cannot be resolved yet, unless FAISS is linked in.</remarks>
internal readonly unsafe struct PrintFunctions
{
    private readonly delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, sbyte*, nuint, int>, int> _add;
    private readonly delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, sbyte*, nuint, int>, void> _remove;
    private readonly delegate* unmanaged[Cdecl]<long> _dropped;

    private PrintFunctions(nint add, nint remove, nint dropped)
    {
        _add = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, sbyte*, nuint, int>, int>)add;
        _remove = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, sbyte*, nuint, int>, void>)remove;
        _dropped = (delegate* unmanaged[Cdecl]<long>)dropped;
        Exist = true;
    }

    private PrintFunctions(bool exist) => Exist = exist;

    /// <summary>Gets the functions of a FAISS that is linked into the program.</summary>
    public static PrintFunctions Linked => new(exist: LinkedLibrary.IsLinked && LinkedLibrary.Has(nameof(FaissNative.faiss_sdk_add_print_handler)));

    /// <summary>Gets a value indicating whether there are such functions: libraries that others have built print to the streams of the process.</summary>
    public bool Exist { get; }

    /// <summary>Gets the number of warnings that no handler took.</summary>
    public long DroppedWarnings => !Exist ? 0 : LinkedLibrary.IsLinked ? FaissNative.faiss_sdk_dropped_warnings() : _dropped();

    /// <summary>Finds the functions of a library.</summary>
    public static PrintFunctions Of(nint library) =>
        !LinkedLibrary.IsLinked
            && NativeLibrary.TryGetExport(library, nameof(FaissNative.faiss_sdk_add_print_handler), out var add)
            && NativeLibrary.TryGetExport(library, nameof(FaissNative.faiss_sdk_remove_print_handler), out var remove)
            && NativeLibrary.TryGetExport(library, nameof(FaissNative.faiss_sdk_dropped_warnings), out var dropped)
            ? new PrintFunctions(add, remove, dropped)
            : default;

    /// <summary>Adds a handler, unless there are too many.</summary>
    public bool TryAdd(delegate* unmanaged[Cdecl]<int, sbyte*, nuint, int> handler) =>
        (LinkedLibrary.IsLinked ? FaissNative.faiss_sdk_add_print_handler(handler) : _add(handler)) != 0;

    /// <summary>Removes a handler.</summary>
    public void Remove(delegate* unmanaged[Cdecl]<int, sbyte*, nuint, int> handler)
    {
        if (LinkedLibrary.IsLinked)
        {
            FaissNative.faiss_sdk_remove_print_handler(handler);
        }
        else
        {
            _remove(handler);
        }
    }
}
