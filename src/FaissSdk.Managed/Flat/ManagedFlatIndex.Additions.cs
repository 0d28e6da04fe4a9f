using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <content>Adding vectors.</content>
public sealed partial class ManagedFlatIndex
{
    private const int BlockComponents = 1 << 16;

    // Where several overloads fit, such as for an empty collection, the compiler chooses that of the interface.

    /// <inheritdoc/>
    [OverloadResolutionPriority(1)]
    public void Add(ReadOnlySpan<float> vectors) => Add(vectors, ids: default, hasIds: false);

    /// <inheritdoc/>
    [OverloadResolutionPriority(1)]
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids) => Add(vectors, ids, hasIds: true);

    /// <summary>Adds vectors of 16-bit floating point, whose ids are the numbers from <see cref="Count"/> on. An index that stores components as <see cref="VectorStorage.Half"/> stores them as they are; another one converts them.</summary>
    /// <param name="vectors">The vectors, row-major (n × d), finite.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a component cannot be stored; the message contains its place. No vector is added then.</exception>
    /// <exception cref="InvalidOperationException">The index has vectors with ids of their own, or another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<Half> vectors) => AddConverted(vectors, VectorStorage.Half, ids: default, hasIds: false);

    /// <summary>Adds vectors of 16-bit floating point with ids. An index that stores components as <see cref="VectorStorage.Half"/> stores them as they are; another one converts them.</summary>
    /// <param name="vectors">The vectors, row-major (n × d), finite.</param>
    /// <param name="ids">The ids (n), 0 or greater, each once.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, a component cannot be stored, or an id is negative or taken; the message contains its place. No vector is added then.</exception>
    /// <exception cref="InvalidOperationException">The index has vectors without ids of their own, or another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddWithIds(ReadOnlySpan<Half> vectors, ReadOnlySpan<long> ids) => AddConverted(vectors, VectorStorage.Half, ids, hasIds: true);

    /// <summary>Adds vectors of bytes, whose ids are the numbers from <see cref="Count"/> on. An index that stores components as <see cref="VectorStorage.Byte"/> stores them as they are; another one converts them.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a component cannot be stored; the message contains its place. No vector is added then.</exception>
    /// <exception cref="InvalidOperationException">The index has vectors with ids of their own, or another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<byte> vectors) => AddConverted(vectors, VectorStorage.Byte, ids: default, hasIds: false);

    /// <summary>Adds vectors of bytes with ids. An index that stores components as <see cref="VectorStorage.Byte"/> stores them as they are; another one converts them.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids (n), 0 or greater, each once.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, a component cannot be stored, or an id is negative or taken; the message contains its place. No vector is added then.</exception>
    /// <exception cref="InvalidOperationException">The index has vectors without ids of their own, or another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddWithIds(ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids) => AddConverted(vectors, VectorStorage.Byte, ids, hasIds: true);

    private void Add(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, bool hasIds)
    {
        var count = FlatChecks.Addition(vectors, Dimension, ids, hasIds);
        _guard.BeginChange(hasIds ? nameof(AddWithIds) : nameof(Add));
        var before = _store.Count;
        try
        {
            var held = MakeRoom(count, ids, hasIds);
            var stored = Normalizes ? VectorMath.Normalized(vectors, Dimension) : vectors;
            _store.Check(stored, nameof(vectors));
            _store.Append(stored);
            held?.Append(ids);
            _ids = held;
        }
        catch
        {
            _store.Truncate(before);
            throw;
        }
        finally
        {
            _guard.EndChange();
        }
    }

    private void AddConverted<T>(ReadOnlySpan<T> vectors, VectorStorage form, ReadOnlySpan<long> ids, bool hasIds)
        where T : unmanaged
    {
        var count = FlatChecks.Addition(vectors, Dimension, ids, hasIds);
        _guard.BeginChange(hasIds ? nameof(AddWithIds) : nameof(Add));
        var before = _store.Count;
        try
        {
            var held = MakeRoom(count, ids, hasIds);
            if (Storage == form && !Normalizes)
            {
                CheckHalves(vectors);
                _store.AppendEncoded(MemoryMarshal.AsBytes(vectors), count);
            }
            else
            {
                // All are checked before the first one is added.
                ForEachBlock(vectors, (block, first) => _store.Check(block, nameof(vectors), first));
                ForEachBlock(vectors, (block, _) => _store.Append(block));
            }

            held?.Append(ids);
            _ids = held;
        }
        catch
        {
            _store.Truncate(before);
            throw;
        }
        finally
        {
            _guard.EndChange();
        }
    }

    private delegate void BlockAction(ReadOnlySpan<float> block, int first);

    private void ForEachBlock<T>(ReadOnlySpan<T> vectors, BlockAction action)
        where T : unmanaged
    {
        var rows = Math.Max(1, BlockComponents / Dimension);
        var buffer = new float[Math.Min(vectors.Length, rows * Dimension)];
        for (var start = 0; start < vectors.Length; start = Blocking.Next(start, rows * Dimension, vectors.Length))
        {
            var block = vectors.Slice(start, Math.Min(buffer.Length, vectors.Length - start));
            var converted = buffer.AsSpan(0, block.Length);
            Components.ToSingle(block, converted);
            if (Normalizes)
            {
                VectorMath.CheckDirections(converted, Dimension, nameof(vectors), start / Dimension);
                VectorMath.Scale(converted, Dimension, converted);
            }

            action(converted, start / Dimension);
        }
    }

    private void CheckHalves<T>(ReadOnlySpan<T> vectors)
        where T : unmanaged
    {
        if (Storage != VectorStorage.Half)
        {
            return;
        }

        var components = MemoryMarshal.Cast<T, Half>(vectors);
        for (var i = 0; i < components.Length; i++)
        {
            if (!Half.IsFinite(components[i]))
            {
                throw new ArgumentException(FormattableString.Invariant($"{nameof(vectors)} has {components[i]} in vector {i / Dimension}, component {i % Dimension}; all components must be finite."), nameof(vectors));
            }
        }
    }

    /// <summary>Checks an addition, and makes room for its ids, so that vectors that have been added get theirs.</summary>
    /// <returns>The ids to append to, or null.</returns>
    private RowIds? MakeRoom(int count, ReadOnlySpan<long> ids, bool hasIds)
    {
        FlatChecks.Ids(_store.Count, _ids, ids, hasIds);
        if ((long)_store.Count + count > Array.MaxLength)
        {
            throw new InvalidOperationException($"The index holds {_store.Count} vectors; with {count} more there would be more than {Array.MaxLength}. Use several indexes.");
        }

        var held = ids.IsEmpty ? _ids : _ids ?? new RowIds();
        held?.EnsureCapacity(ids.Length);
        return held;
    }
}
