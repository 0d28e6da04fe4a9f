using FaissSdk;

var random = new Random(1);
float[] points = [.. Enumerable.Range(0, 4000 * 16).Select(_ => random.NextSingle())];
