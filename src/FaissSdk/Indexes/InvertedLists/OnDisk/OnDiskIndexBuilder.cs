using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Builds an index with inverted lists that is larger than the memory, from blocks of vectors: its lists lie in a file of their own, which a search maps (FAISS: <c>OnDiskInvertedLists</c>).</summary>
/// <remarks>
/// The vectors are encoded and buffered up to a limit of memory, and written to temporary files, sorted by list; <see cref="Build"/>
/// merges up to 16 of these at a time. The temporary files have no names and vanish with the process; they take as much of the disk as the
/// result does. What the index finds is the same as after adding the same vectors in the same order to an index in memory.
/// One call at a time: beside another one, a call throws an <see cref="InvalidOperationException"/>. <see cref="Dispose"/> may be called
/// at any time and ends a call under way, which throws an <see cref="ObjectDisposedException"/>. Not for Windows, where FAISS maps no files.
/// </remarks>
public sealed unsafe partial class OnDiskIndexBuilder : IDisposable
{
    private const int MaxShards = 16;
    private const long MinMemoryLimit = 1 << 20;
    private const string ListsExtension = ".ivfdata";

    // Limits of the block that FAISS encodes at a time: the bytes of its vectors, and their maximum and minimum number.
    private const int BlockBytes = 1 << 22;
    private const int MaxBlock = 1 << 14;
    private const int MinBlock = 64;

    private readonly FaissIndex _index;
    private readonly int _codeSize;
    private readonly int _listCount;
    private readonly ListEntries _entries;
    private readonly List<ListShard> _shards = [];
    private readonly string _folder;
    private long[] _lists = [];
    private long _count;
    private bool _isBuilt;

    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="trained">A trained index without vectors: inverted lists, such as <c>IVF4096,Flat</c> or <c>IVF4096,PQ16</c>, or transforms before them. It is copied.</param>
    /// <param name="path">The path of the index file, which must not exist; the lists are written beside it, with the extension <c>.ivfdata</c>.</param>
    /// <param name="memoryLimit">The number of bytes in which codes and ids are buffered: at least 1 MiB, and at most the memory that the process may have. The trained index and the computations of FAISS take memory besides (about 20 MB).</param>
    /// <exception cref="ArgumentException"><paramref name="trained"/> holds vectors, or <paramref name="path"/> is empty or has the extension <c>.ivfdata</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="memoryLimit"/> is less than 1 MiB, or more than the memory that the process may have.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="trained"/> is not trained.</exception>
    /// <exception cref="NotSupportedException">The system is Windows; FAISS cannot map this kind of index; or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="IOException">One of the two files exists, or the folder does not.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="trained"/> is disposed.</exception>
    public OnDiskIndexBuilder(FaissIndex trained, string path, long memoryLimit)
    {
        (Path, ListsPath, _folder) = Check(trained, path, memoryLimit);
        if (!trained.IsTrained)
        {
            throw new InvalidOperationException($"The {trained.GetType().Name} is not trained: call {nameof(FaissIndex.Train)} first.");
        }

        if (trained.Count > 0)
        {
            throw new ArgumentException($"trained holds {trained.Count} vectors; pass an empty copy of it (Clone, then Reset), and add the vectors to the builder.", nameof(trained));
        }

        _index = trained.Clone();
        var lists = _index.Parts.Encoder;
        (_codeSize, _listCount, MemoryLimit) = ((int)lists.Fact("code_size", 0), (int)lists.ListCount, memoryLimit);
        try
        {
            _entries = new ListEntries(_codeSize, memoryLimit);
        }
        catch
        {
            _index.Dispose();
            throw;
        }
    }

    /// <summary>Gets the full path of the index file.</summary>
    public string Path { get; }

    /// <summary>Gets the full path of the file of the inverted lists, beside the index file.</summary>
    public string ListsPath { get; }

    /// <summary>Gets the number of bytes in which codes and ids are buffered.</summary>
    public long MemoryLimit { get; }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension => _index.Dimension;

    /// <summary>Gets the number of vectors added. It can be read during an addition, as its progress.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Adds a block of vectors, with consecutive ids from <see cref="Count"/> on.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="cancellationToken">The token that cancels the addition.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a vector is not finite.</exception>
    /// <exception cref="InvalidOperationException">The index has been built, or another call is under way.</exception>
    /// <exception cref="IOException">A temporary file cannot be written, for example because the disk is full. <see cref="Count"/> vectors were added; the rest can be added later.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    /// <exception cref="AddCanceledException">The addition was canceled.</exception>
    public void Add(ReadOnlySpan<float> vectors, CancellationToken cancellationToken = default)
    {
        using var call = Begin(nameof(Add));
        AddCore(vectors, [], cancellationToken);
    }

    /// <summary>Adds a block of vectors with ids chosen by the caller.</summary>
    /// <remarks>Ids are not compared with those of other vectors: an id that is added twice stands for two vectors, and a search can find both.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <param name="cancellationToken">The token that cancels the addition.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or a vector is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="InvalidOperationException">The index has been built, or another call is under way.</exception>
    /// <exception cref="IOException">A temporary file cannot be written, for example because the disk is full. <see cref="Count"/> vectors were added; the rest can be added later.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    /// <exception cref="AddCanceledException">The addition was canceled.</exception>
    public void Add(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = Begin(nameof(Add));
        VectorShape.CheckLength(ids.Length, VectorShape.CountVectors(vectors, Dimension, nameof(vectors)), nameof(ids));
        _index.CheckIdsForLists(ids);
        AddCore(vectors, ids, cancellationToken);
    }

    /// <summary>Writes the index and its lists, and opens it for reading.</summary>
    /// <remarks>A call that fails removes what it has begun, and can be repeated. Afterwards <see cref="FaissIndex.Load(string, IndexReadOptions)"/> opens the index, also after both files were moved to another folder.</remarks>
    /// <param name="progress">Receives the part of the work that is done, from 0 to 1; its exceptions end the call.</param>
    /// <param name="cancellationToken">The token that cancels the call.</param>
    /// <returns>The index, whose lists are mapped: it can be searched, but not changed or saved.</returns>
    /// <exception cref="InvalidOperationException">No vectors were added, the index has been built, or another call is under way.</exception>
    /// <exception cref="IOException">A file cannot be written, for example because the disk is full, or one of the two has been created meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow new files.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public FaissIndex Build(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        using var call = Begin(nameof(Build));
        if (Count == 0)
        {
            throw new InvalidOperationException("No vectors were added; FAISS cannot map a file without any.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        CheckFiles(Path, ListsPath, _folder);
        BuildCore(new BuildProgress(this, progress, cancellationToken));
        return FaissIndex.Load(Path, IndexReadOptions.ReadOnly | IndexReadOptions.OnDiskSameDirectory);
    }

    /// <summary>Checks, as the constructor does, what can be checked before an index is trained.</summary>
    /// <returns>The full paths of the index file and of that of the lists, and their folder.</returns>
    internal static (string Path, string ListsPath, string Folder) Check(FaissIndex trained, string path, long memoryLimit)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryLimit, MinMemoryLimit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(memoryLimit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        ListsOnDisk.ThrowIfBuiltOnWindows();
        var full = System.IO.Path.GetFullPath(path);
        var lists = System.IO.Path.ChangeExtension(full, ListsExtension);
        var folder = System.IO.Path.GetDirectoryName(full) ?? throw new ArgumentException($"path '{path}' is the root of a file system; name a file.", nameof(path));
        if (lists == full)
        {
            throw new ArgumentException($"path '{path}' has the extension {ListsExtension}, which the file of the lists gets; choose another one.", nameof(path));
        }

        CheckKind(trained);
        CheckFiles(full, lists, folder);
        FaissIndex.RequireListsOnDisk();
        return (full, lists, folder);
    }

    private static void CheckKind(FaissIndex trained)
    {
        if (trained.Parts.Encoder is var lists && (!lists.HoldsCodeLists || (trained.IsTrained && lists.Fact("code_size", 0) == 0)))
        {
            throw new NotSupportedException($"FAISS cannot map the lists of '{trained}' ({lists.Class}): use IVFn with Flat, SQ, PQ or additive quantizers, or transforms before it.");
        }

        for (var part = trained.Parts; !ReferenceEquals(part, trained.Parts.Encoder); part = part.Parts.First(inner => inner.Role == "index"))
        {
            if (part.IsIDMap)
            {
                throw new NotSupportedException($"'{trained}' is an ID map; inverted lists keep ids themselves: leave out the map.");
            }
        }
    }

    private static void CheckFiles(string path, string lists, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be written: its folder does not exist.");
        }

        foreach (var file in (string[])[path, lists])
        {
            if (System.IO.Path.Exists(file))
            {
                throw new IOException($"'{file}' exists; delete it, or choose another path.");
            }
        }
    }
}
