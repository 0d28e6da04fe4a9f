using FaissSdk.Benchmarks.Embeddings;

if (args is not [var texts, var vectors])
{
    Console.Error.WriteLine("usage: FaissSdk.Benchmarks.Embeddings TEXTS VECTORS.fvecs (a text a line)");
    return 2;
}

// A reader sees the whole file or none, however many write it.
var temporary = $"{vectors}.{Environment.ProcessId}.part";
Embedding.Write(File.ReadAllLines(texts), temporary);
File.Move(temporary, vectors, overwrite: true);
return 0;
