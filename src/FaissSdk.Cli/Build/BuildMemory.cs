using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Divides the memory that <c>faiss-sdk build</c> may take among a block of the input, the vectors of the training, and the index.</summary>
internal sealed class BuildMemory
{
    private const int Mebibyte = 1 << 20;
    private const int MaxBlock = 1 << 16;
    private const int MaxBlockBytes = 64 * Mebibyte;

    // A block is small beside the index, and a training copies the vectors.
    private const int BlockShare = 16;
    private const int SampleShare = 2;

    private readonly BuildRequest _request;
    private readonly BuildInput _input;
    private readonly long _bytes;

    /// <exception cref="UsageException">The requested sample takes more memory than is available for it.</exception>
    public BuildMemory(BuildRequest request, BuildInput input, FaissIndex index, CommandConsole console)
    {
        (_request, _input, _bytes) = (request, input, (long)request.Memory * Mebibyte);
        var blockBytes = _bytes == 0 ? MaxBlockBytes : Math.Min(MaxBlockBytes, _bytes / BlockShare);
        BlockLength = (int)Math.Clamp(blockBytes / input.RowBytes, 1, MaxBlock);
        SampleLength = index.IsTrained ? 0 : SampleOf(console);
    }

    /// <summary>Gets the number of vectors in a block.</summary>
    public int BlockLength { get; }

    /// <summary>Gets the number of vectors to train with; 0 if the index needs no training.</summary>
    public int SampleLength { get; }

    /// <summary>Gets the number of bytes for the index; <see cref="long.MaxValue"/> without a limit.</summary>
    public long IndexBytes => _bytes == 0 ? long.MaxValue : _bytes - (BlockLength * _input.RowBytes);

    /// <summary>Returns whether the inverted lists have to lie in a file, because the index is larger than the memory allowed.</summary>
    /// <exception cref="UsageException">The index is larger than that, and its kind has no lists.</exception>
    public bool NeedsListsOnDisk()
    {
        if (_bytes == 0)
        {
            return false;
        }

        var needed = FaissIndex.EstimateSizeInBytes(_input.Dimension, _request.Factory, _input.Count);
        if (needed <= IndexBytes)
        {
            return false;
        }

        var taken = string.Create(CultureInfo.InvariantCulture, $"--memory is {_request.Memory}, and {_request.Factory} of {_input.Count:N0} vectors takes about {InMebibytes(needed + _bytes - IndexBytes)} MiB");
        if (_request.Output.IsStandardOutput)
        {
            throw new UsageException($"{taken}; the inverted lists need a file beside the index, so name a file instead of -.");
        }

        return _request.Factory.Contains("IVF", StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new UsageException($"{taken}; raise it, choose a factory string with smaller codes, such as {_input.Dimension switch { >= 16 => "IVF1024,PQ16", _ => "IVF1024,SQ8" }}, or one with inverted lists (IVF…), which can lie in a file.");
    }

    private int SampleOf(CommandConsole console)
    {
        var wanted = _request.Sample > 0 ? Math.Min(_request.Sample, _input.Count) : _input.Count;
        if (_bytes == 0 || _input.Whole is not null || wanted * _input.RowBytes <= _bytes / SampleShare)
        {
            return wanted;
        }

        var most = Math.Max(1, (int)(_bytes / SampleShare / _input.RowBytes));
        if (_request.Sample > 0)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--sample is {_request.Sample}, and these vectors take {InMebibytes(wanted * _input.RowBytes)} MiB, more than half of --memory {_request.Memory}; ask for at most {most} vectors, or raise --memory."));
        }

        console.WriteNote(string.Create(CultureInfo.InvariantCulture, $"the vectors of a training take half of --memory at most: the index is trained with {most:N0} of {_input.Count:N0} vectors, drawn at random."));
        return most;
    }

    private static long InMebibytes(long bytes) => (bytes + Mebibyte - 1) / Mebibyte;
}
