// Prints, after a line on the instructions at hand, results of the managed k-means to the bit: with fused multiply-add all levels agree.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FaissSdk;

Console.WriteLine($"kernel {NearestCentroid.Fastest.Name}, {Features()}");
(int Count, int Dimension, int Clusters)[] shapes = [(1000, 1, 7), (777, 3, 16), (1030, 17, 33), (512, 64, 65), (600, 129, 31), (300, 784, 10), (257, 33, 257)];
foreach (var (n, d, k) in shapes)
{
    var random = new Random((n * 31) + d);
    var points = new float[n * d];
    foreach (ref var component in points.AsSpan())
    {
        component = (random.NextSingle() * 2) - 1;
    }

    Train("all", new KMeansOptions { Pruning = false });
    Train("bounds", new KMeansOptions { PruneAlways = true });
    Train("integers", new KMeansOptions { QuantizeAlways = true });
    Train("centred", new KMeansOptions { Center = true });

    // A spherical training takes lengths by TensorPrimitives, whose sums depend on the width of vectors; its search does not.
    Search("spherical", null);
    Search("spherical integers", QuantizedCentroids.IfConceivable(n, k, d, always: true));

    void Train(string name, KMeansOptions options)
    {
        var result = ManagedKMeans.Train(points, d, k, options with { Iterations = 4, MaxDegreeOfParallelism = 1 });
        Console.WriteLine($"{n} x {d}, {k} clusters, {name}: {Hash(MemoryMarshal.AsBytes(result.Centroids)):x16} {BitConverter.SingleToUInt32Bits(result.Objective):x8}");
    }

    void Search(string name, QuantizedCentroids? quantized)
    {
        var kernel = NearestCentroid.Fastest;
        var panels = new CentroidPanels(k, d, kernel.PanelWidth, quantized: quantized);
        panels.Pack(points.AsSpan(0, k * d), spherical: true);
        var (labels, products) = (new int[n], new float[n]);
        kernel.Find(points, [], panels, true, labels, products, 1, CancellationToken.None);
        Console.WriteLine($"{n} x {d}, {k} clusters, {name}: {Hash(MemoryMarshal.AsBytes<int>(labels)):x16} {Hash(MemoryMarshal.AsBytes<float>(products)):x16}");
    }
}

return 0;

static string Features()
{
    var features = $"FMA {Fma.IsSupported}, AVX-512 {Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported}";
    if (!AvxVnni.IsSupported)
    {
        return features + ", AVX-VNNI False";
    }

    // Both instructions against plain arithmetic, for a processor that is emulated.
    var random = new Random(1);
    var (left, right) = (new byte[32], new byte[32]);
    random.NextBytes(left);
    random.NextBytes(right);
    var (bytes, words) = (Vector256<int>.Zero, Vector256<int>.Zero);
    bytes = AvxVnni.MultiplyWideningAndAdd(bytes, Vector256.Create<byte>(left), Vector256.Create<byte>(right).AsSByte());
    words = AvxVnni.MultiplyWideningAndAdd(words, Vector256.Create<byte>(left).AsInt16(), Vector256.Create<byte>(right).AsInt16());
    var right16 = MemoryMarshal.Cast<byte, short>(right);
    var left16 = MemoryMarshal.Cast<byte, short>(left);
    for (var lane = 0; lane < 8; lane++)
    {
        var sum = 0;
        for (var i = 4 * lane; i < 4 * (lane + 1); i++)
        {
            sum += left[i] * (sbyte)right[i];
        }

        if (bytes[lane] != sum || words[lane] != (left16[2 * lane] * right16[2 * lane]) + (left16[(2 * lane) + 1] * right16[(2 * lane) + 1]))
        {
            return features + ", AVX-VNNI wrong";
        }
    }

    return features + ", AVX-VNNI True";
}

static ulong Hash(ReadOnlySpan<byte> bytes)
{
    var hash = 14695981039346656037;
    foreach (var one in bytes)
    {
        hash = (hash ^ one) * 1099511628211;
    }

    return hash;
}
