using FaissSdk.Orleans;
using FaissSdk.Orleans.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (SampleOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(SampleOptions.Usage);
    return 2;
}

try
{
    switch (options.Command)
    {
        case "silo":
            using (var silo = ClusterHosts.CreateSilo(options))
            {
                await silo.StartAsync();
                Console.WriteLine($"silo {options.Silo} is ready");
                await silo.WaitForShutdownAsync();
            }

            return 0;
        case "walk":
            return await Walk.RunAsync(options);
        case "simulate":
            return await Simulation.RunAsync(options);
        default:
            return await ServeAsync(options);
    }
}
finally
{
    if (options.HasOwnStore && Directory.Exists(options.Store))
    {
        Directory.Delete(options.Store, recursive: true);
    }
}

static async Task<int> ServeAsync(SampleOptions options)
{
    var silos = new List<IHost>();
    for (var silo = 0; silo < ClusterHosts.Silos; silo++)
    {
        silos.Add(ClusterHosts.CreateSilo(options with { Silo = silo }));
        await silos[silo].StartAsync();
    }

    using var client = ClusterHosts.CreateClient(options);
    await client.StartAsync();
    var collection = await SampleCollection.CreateAsync(client.Services.GetRequiredService<FaissCluster>(), options.Replicas);
    Console.WriteLine($"{collection.Count} vectors of {collection.Dimension} dimensions in {collection.Shards} shards with {collection.Replicas} replicas. Enter the number of a vector, or an empty line to end.");
    while (Console.ReadLine() is { Length: > 0 } line)
    {
        if (!int.TryParse(line, out var number) || number < 0 || number >= SampleCollection.Count)
        {
            Console.WriteLine($"Enter a number from 0 to {SampleCollection.Count - 1}.");
            continue;
        }

        var answer = await collection.SearchAsync(SampleCollection.Vector(number), 5);
        Console.WriteLine(string.Join(", ", answer.Result[0].Select(neighbor => $"{neighbor.Id} ({neighbor.Distance:F3})")));
    }

    await client.StopAsync();
    foreach (var silo in silos.AsEnumerable().Reverse())
    {
        await silo.StopAsync();
        silo.Dispose();
    }

    return 0;
}
