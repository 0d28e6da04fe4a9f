using System.Numerics.Tensors;
using FaissSdk.VectorData.Indexes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Collections;

/// <summary>Represents a vector property of a collection.</summary>
internal sealed class VectorColumn
{
    public VectorColumn(VectorPropertyModel property, int ordinal)
    {
        Property = property;
        Ordinal = ordinal;
        Metric = VectorMetric.Create(property.ModelName, property.DistanceFunction);
        Settings = new IndexSettings(property, Metric);
    }

    public VectorPropertyModel Property { get; }

    /// <summary>Gets the number of the property in the definition, which names its table and files.</summary>
    public int Ordinal { get; }

    public string Name => Property.StorageName;

    public int Dimension => Property.Dimensions;

    public VectorMetric Metric { get; }

    public IndexSettings Settings { get; }

    /// <summary>Gets a value indicating whether vectors are generated from the values of the property.</summary>
    public bool IsGenerated => !FaissModelBuilder.IsVector(Property.Type);

    /// <summary>Returns the vector in a value of the property, or null.</summary>
    public static ReadOnlyMemory<float>? ToVector(object? value) => value switch
    {
        // A null array would convert to an empty vector.
        null => (ReadOnlyMemory<float>?)null,
        ReadOnlyMemory<float> vector => vector,
        float[] array => array,
        Embedding<float> embedding => embedding.Vector,
        _ => throw new InvalidCastException($"A vector of type {value.GetType()} is not one of {FaissModelBuilder.VectorTypes}."),
    };

    /// <summary>Converts a vector to the type of the property.</summary>
    public object FromVector(float[] vector) =>
        Property.Type == typeof(float[]) ? vector : Property.Type == typeof(Embedding<float>) ? new Embedding<float>(vector) : new ReadOnlyMemory<float>(vector);

    /// <summary>Throws if a vector has another dimension, is not finite, or is zero where directions are compared.</summary>
    public void Check(ReadOnlySpan<float> vector, string what, string argument)
    {
        if (vector.Length != Dimension)
        {
            throw new ArgumentException($"{what} has {vector.Length} dimensions, and the vector property '{Property.ModelName}' has {Dimension}. Use the model and the dimensions that the definition names.", argument);
        }

        // The sum of the squares is not finite if a component is not, or if the components are so large that distances overflow.
        var squares = TensorPrimitives.SumOfSquares(vector);
        if (!float.IsFinite(squares))
        {
            throw new ArgumentException($"{what} for the vector property '{Property.ModelName}' contains NaN, infinity or numbers whose squares overflow. Replace or scale them first.", argument);
        }

        if (Metric.Normalizes && !float.IsNormal(squares))
        {
            throw new ArgumentException($"{what} for the vector property '{Property.ModelName}' is zero or nearly so, which has no direction, and {Metric.Name} compares directions. Leave the vector out, or use a Euclidean distance.", argument);
        }
    }
}
