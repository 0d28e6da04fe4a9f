using FaissSdk;
using FaissSdk.Sequences;

if (args is [Child.RunCommand or Child.ReplayCommand, ..])
{
    return Child.Execute(args);
}

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

if (!FaissLibrary.IsAvailable)
{
    Console.Error.WriteLine($"There is no native FAISS library: {FaissLibrary.Failure}");
    return 77;
}

return options.Shown is { } profile ? Runner.Show(profile, options.First) : new Runner(options).Run();
