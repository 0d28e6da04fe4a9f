using System.Linq.Expressions;
using System.Reflection;

namespace FaissSdk.Tests.Sizes;

/// <summary>Creates the objects and the other arguments of calls with extreme numbers, and uses the objects afterwards.</summary>
internal static class ExtremeTargets
{
    private const int Dimension = 8;

    private static readonly Dictionary<string, byte[]> Files = [];

    private static readonly Dictionary<Type, Func<object>> Others = new()
    {
        [typeof(IndexIVF)] = () => Filled("IVF4,PQ4x4fs"),
        [typeof(IndexIVFFlat)] = () => Filled("IVF4,Flat"),
        [typeof(IndexRefineFlat)] = () => Filled("SQ4,RFlat"),
        [typeof(IndexRefine)] = () => Filled("SQ4,Refine(SQ8)"),
        [typeof(IndexHNSW)] = () => Filled("HNSW8"),
        [typeof(IndexResidualQuantizer)] = () => Filled("RQ2x4"),
        [typeof(IndexShards)] = Shards,
        [typeof(IndexReplicas)] = Replicas,
        [typeof(IndexBinary)] = () => Binary("BIVF4"),
        [typeof(IndexBinaryIVF)] = () => Binary("BIVF4"),
        [typeof(SearchParametersIVF)] = () => new SearchParametersIVF(),
        [typeof(SearchParametersHNSW)] = () => new SearchParametersHNSW(),
        [typeof(ParameterSpace)] = () => new ParameterSpace(),
        [typeof(BufferList)] = () => new BufferList(4),
        [typeof(RangeSearchResultBuilder)] = () => new RangeSearchResultBuilder(2),
        [typeof(OPQMatrix)] = () => new OPQMatrix(Dimension, 2),
        [typeof(PCAMatrix)] = () => new PCAMatrix(Dimension, 4),
    };

    /// <summary>Gets the kinds of index on which the members of <see cref="FaissIndex"/> are called.</summary>
    public static IReadOnlyList<string> Strings { get; } =
    [
        "Flat", "SQ8", "LSH", "PQ4x4np", "PQ4x4fs", "RQ2x4", "IVF4,Flat", "IVF4,SQ8", "IVF4,PQ4x4np", "IVF4,PQ4x4fs", "IVF4,PQ2+2", "IVF4,RQ2x4", "HNSW8", "HNSW8,SQ8", "IDMap2,Flat", "IDMap2,IVF4,PQ4x4fs",
        "PCA4,IVF4,Flat", "SQ4,RFlat", "IVF4,PQ4x4fs,RFlat", "IVF4_HNSW8,Flat", "IMI2x3,Flat",
    ];

    /// <summary>Returns objects of a type by name; none if the type cannot be created, or a test of another kind covers it.</summary>
    public static IEnumerable<(string Name, Func<object> Create)> Of(Type type)
    {
        if (type == typeof(FaissIndex))
        {
            return Strings.Select(name => (name, (Func<object>)(() => Filled(name))));
        }

        return Others.TryGetValue(type, out var create) ? [(type.Name, create)] : [];
    }

    /// <summary>Returns a valid argument.</summary>
    public static object? Argument(ParameterInfo parameter)
    {
        if (parameter.HasDefaultValue)
        {
            return parameter.DefaultValue;
        }

        var type = parameter.ParameterType;
        return type switch
        {
            _ when type == typeof(int) => parameter.Name is "combination" or "query" or "list" or "replica" or "shard" ? (object)0 : Dimension,
            _ when type == typeof(long) => 1L,
            _ when type == typeof(float) => 1f,
            _ when type == typeof(double) => 1.0,
            _ when type == typeof(bool) => true,
            _ when type == typeof(string) => parameter.Name switch { "description" => "Flat", "parameters" => "nprobe=1", _ => "nprobe" },
            { IsEnum: true } => Enum.GetValues(type).GetValue(type == typeof(MetricType) ? 1 : 0),
            _ when type == typeof(FaissIndex) => parameter.Name == "quantizer" ? new IndexFlatL2(Dimension) : Filled("IVF4,Flat"),
            _ when type == typeof(IndexIVF) => Filled("IVF4,Flat"),
            _ when type == typeof(IndexBinary) => Binary("BIVF4"),
            _ when type == typeof(IDSelector) => new IDSelectorRange(0, 10),
            _ when type == typeof(VectorTransform) => new CenteringTransform(Dimension),
            _ when type == typeof(ClusteringParameters) => new ClusteringParameters(),
            _ when typeof(Delegate).IsAssignableFrom(type) => Function(type),
            _ => null,
        };
    }

    /// <summary>Uses an object as its users would. What it was given can make a later call a fault of the user.</summary>
    public static void Use(object? target)
    {
        try
        {
            UseCore(target);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or FaissException)
        {
        }
    }

    private static void UseCore(object? target)
    {
        switch (target)
        {
            case FaissIndex { Dimension: <= 64 } index:
                var vectors = TestData.Uniform(400, index.Dimension, 5);
                if (!index.IsTrained)
                {
                    index.Train(vectors);
                }

                if (index.Count == 0 && index is not (IndexShards or IndexReplicas or IndexIDMap))
                {
                    index.Add(vectors);
                }

                if (index is not (IndexShards { ShardCount: 0 } or IndexReplicas { ReplicaCount: 0 }))
                {
                    index.Search(vectors.AsSpan(0, 3 * index.Dimension), 5);
                }

                break;
            case IndexBinary { Dimension: <= 1024 } index:
                index.Search(new byte[index.CodeSize], 5);
                break;
            case Clustering { Dimension: <= 64, Clusters: <= 64 } clustering:
                using (var assigner = new IndexFlatL2(clustering.Dimension))
                {
                    clustering.Train(TestData.Uniform(400, clustering.Dimension), assigner);
                }

                break;
            case OPQMatrix { Iterations: <= 100, QuantizerIterations: <= 100, InputDimension: <= 64 } opq:
                opq.Train(TestData.Uniform(400, opq.InputDimension));
                break;
            case LinearTransform { InputDimension: <= 64, OutputDimension: <= 64 } linear and not OPQMatrix:
                linear.Train(TestData.Uniform(400, linear.InputDimension));
                break;
            case SearchParameters parameters:
                using (var index = Filled(parameters is SearchParametersHNSW ? "HNSW8" : "IVF4,PQ4x4fs"))
                {
                    index.Search(TestData.Uniform(3, Dimension), 5, parameters);
                }

                break;
            case BufferList { BufferSize: <= 1 << 24 } list:
                list.Add(1, 2);
                break;
            default:
                break;
        }
    }

    private static IndexShards Shards()
    {
        var shards = new IndexShards(Dimension);
        shards.AddShard(Filled("Flat"));
        return shards;
    }

    private static IndexReplicas Replicas()
    {
        var replicas = new IndexReplicas(Dimension, threaded: false);
        replicas.AddReplica(Filled("Flat"));
        return replicas;
    }

    private static IndexBinary Binary(string description)
    {
        var vectors = new byte[400 * 4];
        new Random(1).NextBytes(vectors);
        var index = IndexBinary.Create(32, description);
        index.Train(vectors);
        index.Add(vectors);
        return index;
    }

    // Reading an index is faster than training it.
    private static FaissIndex Filled(string description)
    {
        if (!Files.TryGetValue(description, out var bytes))
        {
            using var index = Trained(description);
            bytes = index.Serialize();
            Files.Add(description, bytes);
        }

        return FaissIndex.Deserialize(bytes);
    }

    private static FaissIndex Trained(string description)
    {
        var index = FaissIndex.Create(Dimension, description);
        index.Train(TestData.Uniform(400, Dimension, 2));
        var vectors = TestData.Uniform(400, Dimension);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, 400).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        return index;
    }

    // A function that returns a default value.
    private static Delegate Function(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        return Expression.Lambda(type, Expression.Default(invoke.ReturnType), invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType))).Compile();
    }
}
