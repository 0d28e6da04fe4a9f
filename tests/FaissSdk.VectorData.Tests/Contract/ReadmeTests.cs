using System.Text.RegularExpressions;

namespace FaissSdk.VectorData.Tests.Contract;

public sealed class ReadmeTests
{
    [Fact]
    public async Task The_example_of_the_package_runs()
    {
        string folder = Directory.CreateTempSubdirectory("faiss-vectordata-").FullName, current = Environment.CurrentDirectory;
        ReadOnlyMemory<float> vector = new float[] { 1, 2, 3, 4 };
        Environment.CurrentDirectory = folder;
        try
        {
            // example
            using var store = new FaissVectorStore("hotels.db");
            FaissCollection<int, Hotel> hotels = store.GetCollection<int, Hotel>("hotels");
            await hotels.EnsureCollectionExistsAsync();
            await hotels.UpsertAsync(new Hotel { Id = 1, City = "Oslo", Description = "A pool with a view", Vector = vector });

            string city = "Oslo";
            await foreach (VectorSearchResult<Hotel> result in hotels.SearchAsync(vector, top: 3, new() { Filter = hotel => hotel.City == city && hotel.Price < 200 }))
            {
                Console.WriteLine($"{result.Record.Description}: {result.Score}");
            }

            await foreach (VectorSearchResult<Hotel> result in hotels.HybridSearchAsync(vector, ["pool"], top: 3))
            {
                Console.WriteLine(result.Record.Description);
            }
            // end
        }
        finally
        {
            Environment.CurrentDirectory = current;
        }

        string source = await File.ReadAllTextAsync(Checkout("tests/FaissSdk.VectorData.Tests/Contract/ReadmeTests.cs")), example = source[(source.IndexOf("// example", StringComparison.Ordinal) + 11)..source.IndexOf("// end", StringComparison.Ordinal)];
        string readme = await File.ReadAllTextAsync(Checkout("src/FaissSdk.VectorData/README.md"));
        Assert.Contains(Words(example), Words(readme), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static string Words(string text) => Regex.Replace(text, @"\s+", " ").Trim();

    private static string Checkout(string path)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "FaissSdk.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of a checkout.");
        }

        return Path.Combine(folder, path);
    }
}
