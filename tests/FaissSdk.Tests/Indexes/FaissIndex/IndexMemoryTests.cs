namespace FaissSdk.Tests.Indexes;

/// <summary>The memory of indexes counts as pressure on the garbage collector, which frees those that are never disposed.</summary>
public class IndexMemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Loaded_indexes_without_Dispose_are_collected()
    {
        Native.Require();
        ChildProcess.Run(_ =>
        {
            using var folder = new TemporaryFolder();
            var path = Path.Combine(folder.Path, "index");
            using (var index = new IndexFlatL2(128))
            {
                index.Add(new float[50_000 * 128]);
                index.Save(path);
            }

            var peak = 0L;
            for (var i = 0; i < 200; i++)
            {
                Assert.Equal(50_000, FaissIndex.Load(path).Count);
                peak = Math.Max(peak, Environment.WorkingSet);
            }

            // 200 indexes take 5 GB.
            Assert.True(peak < 1500 * Megabyte, $"{peak / Megabyte} MB");
        }, seconds: 120).AssertReturned();
    }

    [Fact]
    public void Filled_indexes_without_Dispose_are_collected()
    {
        Native.Require();
        ChildProcess.Run(_ =>
        {
            var (vectors, peak) = (new float[500 * 128], 0L);
            for (var i = 0; i < 100; i++)
            {
                var index = new IndexFlatL2(128);
                for (var part = 0; part < 100; part++)
                {
                    index.Add(vectors);
                }

                peak = Math.Max(peak, Environment.WorkingSet);
            }

            Assert.True(peak < 1500 * Megabyte, $"{peak / Megabyte} MB");
        }, seconds: 120).AssertReturned();
    }

    [Theory]
    [InlineData(128, null, 512)]
    [InlineData(128, "PQ16", 16)]
    [InlineData(128, "IVF64,PQ16x4", 16)]
    [InlineData(128, "IVF64,SQ8", 136)]
    [InlineData(128, "HNSW32", 768)]
    [InlineData(128, "IDMap,SQfp16", 264)]
    [InlineData(128, "IVF64,PQ16,RFlat", 536)]
    public void The_size_of_a_vector_is_estimated(int dimension, string? description, long bytes) =>
        Assert.Equal(bytes, FaissSdk.Native.VectorMemory.BytesOfVector(dimension, description));
}
