using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Defines the functions that read and write one of FAISS's two families of indexes, which have the same shape and different names.</summary>
/// <typeparam name="T">The native type.</typeparam>
internal unsafe interface IIndexApi<T>
    where T : unmanaged
{
    /// <summary>Gets what messages call an index of the family.</summary>
    static abstract string Noun { get; }

    /// <summary>Gets a value indicating whether the family is that of binary indexes.</summary>
    static abstract bool IsBinary { get; }

    /// <summary>Gets the function behind <see cref="ReadCustom"/>.</summary>
    static abstract OptionalFunction ReadCustomFunction { get; }

    /// <summary>Gets the function behind <see cref="WriteCustom"/>.</summary>
    static abstract OptionalFunction WriteCustomFunction { get; }

    /// <summary>Gets the function behind <see cref="Check"/>.</summary>
    static abstract OptionalFunction CheckFunction { get; }

    static abstract int ReadPath(sbyte* path, int options, T** index);

    static abstract int ReadFile(void* file, int options, T** index);

    static abstract int ReadCustom(FaissIOReader* reader, int options, T** index);

    /// <summary>Looks for numbers of the index that contradict each other.</summary>
    static abstract int Check(T* index, sbyte* fault, nuint size, nuint* length);

    static abstract void Free(T* index);

    static abstract int WriteFile(T* index, void* file);

    static abstract int WriteCustom(T* index, FaissIOWriter* writer);
}
