/// <summary>Creates vectors and ids that a seed determines. A failing sequence is printed with this class.</summary>
internal static class Vectors
{
    /// <summary>Creates vectors (n × d).</summary>
    public static float[] Data(int n, int d, int seed, string style)
    {
        var random = new System.Random((seed * 31) + style.Length);
        var vectors = new float[n * d];
        for (var i = 0; i < vectors.Length; i++)
        {
            var u = random.NextSingle();
            vectors[i] = style switch
            {
                "uniform" => u,
                "normal" => (random.NextSingle() + random.NextSingle() + u - 1.5f) * 2,
                "integers" => System.MathF.Floor(u * 16),
                "bytes" => System.MathF.Floor(u * 256),
                "duplicates" => System.MathF.Floor(((i / d * 7) + (i % d) + seed) % 5),
                "shifted" => 100 + u,
                "clusters" => ((i / d * 13) % 4 * 10) + u,
                "zeros" => 0,
                "tiny" => u * 1e-20f,
                "large" => u * 1e15f,
                "infinite" => i % 5 == 0 ? float.PositiveInfinity : u,
                _ => i % 3 == 0 ? float.NaN : u,
            };
        }

        return vectors;
    }

    /// <summary>Creates ids.</summary>
    public static long[] Ids(int n, int seed, string style)
    {
        var random = new System.Random(seed);
        var ids = new long[n];
        for (var i = 0; i < n; i++)
        {
            ids[i] = style switch
            {
                "consecutive" => seed + i,
                "reversed" => seed + n - 1 - i,
                "sparse" => ((long)seed * 1000) + (i * 7L),
                "large" => long.MaxValue - i - seed,
                "duplicates" => seed + (i % 3),
                "random" => random.Next(1000),
                _ => i - 1L,
            };
        }

        return ids;
    }

    /// <summary>Creates binary vectors of d bits (n × d / 8).</summary>
    public static byte[] Bits(int n, int d, int seed)
    {
        var bits = new byte[n * d / 8];
        new System.Random(seed).NextBytes(bits);
        return bits;
    }
}
