using System.Diagnostics.CodeAnalysis;
using FaissSdk.VectorData.Storage;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Collections;

internal sealed class FaissModelBuilder() : CollectionModelBuilder(new CollectionModelBuildingOptions { RequiresAtLeastOneVector = false, SupportsMultipleVectors = true })
{
    public const string VectorTypes = "ReadOnlyMemory<float>, Embedding<float>, float[]";

    public static bool IsVector(Type type) =>
        type == typeof(ReadOnlyMemory<float>) || type == typeof(ReadOnlyMemory<float>?) || type == typeof(Embedding<float>) || type == typeof(float[]);

    protected override bool SupportsKeyAutoGeneration(Type keyPropertyType) =>
        keyPropertyType == typeof(Guid) || keyPropertyType == typeof(int) || keyPropertyType == typeof(long);

    protected override void ValidateKeyProperty(KeyPropertyModel keyProperty)
    {
        base.ValidateKeyProperty(keyProperty);
        if (keyProperty.Type != typeof(int) && keyProperty.Type != typeof(long) && keyProperty.Type != typeof(string) && keyProperty.Type != typeof(Guid))
        {
            throw new NotSupportedException($"The key property '{keyProperty.ModelName}' is of type {keyProperty.Type.Name}; keys are of type int, long, string or Guid.");
        }
    }

    protected override void ValidateProperty(PropertyModel propertyModel, VectorStoreCollectionDefinition? definition)
    {
        base.ValidateProperty(propertyModel, definition);
        if (propertyModel is DataPropertyModel { IsFullTextIndexed: true } && propertyModel.Type != typeof(string))
        {
            throw new NotSupportedException($"The data property '{propertyModel.ModelName}' has full-text search, which properties of type string have, and is of type {propertyModel.Type.Name}. Leave IsFullTextIndexed out, or store the words in a string.");
        }
    }

    protected override bool IsDataPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = ColumnType.SupportedTypes;
        return ColumnType.Find(type) is not null;
    }

    protected override bool IsVectorPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = VectorTypes;
        return IsVector(type);
    }
}
