using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaissSdk.Native;

namespace FaissSdk.Tests.Interop;

public partial class KnownDefectTests
{
    private static readonly Dictionary<string, KnownDefect> Rows = typeof(KnownDefects).GetProperties()
        .Where(property => property.PropertyType == typeof(KnownDefect))
        .ToDictionary(property => property.Name, property => (KnownDefect)property.GetValue(null)!);

    private static readonly SdkCalls Sdk = new(typeof(KMeans).Assembly.Location);

    [Fact]
    public void Every_row_names_a_test_that_exists()
    {
        var tests = typeof(KnownDefectTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute))).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();
        Assert.Empty(Rows.Where(row => !tests.Contains(row.Value.Test)).Select(row => $"{row.Key}: {row.Value.Test}"));
    }

    [Fact]
    public void Every_row_has_a_guard() =>
        Assert.Empty(Rows.Keys.Except(Sdk.OwnCalls.Where(call => call.Type != nameof(KnownDefects)).Select(call => call.Method.Replace("get_", "", StringComparison.Ordinal))));

    [Fact]
    public void No_row_is_fixed_in_every_supported_version()
    {
        using var history = JsonDocument.Parse(File.ReadAllBytes(Checkout.PathTo("bindings/api-history.json")));
        var versions = history.RootElement.GetProperty("versions").EnumerateArray().Select(version => Version.Parse(version.GetString()!)).ToArray();
        Assert.All(Rows.Where(row => row.Value.FixedIn is not null), row =>
        {
            Assert.Contains(row.Value.FixedIn!, versions);
            Assert.True(row.Value.FixedIn > versions.Min(), row.Key);
        });
    }

    [Fact]
    public void Rows_are_well_formed() => Assert.All(Rows.Values, row =>
    {
        Assert.EndsWith(".", row.What);
        Assert.Matches(@"^facebookresearch/faiss#[0-9]+$", row.Upstream ?? "facebookresearch/faiss#0");
        Assert.All(row.Kinds, code => Assert.Matches("^[A-Za-z0-9]{4}$", code));
    });

    [Fact]
    public void Versions_and_codes_are_compared_in_the_table_only()
    {
        var others = Sdk.OwnCalls.Where(call => call.Method is "IsAtLeast" or "RequireVersion").Select(call => call.Type).Distinct().ToArray();
        Assert.Equal([nameof(FactoryVersions), nameof(KnownDefect), nameof(OptionalFunction)], others.Order());
        var codes = Sdk.TypesWithStrings.Where(type => Sdk.StringsOf(type).Any(text => Code().IsMatch(text))).Order();
        Assert.Equal([nameof(BinaryIndexKind), nameof(ForeignParts), nameof(IndexFactory), nameof(KnownDefects), nameof(SupportedMetrics)], codes);
    }

    [Fact]
    public void Fast_scan_lists_remove_or_refuse()
    {
        using var index = FastScanLists();
        using var selector = new IDSelectorRange(0, 40);
        AssertGuarded(KnownDefects.FastScanLists, () => Assert.Equal(40, index.Remove(selector)));
    }

    [Fact]
    public void Fast_scan_lists_merge_into_empty_ones_or_refuse()
    {
        using var index = FastScanLists();
        using var empty = (IndexIVF)index.Clone();
        empty.Reset();
        AssertGuarded(KnownDefects.FastScanLists, () =>
        {
            Assert.Throws<NotSupportedException>(() => index.MergeFrom(empty));
            var expected = index.Assign(TestData.Uniform(640, 8));
            empty.MergeFrom(index);
            Assert.Equal((640L, 0L), (empty.Count, index.Count));
            Assert.Equal(expected, empty.Assign(TestData.Uniform(640, 8)));
        });
    }

    [Fact]
    public void Fast_scan_lists_are_not_copied()
    {
        using var index = FastScanLists();
        using var other = (IndexIVF)index.Clone();
        AssertGuarded(KnownDefects.FastScanCopies, () => index.CopySubsetTo(other, IndexIVFSubset.Range, 0, 100));
    }

    [Fact]
    public void Fast_scan_lists_search_preassigned_or_refuse()
    {
        using var index = FastScanLists();
        var query = TestData.Uniform(640, 8).AsMemory(0, 8);
        var coarse = index.Quantizer.Search(query.Span, 1);
        AssertGuarded(KnownDefects.FastScanLists, () =>
        {
            var ids = new long[1];
            index.SearchPreassigned(query.Span, 1, coarse.Ids, coarse.Distances, new float[1], ids);
            Assert.Equal(index.Assign(query.Span), ids);
        });
    }

    [Fact]
    public void An_empty_shard_finds_nothing_or_is_refused()
    {
        Tests.Native.Require();
        using var single = Tests.Native.SingleThread();
        using var filled = new IndexFlatL2(8);
        using var empty = new IndexFlatL2(8);
        using var index = new IndexShards(8, successiveIds: false);
        filled.Add(Enumerable.Repeat(1f, 8).ToArray());
        index.AddShard(empty);
        index.AddShard(filled);
        AssertGuarded(KnownDefects.EmptyShard, () => Assert.All(index.Search(new float[8 * 30], 1).Distances.ToArray(), distance => Assert.Equal(8, distance)));
    }

    [Fact]
    public void Shards_compare_by_L2_or_inner_product()
    {
        Tests.Native.Require();
        using var index = new IndexShards(2);
        using var part = new IndexFlat(2, MetricType.L1);
        Assert.Equal("shard", Assert.Throws<ArgumentException>(() => index.AddShard(part)).ParamName);
        Assert.Equal(0, index.ShardCount);
    }

    [Fact]
    public void Shards_find_ranges_of_labels_or_refuse_them()
    {
        Tests.Native.RequireParameters();
        using var index = new IndexShards(2);
        using var part = new IndexFlatL2(2);
        index.AddShard(part);
        index.Add([0, 0, 1, 1]);
        using var range = new IDSelectorRange(0, 1000);
        using var parameters = new SearchParameters(range);
        if (Tests.Native.HasOwnSearch)
        {
            Assert.Equal([0L, 1], index.Search([0, 0], 2, parameters).Ids);
            return;
        }

        Assert.Throws<NotSupportedException>(() => index.Search([0, 0], 1, parameters));
    }

    [Theory]
    [InlineData(ScalarQuantizerType.BFloat16, 1, 9)]
    [InlineData(ScalarQuantizerType.TurboQuant4Bit, 1, 15)]
    public void Unknown_quantizer_types_are_refused(ScalarQuantizerType type, int major, int minor)
    {
        Tests.Native.Require();
        var row = type == ScalarQuantizerType.BFloat16 ? KnownDefects.QuantizerTypesAfterSixBit : KnownDefects.QuantizerTypesAfterDirectSigned;
        Assert.Equal(new Version(major, minor, 0), row.FixedIn);
        AssertGuarded(row, () => new IndexScalarQuantizer(8, type).Dispose());
    }

    private static IndexIVF FastScanLists()
    {
        Tests.Native.Require();
        using var single = Tests.Native.SingleThread();
        var vectors = TestData.Uniform(640, 8);
        var index = (IndexIVF)FaissIndex.Create(8, "IVF16,PQ4x4fs");
        index.Train(vectors);
        index.Add(vectors);
        return index;
    }

    /// <summary>Where the loaded library has the defect, the call must be refused by version; otherwise it must succeed.</summary>
    private static void AssertGuarded(KnownDefect row, Action call)
    {
        if (!row.IsPresent)
        {
            call();
            return;
        }

        Assert.Contains(row.FixedIn is null ? "fails in every known FAISS version" : $"needs FAISS {row.FixedIn} or later", Assert.Throws<NotSupportedException>(call).Message);
    }

    [GeneratedRegex("^(I[A-Z][A-Za-z0-9]{2}|I[a-z][A-Za-z0-9]{2}|NP[A-Za-z]{2})$")]
    private static partial Regex Code();
}
