namespace FaissSdk.Tests.KMeansTests;

/// <summary>Creates the engine that a law is applied to.</summary>
internal delegate IKMeansEngine EngineFactory(int dimension, int clusters, KMeansOptions options);
