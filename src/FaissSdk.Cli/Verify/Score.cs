namespace FaissSdk.Cli;

/// <summary>A squared distance or inner product in double precision, and the largest error that float32 may make of it.</summary>
internal readonly record struct Score(double Value, double Error);
