namespace FaissSdk.Tests.KMeansTests;

/// <summary>Computes all n × k squared distances (spherical: negated inner products) in double precision, with the maximum error of each in float32.</summary>
internal sealed class ExactScores
{
    private readonly double[] _scores;
    private readonly double[] _errors;
    private readonly int[] _nearest;
    private readonly int _clusters;
    private readonly bool _spherical;

    public ExactScores(float[] points, float[] centroids, int dimension, bool spherical)
    {
        Count = points.Length / dimension;
        _clusters = centroids.Length / dimension;
        _spherical = spherical;
        _scores = new double[Count * _clusters];
        _errors = new double[Count * _clusters];
        _nearest = new int[Count];
        var (x, c) = (Rows(points, dimension), Rows(centroids, dimension));
        for (var i = 0; i < Count; i++)
        {
            for (var k = 0; k < _clusters; k++)
            {
                var at = (i * _clusters) + k;
                var point = points.AsSpan(i * dimension, dimension);
                var centroid = centroids.AsSpan(k * dimension, dimension);
                _scores[at] = spherical ? -Reference.Dot(point, centroid) : Reference.SquaredDistance(point, centroid);
                _errors[at] = spherical ? RoundingBound.InnerProduct(dimension, x[i].Squared, c[k].Squared)
                    : x[i].AreIntegers && c[k].AreIntegers && RoundingBound.IsExact(x[i].Squared, c[k].Squared) ? 0
                    : RoundingBound.Distance(dimension, x[i].Squared, c[k].Squared);
                if (_scores[at] < Score(i, _nearest[i]))
                {
                    _nearest[i] = k;
                }
            }

            AddToObjective(i);
        }

        ObjectiveError += RoundingBound.Sum(Count, SumOfMagnitudes + ObjectiveError);
        if (spherical)
        {
            Objective = -Objective;
        }
    }

    public int Count { get; }

    /// <summary>Gets the sum of the scores, in double precision.</summary>
    public double Objective { get; private set; }

    /// <summary>Gets the maximum error of the objective in float32: the choice of the nearest centroid, the error of its score, and adding up.</summary>
    public double ObjectiveError { get; private set; }

    private double SumOfMagnitudes { get; set; }

    public double Score(int point, int cluster) => _scores[(point * _clusters) + cluster];

    public double Error(int point, int cluster) => _errors[(point * _clusters) + cluster];

    public int Nearest(int point) => _nearest[point];

    /// <summary>Determines whether rounding, plus an allowance, may make another centroid the nearest.</summary>
    public bool IsTie(int point, Func<int, int, double> allowance)
    {
        var best = Nearest(point);
        for (var c = 0; c < _clusters; c++)
        {
            var error = Error(point, c) + Error(point, best) + allowance(point, c) + allowance(point, best);
            if (c != best && error > 0 && Score(point, c) - Score(point, best) <= error)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Determines whether rounding may decide the assignment of any point; a tie of exact numbers goes to the lowest index.</summary>
    public bool HasTie() => Enumerable.Range(0, Count).Any(i => IsTie(i, static (_, _) => 0));

    /// <summary>Checks that labels name nearest centroids up to the bound.</summary>
    public Verdict Judge(long[] labels)
    {
        for (var i = 0; i < Count; i++)
        {
            var label = (int)labels[i];
            if (label < 0 || label >= _clusters)
            {
                return Verdict.Broken($"point {i} has label {label} of {_clusters}");
            }

            for (var c = 0; c < _clusters; c++)
            {
                var (excess, error) = (Score(i, label) - Score(i, c), Error(i, label) + Error(i, c));
                if (excess > error || (excess == 0 && error == 0 && c < label))
                {
                    return Verdict.Broken($"point {i} has label {label} of score {Score(i, label):R}, but {c} has {Score(i, c):R}; at most {error:R} is rounding");
                }
            }
        }

        return Verdict.Kept;
    }

    /// <summary>Checks that an objective is correct up to the bound.</summary>
    public Verdict Judge(float objective) => Math.Abs(objective - Objective) <= ObjectiveError
        ? Verdict.Kept
        : Verdict.Broken($"the objective is {objective:R}, not {Objective:R} ± {ObjectiveError:R}");

    private static (double Squared, bool AreIntegers)[] Rows(float[] vectors, int dimension)
    {
        var rows = new (double, bool)[vectors.Length / dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = vectors.AsSpan(i * dimension, dimension);
            var integers = true;
            foreach (var value in row)
            {
                integers &= value == MathF.Truncate(value);
            }

            rows[i] = (Reference.Dot(row, row), integers);
        }

        return rows;
    }

    private void AddToObjective(int point)
    {
        var best = Nearest(point);
        var error = 0.0;
        for (var c = 0; c < _clusters; c++)
        {
            if (Score(point, c) - Score(point, best) <= Error(point, c) + Error(point, best))
            {
                error = Math.Max(error, Error(point, c));
            }
        }

        Objective += Score(point, best);
        ObjectiveError += error;
        SumOfMagnitudes += Math.Abs(Score(point, best));
    }
}
