using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace FaissSdk.Benchmarks;

/// <summary>Trains the k-means of ML.NET, the usual choice of a .NET program: from random points, as FAISS does, and without early stop.</summary>
internal sealed class MlNetTraining
{
    private readonly MLContext _context = new(seed: 1);
    private readonly KMeansWorkload _workload;
    private readonly IDataView _points;

    public MlNetTraining(KMeansWorkload workload, float[] points)
    {
        _workload = workload;
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, workload.Dimension);
        var rows = Enumerable.Range(0, workload.Count).Select(i => new Row { Features = points[(i * workload.Dimension)..((i + 1) * workload.Dimension)] });
        _points = _context.Data.Cache(_context.Data.LoadFromEnumerable(rows, schema), nameof(Row.Features));

        // Reading once fills the cache.
        using var cursor = _points.GetRowCursor(_points.Schema);
        while (cursor.MoveNext())
        {
        }
    }

    public static string Name => $"ML.NET {typeof(KMeansTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+', '-')[0]}";

    public (double Seconds, float[] Centroids) Train(int threads)
    {
        var trainer = _context.Clustering.Trainers.KMeans(new KMeansTrainer.Options
        {
            FeatureColumnName = nameof(Row.Features),
            NumberOfClusters = _workload.Clusters,
            NumberOfThreads = threads,
            MaximumNumberOfIterations = _workload.Iterations,
            OptimizationTolerance = float.Epsilon,
            InitializationAlgorithm = KMeansTrainer.InitializationAlgorithm.Random,
        });
        var clock = WorkClock.Start(threads);
        var model = trainer.Fit(_points).Model;
        var seconds = clock.Seconds;
        VBuffer<float>[] centroids = [];
        model.GetClusterCentroids(ref centroids, out _);
        return (seconds, [.. centroids.SelectMany(centroid => centroid.DenseValues())]);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];
    }
}
