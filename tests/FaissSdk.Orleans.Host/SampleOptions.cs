using System.Globalization;

namespace FaissSdk.Orleans.Host;

/// <summary>Represents the arguments of the program.</summary>
internal sealed record SampleOptions
{
    public const string Usage = """
        Usage: orleans-host [serve | silo | walk | simulate] [options]

          serve            start three silos in this process and answer queries from standard input (the default)
          silo             start one silo, until the process ends
          walk             start three silos as processes, end each in turn under load, and print the figures
          simulate         trace the messages of searches and of a k-means with 3, 21 and 100 shards

          --store DIR      the folder of the shards; default: a temporary one
          --redis ADDRESS  the membership is kept in Redis, such as 127.0.0.1:6379; default: in the first silo
          --silo N         the number of the silo, from 0 (silo only)
          --port P         the first of the ports, which are P to P + 5; default: 21111
          --replicas N     the number of replicas of each shard; default: 2
          --seconds N      the time for which the load lasts before and after each silo ends (walk only); default: 3
        """;

    public string Command { get; private init; } = "serve";

    public string Store { get; private init; } = Path.Combine(Path.GetTempPath(), $"faiss-sdk-orleans-host-{Environment.ProcessId}");

    public bool HasOwnStore { get; private init; } = true;

    public string? Redis { get; private init; }

    public int Silo { get; init; }

    public int Port { get; private init; } = 21111;

    public int Seconds { get; private init; } = 3;

    public int Replicas { get; private init; } = 2;

    public static SampleOptions? Parse(string[] arguments)
    {
        var options = new SampleOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i == 0 && arguments[0] is "serve" or "silo" or "walk" or "simulate")
            {
                options = options with { Command = arguments[0] };
                continue;
            }

            if (i + 1 == arguments.Length)
            {
                return null;
            }

            var value = arguments[++i];
            var isNumber = int.TryParse(value, CultureInfo.InvariantCulture, out var number);
            switch (arguments[i - 1])
            {
                case "--store":
                    options = options with { Store = value, HasOwnStore = false };
                    break;
                case "--redis":
                    options = options with { Redis = value };
                    break;
                case "--silo" when isNumber:
                    options = options with { Silo = number };
                    break;
                case "--port" when isNumber:
                    options = options with { Port = number };
                    break;
                case "--replicas" when isNumber:
                    options = options with { Replicas = number };
                    break;
                case "--seconds" when isNumber:
                    options = options with { Seconds = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    public string[] ForSilo(int silo) =>
    [
        "silo", "--silo", $"{silo}", "--store", Store, "--port", $"{Port}", .. Redis is null ? Array.Empty<string>() : ["--redis", Redis],
    ];
}
