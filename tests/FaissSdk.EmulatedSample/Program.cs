// Prints one line about the instruction sets available and then the exact bits of results of the managed k-means, which are equal for
// all instruction sets with fused multiply-add.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FaissSdk;

Console.WriteLine($"kernel {NearestCentroid.Fastest.Name}, {Features()}; integers of {string.Join("; ", IntegerKernel.All.Select(kernel => kernel.Name))}");
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
    Train("bounds", new KMeansOptions(), SearchMethod.Bounds);
    Train("integers", new KMeansOptions(), SearchMethod.Integer);
    Train("few directions", new KMeansOptions(), SearchMethod.Projected);
    Train("nonzero components", new KMeansOptions(), SearchMethod.Sparse);
    Train("centered", new KMeansOptions { Center = true });
    Train("spherical", new KMeansOptions { Spherical = true });

    // Checks every integer kernel that this processor supports, not only the fastest.
    foreach (var spherical in (bool[])[false, true])
    {
        var expected = Search(spherical, null);
        foreach (var integers in IntegerKernel.All)
        {
            if (Search(spherical, integers) != expected)
            {
                Console.WriteLine($"{n} x {d}, {k} clusters: the search by {integers.Name} integers differs");
            }
        }

        Console.WriteLine($"{n} x {d}, {k} clusters, search{(spherical ? ", spherical" : "")}: {expected}");
    }

    void Train(string name, KMeansOptions options, SearchMethod? method = null)
    {
        var result = ManagedKMeans.Train(points, d, k, options with { MaxIterations = 4, MaxDegreeOfParallelism = 1 }, new SearchTuning(method));
        Console.WriteLine($"{n} x {d}, {k} clusters, {name}: {Hash(MemoryMarshal.AsBytes(result.Centroids)):x16} {BitConverter.SingleToUInt32Bits(result.Objective):x8}");
    }

    string Search(bool spherical, IntegerKernel? integers)
    {
        var kernel = NearestCentroid.Fastest;
        var centroids = points.AsSpan(0, k * d);
        var quantized = integers is null ? null : QuantizedCentroids.CreateIfWorthwhile(n, k, d, always: true, integers);
        var panels = new CentroidPanels(k, d, kernel.PanelWidth, quantized: quantized);
        panels.Pack(centroids, spherical);
        var (labels, products) = (new int[n], new float[n]);
        kernel.Find(points, VectorNorms.Squared(points, d, 1), centroids, panels, spherical, labels, products, 1, CancellationToken.None);
        return $"{Hash(MemoryMarshal.AsBytes<int>(labels)):x16} {Hash(MemoryMarshal.AsBytes<float>(products)):x16}";
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

    // Compares both instructions with plain arithmetic, because the emulator may get them wrong.
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
