namespace FaissSdk.Native;

/// <summary>Represents the kinds of parameters of faiss_sdk.h (<c>FAISS_SDK_SEARCH_…</c>).</summary>
internal enum SearchKind
{
    /// <summary>Parameters of any kind of index.</summary>
    Any,

    /// <summary>Parameters of inverted lists.</summary>
    Lists,

    /// <summary>Parameters of HNSW graphs.</summary>
    Graph,

    /// <summary>Parameters of product quantizers.</summary>
    Product,

    /// <summary>Parameters of inverted lists of product codes.</summary>
    ProductLists,

    /// <summary>Parameters of RaBitQ codes.</summary>
    RaBitQ,

    /// <summary>Parameters of inverted lists of RaBitQ codes.</summary>
    RaBitQLists,

    /// <summary>Parameters of indexes that refine.</summary>
    Refined,
}
