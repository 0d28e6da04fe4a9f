using FaissSdk;

// Never run: it wants what a training wants, and with that every micro-kernel.
return ManagedKMeans.Train(new float[4_096], dimension: 4, clusters: 16).Dimension;
