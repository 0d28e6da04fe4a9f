using FaissSdk.VectorData.Indexes;

namespace FaissSdk.VectorData.Tests.Contract;

public sealed class DeltaTests
{
    private const int Dimension = 4;

    // Blocks of 256, 512, 1,024, 1,024, … rows.
    private readonly Delta _delta = new(VectorMetric.Create("Vector", DistanceFunction.EuclideanSquaredDistance), Dimension, maxBlockBytes: 1024 * Dimension * sizeof(float));

    [Fact]
    public void Every_row_is_read_as_it_was_written()
    {
        for (var row = 0; row < 5000; row++)
        {
            _delta.Write(row, IdOf(row), Vector(row));
        }

        Assert.Equal(256 + 512 + (5 * 1024), _delta.Capacity);
        for (var row = 0; row < 5000; row++)
        {
            Assert.Equal(IdOf(row), _delta.IdAt(row));
            Assert.Equal(Vector(row), _delta.VectorAt(row));
            Assert.Equal(row, _delta.Find(IdOf(row), 5000));
        }

        Assert.Equal(-1, _delta.Find(IdOf(7) + 1, 5000));
        Assert.Equal(-1, _delta.Find(IdOf(2000), 2000));
    }

    [Fact]
    public void A_search_skips_deleted_filtered_and_later_rows()
    {
        for (var row = 0; row < 2000; row++)
        {
            _delta.Write(row, IdOf(row), Vector(row));
        }

        var dead = new Bits(_delta.Capacity);
        dead.Set(998);
        var results = new TopResults(VectorMetric.Create("Vector", DistanceFunction.EuclideanSquaredDistance), 3);
        _delta.Search(Vector(1000), 1001, dead, id => id != IdOf(1000), results);
        Assert.Equal([IdOf(999), IdOf(997), IdOf(996)], results.ToArray().Select(result => result.Id));
    }

    [Fact]
    public void The_last_user_frees_the_memory()
    {
        _delta.Write(0, 1, Vector(0));
        _delta.AddUser();
        _delta.Release();
        Assert.Equal(Vector(0), _delta.VectorAt(0));
        _delta.Release();
        Assert.Throws<ObjectDisposedException>(() => _delta.VectorAt(0).Length);
    }

    private static long IdOf(int row) => (3L * row) + 1;

    private static float[] Vector(int row) => [row, row * 2, row * 3, row + 0.5f];
}
