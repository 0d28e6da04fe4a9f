using FaissSdk.VectorData.Sample;

var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "faiss-sdk-documentation");
await DocumentationSearch.Build(args, folder).RunAsync();
