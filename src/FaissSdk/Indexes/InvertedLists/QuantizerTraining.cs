namespace FaissSdk;

/// <summary>Specifies how an <see cref="IndexIVF"/> trains its quantizer (FAISS: <c>quantizer_trains_alone</c>).</summary>
public enum QuantizerTraining
{
    /// <summary>By k-means, with the quantizer as the index that assigns points to centroids.</summary>
    KMeans = 0,

    /// <summary>By the training of the quantizer itself.</summary>
    Alone = 1,

    /// <summary>By k-means with a flat index, whose centroids are added to the quantizer.</summary>
    FlatKMeans = 2,
}
