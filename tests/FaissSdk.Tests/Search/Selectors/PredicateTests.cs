using System.Runtime.CompilerServices;

namespace FaissSdk.Tests.Indexes;

/// <summary>Predicates that FAISS calls, on its own threads.</summary>
public class PredicateTests
{
    private const int Dimension = 8;
    private const int Size = 2000;

    private static readonly float[] Vectors = TestData.Uniform(Size, Dimension);

    public static TheoryData<string> Kinds => ["Flat", "SQ8", "IVF16,Flat", "IVF16,SQ8", "IVF16,PQ4x4", "HNSW16", "RR8,Flat", "IDMap,Flat", "IDMap2,IVF16,Flat", "IVF16,PQ4x4,RFlat"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_exception_of_a_predicate_ends_the_search(string kind)
    {
        Native.RequireOwnSearch();
        using var index = Filled(kind);
        var fails = true;
        using var selector = new IDSelectorPredicate(id => fails && id % 100 == 99 ? throw new InvalidTimeZoneException($"{id}") : id % 2 == 0);
        using var inverse = new IDSelectorNot(selector);
        Assert.Throws<InvalidTimeZoneException>(() => index.Search(Vectors, 3, selector));
        Assert.Throws<InvalidTimeZoneException>(() => index.Search(Vectors, 3, inverse));
        fails = false;
        Assert.All(index.Search(Vectors, 3, selector).Ids.ToArray(), id => Assert.True(id == -1 || id % 2 == 0));
        Assert.All(index.Search(Vectors, 3, inverse).Ids.ToArray(), id => Assert.True(id is -1 || id % 2 == 1));
    }

    [Fact]
    public void An_exception_of_a_predicate_ends_a_range_search()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF16,Flat");
        using var selector = new IDSelectorPredicate(_ => throw new InvalidTimeZoneException());
        Assert.Throws<InvalidTimeZoneException>(() => index.RangeSearch(Vectors, 1, selector));
        Assert.Throws<InvalidTimeZoneException>(() => selector.Contains(3));
        Assert.Throws<InvalidTimeZoneException>(() => selector.Contains(3));
    }

    [Fact]
    public void Threads_share_a_predicate()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF16,Flat");
        using var selector = new IDSelectorPredicate(id => id % 3 == 0);
        using var parameters = new SearchParametersIVF(selector, nProbe: 16);
        var expected = index.Search(Vectors.AsSpan(0, 160), 5, parameters).Ids.ToArray();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
            Assert.Equal(expected, index.Search(Vectors.AsSpan(0, 160), 5, parameters).Ids.ToArray()));
    }

    [Fact]
    public void A_failing_search_fails_no_later_one_on_other_threads()
    {
        Native.RequireOwnSearch();
        using var index = Filled("Flat");
        using var selector = new IDSelectorPredicate(id => id == 1234 && Environment.TickCount64 % 2 == 0 ? throw new InvalidTimeZoneException() : true);
        var expected = index.Search(Vectors.AsSpan(0, 80), 3).Ids.ToArray();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            try
            {
                Assert.Equal(expected, index.Search(Vectors.AsSpan(0, 80), 3, selector).Ids.ToArray());
            }
            catch (InvalidTimeZoneException)
            {
                // A search at the same time may fail too, but none returns a result without the vectors after the failure.
            }
        });
    }

    [Fact]
    public void A_predicate_may_search_but_not_change_the_index()
    {
        Native.RequireOwnSearch();
        using var index = Filled("Flat");
        using var searching = new IDSelectorPredicate(id => index.Search(Vectors.AsSpan(0, Dimension), 1).Ids[0] == id);
        Assert.Equal([0L], index.Search(Vectors.AsSpan(0, Dimension), 1, searching).Ids);
        using var changing = new IDSelectorPredicate(_ =>
        {
            index.Add(Vectors);
            return true;
        });
        Assert.Throws<InvalidOperationException>(() => index.Search(Vectors.AsSpan(0, Dimension), 1, changing));
        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task A_predicate_may_search_inverted_lists_while_others_set_the_probes(int queries)
    {
        Native.RequireOwnSearch();
        using var index = (IndexIVF)Filled("IVF16,Flat");
        index.NProbe = 16;
        var query = Vectors.AsMemory(0, Dimension);
        using var selector = new IDSelectorPredicate(id => id >= 50 || index.Search(query.Span, 1).Ids[0] <= id);
        using var end = new CancellationTokenSource();
        var setter = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                index.NProbe = 16;
                Thread.Yield();
            }
        });
        var search = Task.Run(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(0, index.Search(Vectors.AsSpan(0, queries * Dimension), 3, selector).Ids[0]);
                Assert.Equal(0, index.AsConcurrent().Search(Vectors.AsSpan(0, queries * Dimension), 3, selector).Ids[0]);
            }
        });
        await search.WaitAsync(TimeSpan.FromSeconds(60));
        await end.CancelAsync();
        await setter;
    }

    [Fact]
    public void A_predicate_sets_no_probes_of_the_index_that_is_searched()
    {
        Native.RequireOwnSearch();
        using var index = (IndexIVF)Filled("IVF16,Flat");
        using var selector = new IDSelectorPredicate(_ =>
        {
            index.NProbe = 2;
            return true;
        });
        Assert.Contains("A predicate cannot change a setting", Assert.Throws<InvalidOperationException>(() => index.Search(Vectors, 3, selector)).Message, StringComparison.Ordinal);
        Assert.Equal(1, index.NProbe);
    }

    [Fact]
    public void A_predicate_lives_as_long_as_what_uses_it()
    {
        Native.RequireOwnSearch();
        var predicate = SearchAfterDisposal();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(predicate.IsAlive);
    }

    [Fact]
    public void Removal_refuses_a_predicate()
    {
        Native.RequireOwnSearch();
        using var index = Filled("Flat");
        using var selector = new IDSelectorPredicate(_ => true);
        using var inverse = new IDSelectorNot(selector);
        Assert.Equal("selector", Assert.Throws<ArgumentException>(() => index.Remove(selector)).ParamName);
        Assert.Equal("selector", Assert.Throws<ArgumentException>(() => index.Remove(inverse)).ParamName);
        Assert.Equal(Size, index.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference SearchAfterDisposal()
    {
        using var index = Filled("Flat");
        var odd = new Odd();
        var selector = new IDSelectorPredicate(odd.Contains);
        var both = new IDSelectorAnd(selector, selector);
        using var parameters = new SearchParameters(both);
        selector.Dispose();
        both.Dispose();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(7, index.Search(Vectors.AsSpan(7 * Dimension, Dimension), 1, parameters).Ids[0]);
        }

        return new WeakReference(odd);
    }

    private static FaissIndex Filled(string kind)
    {
        using var single = Native.SingleThread();
        var index = FaissIndex.Create(Dimension, kind);
        index.Train(Vectors);
        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(Vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        }
        else
        {
            index.Add(Vectors);
        }

        return index;
    }

    private sealed class Odd
    {
        private readonly int _rest = 1;

        public bool Contains(long id) => id % 2 == _rest;
    }
}
