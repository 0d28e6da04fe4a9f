namespace FaissSdk.Native;

/// <summary>Represents the numbers of indexes of faiss_sdk.h (<c>FAISS_SDK_SETTING_…</c>).</summary>
internal enum IndexSetting
{
    /// <summary>The links of each vector of a graph.</summary>
    Links,

    /// <summary>The candidates that an HNSW graph considers when a vector is added.</summary>
    ConstructionWidth,

    /// <summary>The candidates that a search of a graph considers.</summary>
    SearchWidth,

    /// <summary>The subquantizers of a product quantizer, or the steps of a residual quantizer.</summary>
    Subquantizers,

    /// <summary>The bits of the code of a subquantizer, of a step, or of a component.</summary>
    CodeBits,

    /// <summary>Whether a product quantizer is trained for comparisons by Hamming distance.</summary>
    PolysemousTraining,

    /// <summary>The bits of a component of a query by RaBitQ.</summary>
    QueryBits,

    /// <summary>The codes that a residual quantizer keeps at each step.</summary>
    BeamSize,

    /// <summary>The candidates of a refining index for each neighbor.</summary>
    Factor,

    /// <summary>Whether a refining index frees the index that it searches first.</summary>
    OwnsBase,

    /// <summary>Whether a refining index frees the index whose distances it uses.</summary>
    OwnsRefinement,

    /// <summary>The exponent of the metric Lp.</summary>
    MetricArgument,
}
