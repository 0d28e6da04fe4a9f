using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects the ids for which a function returns <see langword="true"/>.</summary>
/// <remarks>
/// A search calls the function for each vector that it compares, on several threads at a time. If the function throws, the search
/// ends and throws the same exception; so do the other searches that use the selector at that moment.
/// </remarks>
public sealed unsafe class IDSelectorPredicate : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_sdk_selector_callback), nameof(IDSelectorPredicate));

    /// <summary>Initializes a selector of the ids for which <paramref name="predicate"/> returns <see langword="true"/>.</summary>
    /// <param name="predicate">The function, which several threads call at a time. It may search the index, but not change it.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is not from a FaissSdk package.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorPredicate(Func<long, bool> predicate)
        : this(New(predicate))
    {
    }

    private IDSelectorPredicate((IDSelectorHandle Handle, PredicateState State) created)
        : base(created.Handle, created.State)
    {
    }

    /// <summary>Throws if a selector calls a predicate, which can throw or change its answer while vectors are removed.</summary>
    internal static void CheckNotCalledBy(IDSelector selector, string parameter)
    {
        if (selector.Predicates.Length > 0)
        {
            throw new ArgumentException($"{parameter} calls a predicate, which may throw or change its answer while vectors are removed: pass the ids in an {nameof(IDSelectorBatch)}.", parameter);
        }
    }

    private static (IDSelectorHandle Handle, PredicateState State) New(Func<long, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        NewFunction.Require();
        var state = new PredicateState(predicate);
        var reference = GCHandle.Alloc(state);
        try
        {
            FaissIDSelector* created = null;
            Status.ThrowIfFailed(FaissNative.faiss_sdk_selector_callback(&created, &Contains, (void*)GCHandle.ToIntPtr(reference)));
            return (new IDSelectorHandle(created, &FaissNative.faiss_IDSelector_free, reference: reference), state);
        }
        catch
        {
            reference.Free();
            throw;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Contains(void* state, long id) => ((PredicateState)GCHandle.FromIntPtr((nint)state).Target!).Contains(id) ? 1 : 0;
}
