namespace FaissSdk;

/// <summary>Holds the vectors of a chunk as integers: all components, or coordinates in few directions and the length of the residual.</summary>
/// <param name="Panels">The integers.</param>
/// <param name="Sketches">The directions and clusters, or null for all components.</param>
/// <param name="Rows">All components of each vector, or null.</param>
/// <param name="Members">The vectors of each cluster, or null.</param>
internal sealed record QuantizedChunk(QuantizedCentroids Panels, SearchSketches? Sketches = null, QuantizedCentroids? Rows = null, ClusterMembers? Members = null);
