using FaissSdk;

// Never run: a training is called so that the compiler generates every micro-kernel.
return ManagedKMeans.Train(new float[4_096], dimension: 4, clusters: 16).Dimension;
