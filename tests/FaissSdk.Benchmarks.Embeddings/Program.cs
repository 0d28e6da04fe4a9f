using FaissSdk.Benchmarks.Embeddings;

if (args is not [var texts, var vectors])
{
    Console.Error.WriteLine("usage: FaissSdk.Benchmarks.Embeddings TEXTS VECTORS.fvecs (one text per line)");
    return 2;
}

// Readers see the whole file or none, even if several processes write it.
var temporary = $"{vectors}.{Environment.ProcessId}.part";
Embedding.Write(File.ReadAllLines(texts), temporary);
File.Move(temporary, vectors, overwrite: true);
return 0;
