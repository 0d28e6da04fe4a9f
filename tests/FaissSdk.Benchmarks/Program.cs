using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using FaissSdk.Benchmarks;

if (args is ["kmeans", .. var arguments])
{
    return KMeansComparison.Run(arguments);
}

if (args is ["flat", .. var flat])
{
    return FlatComparison.Run(Console.Out, flat);
}

if (args is ["load"])
{
    Load.Run();
    return 0;
}

if (args is ["busy-rows"])
{
    BusyRows.Run(Console.Out);
    return 0;
}

if (args is ["busy", var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var times) && times > 0)
{
    return BusyComparison.Run(Console.Out, times);
}

if (args is ["batch", ..] && args.Skip(1).All(number => int.TryParse(number, CultureInfo.InvariantCulture, out var value) && value > 0))
{
    var values = args.Skip(1).Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
    BatchComparison.Run(Console.Out, clients: values.ElementAtOrDefault(0) is var clients and > 0 ? clients : 64, seconds: values.ElementAtOrDefault(1) is var seconds and > 0 ? seconds : 3, rounds: 3);
    return 0;
}

if (args is ["cancel", .. var count])
{
    CancellationLatency.Run(Console.Out, count is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 100_000);
    return 0;
}

if (args is ["on-disk", .. var sizes])
{
    if (sizes.Length is not (0 or 5) || !sizes.Take(4).All(size => int.TryParse(size, CultureInfo.InvariantCulture, out var value) && value > 0))
    {
        Console.Error.WriteLine("usage: on-disk [VECTORS DIMENSION LISTS MIB FOLDER]");
        return 2;
    }

    int[] all = sizes.Length == 0 ? [10_000_000, 64, 4096, 256] : [.. sizes.Take(4).Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
    OnDiskBuild.Run(Console.Out, all[0], all[1], all[2], all[3], sizes.Length == 0 ? Directory.CreateTempSubdirectory("faiss-sdk-").FullName : sizes[4]);
    return 0;
}

if (args is ["out-of-core", var vectors, var folder] && int.TryParse(vectors, CultureInfo.InvariantCulture, out var size) && size > 1024)
{
    OutOfCoreTraining.Run(Console.Out, size, dimension: 32, clusters: 1024, folder);
    return 0;
}

if (args is ["coarse"])
{
    CoarseTraining.Run(Console.Out);
    return 0;
}

if (args is ["vector-store-row", var part, var store, var records, var storeFolder])
{
    await StoreRow.Run(part, store, int.Parse(records, CultureInfo.InvariantCulture), storeFolder);
    return 0;
}

if (args is ["vector-store", var work, var counts, .. var stores])
{
    if (!counts.Split(',').All(number => int.TryParse(number, CultureInfo.InvariantCulture, out var value) && value > 0) || stores.Except(StoreRow.Names).Any())
    {
        Console.Error.WriteLine($"usage: vector-store FOLDER COUNT,… [STORE…], where a store is one of {string.Join(", ", StoreRow.Names)}");
        return 2;
    }

    StoreComparison.Run(Console.Out, [.. counts.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))], stores, work);
    return 0;
}

if (args is ["texts", var file])
{
    DocumentationTexts.Write(file);
    return 0;
}

NativeLoops.Open();
if (args is ["compare", .. var numbers])
{
    if (numbers.Length > 2 || !numbers.All(number => int.TryParse(number, CultureInfo.InvariantCulture, out var value) && value > 0))
    {
        Console.Error.WriteLine("usage: compare [ROUNDS [MILLISECONDS]]");
        return 2;
    }

    var values = numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
    Comparison.Run(Console.Out, rounds: values.ElementAtOrDefault(0) is var rounds and > 0 ? rounds : 301, TimeSpan.FromMilliseconds(values.ElementAtOrDefault(1) is var slice and > 0 ? slice : 2));
    return 0;
}

// In this process, so that library and environment are those of the comparison and nothing is built again.
var config = DefaultConfig.Instance
    .AddJob(Job.MediumRun.WithLaunchCount(1).WithToolchain(InProcessEmitToolchain.Instance))
    .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));
BenchmarkSwitcher.FromAssembly(typeof(NativeLoops).Assembly).Run(args, config);
return 0;
