using FaissSdk;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Specifies where a named index comes from: a file, a factory string, or the file if it exists and the factory string otherwise.</summary>
public sealed class FaissIndexOptions
{
    /// <summary>Gets or sets the path of the file that the index is loaded from and saved to.</summary>
    public string? Path { get; set; }

    /// <summary>Gets or sets how the file is read.</summary>
    public IndexReadOptions ReadOptions { get; set; }

    /// <summary>Gets or sets the factory string of the index that is created if there is no file, such as <c>IDMap2,Flat</c>.</summary>
    public string? Factory { get; set; }

    /// <summary>Gets or sets the number of components of a vector, d, of an index that is created.</summary>
    public int Dimension { get; set; }

    /// <summary>Gets or sets the metric of an index that is created.</summary>
    public MetricType Metric { get; set; } = MetricType.L2;

    /// <summary>Gets or sets what is done with an index that has been created, such as training and filling it, before anyone receives it.</summary>
    public Action<FaissIndex>? Prepare { get; set; }

    /// <summary>Gets or sets a value indicating whether the index is saved to <see cref="Path"/> when the host has stopped, even if its services took longer than the timeout of the host.</summary>
    public bool SaveAtShutdown { get; set; }
}
