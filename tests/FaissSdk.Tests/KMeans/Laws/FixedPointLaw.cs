namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 7: centroids that an iteration leaves unchanged stay unchanged if they are the initial centroids.</summary>
internal static class FixedPointLaw
{
    private const int MaxIterations = 30;

    public static Verdict Check(KMeansCase given, EngineFactory create)
    {
        var of = given.Plain();
        if (of.IsCopied)
        {
            return Verdict.Kept;
        }

        var sample = of.Sample();
        using var engine = create.New(of);
        engine.Start(sample, [], 0, []);
        float[] centroids = [];
        for (var i = 0; i < MaxIterations; i++)
        {
            var step = engine.Step(sample);
            var moved = engine.CopyCentroids();
            if (moved.AsSpan().SequenceEqual(centroids))
            {
                return Stays(of, create, sample, centroids, step);
            }

            centroids = moved;
        }

        return Verdict.Excused("no fixed point");
    }

    private static Verdict Stays(KMeansCase of, EngineFactory create, float[] sample, float[] centroids, LloydStep step)
    {
        using var engine = create.New(of);
        engine.Start(sample, [], 0, centroids);
        for (var i = 0; i < 2; i++)
        {
            var again = engine.Step(sample);
            if (again != step || !engine.CopyCentroids().AsSpan().SequenceEqual(centroids))
            {
                return Verdict.Broken($"{step} at the fixed point, {again} from there");
            }
        }

        return Verdict.Kept;
    }
}
