namespace FaissSdk.Native;

/// <summary>Caches the objects that stand for the parts of a native index: one object per part, disposed with the index.</summary>
/// <typeparam name="TIndex">The class of the objects.</typeparam>
internal sealed class ViewCache<TIndex>
    where TIndex : class, IDisposable
{
    private readonly Lock _gate = new();
    private List<(nint Part, TIndex View)>? _views;

    /// <summary>Returns the object of a part, and creates it on first use.</summary>
    /// <param name="handle">The handle of the whole.</param>
    /// <param name="whole">The index that the caller knows.</param>
    /// <param name="part">The native part.</param>
    /// <param name="wrap">Creates the object from the whole and the part.</param>
    /// <exception cref="ObjectDisposedException"><paramref name="whole"/> is disposed.</exception>
    public TIndex GetOrAdd<TWhole>(NativeHandle handle, TWhole whole, nint part, Func<TWhole, nint, TIndex> wrap)
        where TWhole : class
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(handle.IsDisposed, whole);
            foreach (var (known, view) in _views ?? [])
            {
                if (known == part)
                {
                    return view;
                }
            }

            var created = wrap(whole, part);
            (_views ??= []).Add((part, created));
            return created;
        }
    }

    /// <summary>Disposes the objects; the handle of the whole must be disposed before.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (_, view) in _views ?? [])
            {
                view.Dispose();
            }

            _views = null;
        }
    }
}
