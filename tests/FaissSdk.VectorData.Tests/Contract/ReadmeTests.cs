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
            // The tests of the pages compare these lines with the README.
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
        }
        finally
        {
            Environment.CurrentDirectory = current;
        }

        Directory.Delete(folder, recursive: true);
    }
}
