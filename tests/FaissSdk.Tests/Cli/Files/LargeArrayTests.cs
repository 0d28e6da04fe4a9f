using System.Globalization;
using System.Runtime.InteropServices;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Arrays and files of about 2³¹ elements or bytes, in memory and files that are reserved and not used.</summary>
public sealed unsafe class LargeArrayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte* _memory;

    public LargeArrayTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "Memory is reserved without being used.");
        _memory = (byte*)NativeMemory.Alloc(int.MaxValue);
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _folder.Dispose();
    }

    [Fact]
    public void The_largest_array_is_written()
    {
        using var size = new SizeStream();
        NpyFile.Write(size, new ReadOnlySpan<byte>(_memory, int.MaxValue), "|u1", $"({int.MaxValue.ToString(CultureInfo.InvariantCulture)},)");
        Assert.InRange(size.Length, int.MaxValue + 1L, int.MaxValue + 1000L);
        using var singles = new SizeStream();
        ArrayBytes.Write(singles, new ReadOnlySpan<byte>(_memory, int.MaxValue));
        Assert.Equal(int.MaxValue, singles.Length);
    }

    [Fact]
    public void The_largest_array_is_read()
    {
        var read = 0L;
        ArrayBytes.Read(new Span<byte>(_memory, int.MaxValue), bytes => read += bytes.Length);
        Assert.Equal(int.MaxValue, read);
    }

    [Fact]
    public void A_file_of_more_ids_than_bytes_of_an_array_is_read_by_records()
    {
        var path = _folder.File("ids.ivecs");
        using (var file = File.Create(path))
        {
            // A file without blocks on disk.
            file.SetLength(int.MaxValue + 9L);
        }

        var error = Assert.Throws<InvalidDataException>(() => IdFile.Read(path, "--ids", CancellationToken.None));
        Assert.EndsWith("record 0 has dimension 0, expected 1: one id for each vector.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_ends_at_the_end()
    {
        Assert.Equal(5, Blocking.Next(0, 5, 12));
        Assert.Equal(12, Blocking.Next(10, 5, 12));
        Assert.Equal(int.MaxValue, Blocking.Next(int.MaxValue - 7, 1 << 20, int.MaxValue));
    }

    [Theory]
    [InlineData(2048, "1048576", "2048 lines of 1048576 dimensions have more than the 2147483591 components that fit into one array; reduce --dimension")]
    [InlineData(1, "1048577", "--dimension is 1048577; with --text it is at most 1048576.")]
    public void Texts_of_more_components_than_an_array_holds_are_refused(int lines, string dimension, string message)
    {
        var path = _folder.File("texts.txt");
        File.WriteAllLines(path, Enumerable.Range(0, lines).Select(line => "word number " + line.ToString(CultureInfo.InvariantCulture)));
        var run = CommandRun.Of("build", path, _folder.File("index.faiss"), "--text", "--dimension", dimension);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
