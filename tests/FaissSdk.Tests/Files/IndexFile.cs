using System.Text;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Files;

/// <summary>A kind of index and how to write a small file of it.</summary>
/// <param name="Description">The factory string of a float or binary index.</param>
internal sealed unsafe record IndexFile(string Description)
{
    private const string BinaryFactory = "faiss_index_binary_factory";

    // FAISS warns about fewer than 39 vectors for each of 16 lists or centroids.
    private const int TrainingSize = 640;
    private const int BinaryCodeSize = 8;

    public MetricType Metric { get; init; } = MetricType.L2;

    /// <summary>Gets the number of vectors: small, because mainly the headers can go wrong; 0 for kinds that only encode.</summary>
    public int Count { get; init; } = 100;

    /// <summary>Gets a value indicating whether the oldest supported FAISS does not have the kind.</summary>
    public bool IsNewer { get; init; }

    /// <summary>Gets the number of components of a vector.</summary>
    public int Dimension { get; init; } = 8;

    public string Name => (Metric, Count) switch
    {
        (MetricType.L2, 100) => Description,
        (MetricType.L2, _) => $"{Description} of {Count}",
        _ => $"{Description} by {Metric}",
    };

    public bool IsBinary => Description.Split(',').Any(part => part is ['B', ..]);

    private bool HasLabels => Description.StartsWith("IDMap", StringComparison.Ordinal);

    private bool IsUnknown => IsNewer && !(Version.TryParse(FaissLibrary.Info.Version, out var version) && version >= new Version(1, 15, 0));

    private string WhyUnknown => $"FAISS {FaissLibrary.Info.Version} does not know {Description}.";

    /// <summary>Trains, fills and writes an index; skips the test when the loaded FAISS cannot.</summary>
    public void Write(string path)
    {
        using var single = Native.SingleThread();
        if (IsBinary)
        {
            WriteBinary(path);
            return;
        }

        using var index = Create();
        var vectors = TestData.Uniform(TrainingSize, Dimension);
        if (Description.Contains("direct", StringComparison.Ordinal))
        {
            vectors = Array.ConvertAll(vectors, component => MathF.Truncate(component * byte.MaxValue));
        }

        index.Train(vectors);
        var held = vectors.AsSpan(0, Count * Dimension);
        if (HasLabels)
        {
            index.AddWithIds(held, Labels());
        }
        else
        {
            index.Add(held);
        }

        index.Save(path);
    }

    private FaissIndex Create()
    {
        try
        {
            return FaissIndex.Create(Dimension, Description, Metric);
        }
        catch (NotSupportedException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
        catch (FaissException) when (IsUnknown)
        {
            Assert.Skip(WhyUnknown);
            throw;
        }
    }

    private void WriteBinary(string path)
    {
        var codes = new byte[TrainingSize * BinaryCodeSize];
        new Random(1).NextBytes(codes);
        if (FaissLibrary.Supports(BinaryFactory) && Description != "BFromFloat")
        {
            MakeBinary(path, codes);
            return;
        }

        Assert.SkipUnless(BinaryIndexWriter.Descriptions.Contains(Description), $"FAISS {FaissLibrary.Info.Version} has no {BinaryFactory}.");
        new BinaryIndexWriter(BinaryCodeSize, codes[..(Count * BinaryCodeSize)]).Write(Description, path, description =>
        {
            new IndexFile(description) { Dimension = BinaryCodeSize * 8 }.Write(path + ".float");
            return File.ReadAllBytes(path + ".float");
        });
    }

    private void MakeBinary(string path, byte[] codes)
    {
        FaissIndexBinary* index = null;
        fixed (byte* description = Text(Description), name = Text(path), code = codes)
        fixed (long* label = Labels())
        {
            var made = FaissNative.faiss_index_binary_factory(&index, BinaryCodeSize * 8, (sbyte*)description);
            Assert.SkipWhen(made != 0 && IsUnknown, WhyUnknown);
            Check(made);
            try
            {
                Check(FaissNative.faiss_IndexBinary_train(index, TrainingSize, code));
                Check(HasLabels
                    ? FaissNative.faiss_IndexBinary_add_with_ids(index, Count, code, label)
                    : FaissNative.faiss_IndexBinary_add(index, Count, code));
                Check(FaissNative.faiss_write_index_binary_fname(index, (sbyte*)name));
            }
            finally
            {
                FaissNative.faiss_IndexBinary_free(index);
            }
        }
    }

    private long[] Labels() => [.. Enumerable.Range(1000, Count).Select(i => (long)i)];

    private void Check(int code) => Assert.True(code == 0, $"FAISS refused {Description} with {code}.");

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
