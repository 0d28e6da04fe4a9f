using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using StackExchange.Redis;

namespace FaissSdk.Orleans.Host;

/// <summary>Creates the silos and clients of the cluster.</summary>
internal static class ClusterHosts
{
    public const int Silos = 3;
    private const string Cluster = "faiss";

    public static string NameOf(int silo) => $"silo-{silo}";

    public static IHost CreateSilo(SampleOptions options, Action<ISiloBuilder>? configure = null)
    {
        var builder = CreateBuilder();
        builder.UseOrleans(silo =>
        {
            var (port, gateway) = (options.Port + options.Silo, options.Port + Silos + options.Silo);
            if (options.Redis is null)
            {
                // The first silo keeps the membership: for development only, as the cluster ends with it.
                silo.UseLocalhostClustering(port, gateway, new IPEndPoint(IPAddress.Loopback, options.Port), Cluster, Cluster);
            }
            else
            {
                silo.UseRedisClustering(redis => redis.ConfigurationOptions = ConfigurationOptions.Parse(options.Redis));
                silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Cluster, Cluster));
                silo.ConfigureEndpoints(IPAddress.Loopback, port, gateway);
            }

            silo.Configure<SiloOptions>(names => names.SiloName = NameOf(options.Silo));

            // A lost silo is noticed in less than two seconds. Networks that lose packets need longer timeouts.
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                membership.NumMissedProbesLimit = 2;
                membership.NumVotesForDeathDeclaration = 1;
            });
            silo.AddFaissShards(shards => shards.Store = new FolderShardStore(options.Store));
            silo.Services.AddHealthChecks().AddFaissShards();
            configure?.Invoke(silo);
        });
        return builder.Build();
    }

    public static IHost CreateClient(SampleOptions options)
    {
        var builder = CreateBuilder();
        builder.UseOrleansClient(client =>
        {
            if (options.Redis is null)
            {
                client.UseLocalhostClustering([.. Enumerable.Range(0, Silos).Select(silo => options.Port + Silos + silo)], Cluster, Cluster);
            }
            else
            {
                client.UseRedisClustering(redis => redis.ConfigurationOptions = ConfigurationOptions.Parse(options.Redis));
                client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Cluster, Cluster));
            }

            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
            client.UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
                return true;
            });
            client.AddFaissCluster();
        });
        return builder.Build();
    }

    private static HostApplicationBuilder CreateBuilder()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        return builder;
    }
}
