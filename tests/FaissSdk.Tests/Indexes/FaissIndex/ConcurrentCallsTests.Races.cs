using System.Collections.Concurrent;
using System.Diagnostics;

namespace FaissSdk.Tests.Indexes;

/// <content>Threads that call without an order.</content>
public partial class ConcurrentCallsTests
{
    // Without a check these crash within seconds.
    [Fact]
    public void Add_beside_Search_of_a_flat_index_throws()
    {
        Native.Require();
        ChildProcess.Run(Hammer, "Flat", seconds: 120).AssertReturned();
    }

    [Fact]
    public void Add_beside_Search_of_a_graph_throws()
    {
        Native.Require();
        ChildProcess.Run(Hammer, "HNSW8", seconds: 120).AssertReturned();
    }

    // FAISS reads the number of probes twice in a search, so that it finds wrong neighbors or crashes without a lock.
    [Fact]
    public void Probes_are_set_beside_searches()
    {
        Native.Require();
        ChildProcess.Run(SetProbesBesideSearches, "IVF64,Flat", seconds: 120).AssertReturned();
    }

    [Fact]
    public void Probes_of_a_part_are_set_beside_searches()
    {
        Native.Require();
        ChildProcess.Run(SetProbesBesideSearches, "PCA16,IVF64,Flat", seconds: 120).AssertReturned();
    }

    // A training by an index that probes fewer lists meanwhile, and a search of more lists than were given, read beyond their arrays.
    [Fact]
    public void Probes_are_set_beside_trainings_and_searches_of_given_lists()
    {
        Native.Require();
        ChildProcess.Run(
            static _ =>
            {
                using var index = (IndexIVF)Filled("IVF64,Flat");
                var queries = Vectors(100);
                var count = queries.Length / index.Dimension;
                using var assigner = (IndexIVF)index.Clone();
                assigner.NProbe = 64;
                using var clustering = new Clustering(index.Dimension, 20);
                var ended = false;
                Together(
                    () =>
                    {
                        for (var i = 0; !Volatile.Read(ref ended); i++)
                        {
                            index.NProbe = i % 2 == 0 ? 64 : 1;
                            assigner.NProbe = i % 2 == 0 ? 64 : 1;
                            Thread.Yield();
                        }
                    },
                    () =>
                    {
                        try
                        {
                            for (var i = 0; i < 100; i++)
                            {
                                Refuse(() => index.SearchPreassigned(queries, 3, new long[count], new float[count], new float[3 * count], new long[3 * count]));
                                Refuse(() => clustering.Train(queries, assigner));
                            }
                        }
                        finally
                        {
                            Volatile.Write(ref ended, true);
                        }
                    });

                static void Refuse(Action call)
                {
                    try
                    {
                        call();
                    }
                    catch (ArgumentException)
                    {
                        // There are more lists at that moment than were given, or the assigner probes only some.
                    }
                }
            },
            "",
            seconds: 120).AssertReturned();
    }

    [Fact]
    public void Searches_and_Dispose_beside_each_other_end_well()
    {
        Native.Require();
        ChildProcess.Run(_ =>
        {
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed.TotalSeconds < 3)
            {
                var index = Filled("IDMap,Flat");
                var part = ((IndexIDMap)index).Index;
                Together(
                    () => AssertDisposed(() => index.Search(Vectors(2), 3)),
                    () => AssertDisposed(() => part.Search(Vectors(2), 3)),
                    () => AssertDisposed(() => index.AddWithIds(Vectors(2), [1, 2])),
                    () =>
                    {
                        Thread.SpinWait(Random.Shared.Next(20_000));
                        index.Dispose();
                    });
            }
        }, seconds: 120).AssertReturned();
    }

    [Fact]
    public void Readers_never_refuse_each_other()
    {
        Native.Require();
        using var index = Filled("IVF4,Flat");
        Together([.. Enumerable.Range(0, 4).Select(i => (Action)(() =>
        {
            for (var round = 0; round < 500; round++)
            {
                Assert.Equal(2, index.Search(Vectors(2), 3).QueryCount);
                Assert.Equal(400, index.Count);
                _ = ((IndexIVF)index).Quantizer.Count;
            }
        }))]);
    }

    private static void SetProbesBesideSearches(string description)
    {
        using var single = Native.SingleThread();
        using var index = Filled(description);
        var queries = Vectors(300);
        index.SetParameter("nprobe", 64);
        var all = index.Search(queries, 3).Ids.ToArray();
        index.SetParameter("nprobe", 1);
        var one = index.Search(queries, 3).Ids.ToArray();
        var ended = false;
        Together(
            () =>
            {
                for (var i = 0; !Volatile.Read(ref ended); i++)
                {
                    index.SetParameter("nprobe", i % 2 == 0 ? 64 : 1);
                    Thread.Yield();
                }
            },
            () =>
            {
                try
                {
                    for (var i = 0; i < 200; i++)
                    {
                        var found = index.Search(queries, 3).Ids.ToArray();
                        Assert.True(found.SequenceEqual(all) || found.SequenceEqual(one), "A search has found neither the neighbors in 1 list nor those in 64.");
                    }
                }
                finally
                {
                    Volatile.Write(ref ended, true);
                }
            });
    }

    private static void Hammer(string description)
    {
        using var index = Filled(description);
        var (watch, more, refused) = (Stopwatch.StartNew(), Vectors(50), new ConcurrentBag<InvalidOperationException>());
        var (additions, searches) = (0, 0);
        void Repeat(Action call)
        {
            while (watch.Elapsed.TotalSeconds < 3)
            {
                try
                {
                    call();
                }
                catch (InvalidOperationException error)
                {
                    refused.Add(error);
                }
            }
        }

        void Add()
        {
            index.Add(more);
            additions++;
            if (index.Count > 20_000)
            {
                index.Reset();
            }
        }

        void Search()
        {
            index.Search(more, 5);
            Interlocked.Increment(ref searches);
            Thread.Yield();
        }

        Together(() => Repeat(Add), () => Repeat(Search), () => Repeat(Search));
        Assert.True(additions > 0 && searches > 0, $"{additions} additions, {searches} searches");
        Assert.NotEmpty(refused);
        Assert.All(refused, error => Assert.Contains("AsConcurrent()", error.Message, StringComparison.Ordinal));
    }

    private static void Together(params Action[] calls)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = Array.ConvertAll(calls, call => new Thread(() =>
        {
            if (Record.Exception(call) is { } failure)
            {
                failures.Enqueue(failure);
            }
        }));
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }

    private static void AssertDisposed(Action call)
    {
        while (true)
        {
            try
            {
                call();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (InvalidOperationException)
            {
                // The call ran during a change.
            }
        }
    }
}
