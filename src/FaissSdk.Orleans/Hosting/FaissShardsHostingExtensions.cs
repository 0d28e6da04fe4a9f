using FaissSdk.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Orleans.Hosting;

/// <summary>Adds shards of FAISS indexes to silos, and access to their collections to clients.</summary>
public static class FaissShardsHostingExtensions
{
    /// <summary>Lets a silo hold shards and points, and provides a <see cref="FaissCluster"/>. The silo publishes its version of FAISS and its memory as metadata.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets the options; <see cref="FaissSiloOptions.Store"/> is required.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There is no store.</exception>
    public static ISiloBuilder AddFaissShards(this ISiloBuilder builder, Action<FaissSiloOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new FaissSiloOptions();
        configure(options);
        options.Check();
        _ = options.RequiredStore;
        builder.UseSiloMetadata(SiloFacts.Local(options).ToMetadata());
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.AddSingleton(new ShardFiles(options.RequiredStore));
        builder.Services.AddSingleton<ManifestCache>();
        builder.Services.AddSingleton<NativeGate>();
        builder.Services.AddSingleton<BuildGate>();
        builder.Services.AddSingleton<Latencies>();
        builder.Services.AddSingleton<SiloChoice>();
        builder.Services.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
        builder.Services.TryAddSingleton(provider => new FaissCluster(provider.GetRequiredService<IGrainFactory>()));
        return builder;
    }

    /// <summary>Provides a <see cref="FaissCluster"/> in a client.</summary>
    /// <param name="builder">The client.</param>
    /// <returns>The client.</returns>
    public static IClientBuilder AddFaissCluster(this IClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(provider => new FaissCluster(provider.GetRequiredService<IGrainFactory>()));
        return builder;
    }
}
