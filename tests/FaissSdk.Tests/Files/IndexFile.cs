using System.Text;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Files;

/// <summary>A kind of index, and how a small file of it is made.</summary>
/// <param name="Description">The factory string; of a binary index where it is that of one.</param>
internal sealed unsafe record IndexFile(string Description)
{
    private const string BinaryFactory = "faiss_index_binary_factory";

    // What 16 lists and 16 centroids want for training.
    private const int TrainingSize = 640;
    private const int Dimension = 8;
    private const int BinaryCodeSize = 8;

    public MetricType Metric { get; init; } = MetricType.L2;

    /// <summary>The vectors it holds: few, since what can go wrong is in the headers; none in a kind that only encodes.</summary>
    public int Count { get; init; } = 100;

    /// <summary>Whether the oldest FAISS that the bindings know does not know the description.</summary>
    public bool IsNewer { get; init; }

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

    /// <summary>Trains, fills and writes one; the test is skipped where the loaded FAISS cannot.</summary>
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
            new IndexFile(description).Write(path + ".float");
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
