using System.Globalization;
using FaissSdk.WebSample;

if (args is ["--load", var seconds])
{
    return await Load.Run(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
}

await VectorService.Build(args, Path.Combine(AppContext.BaseDirectory, "vectors.faiss")).RunAsync();
return 0;
