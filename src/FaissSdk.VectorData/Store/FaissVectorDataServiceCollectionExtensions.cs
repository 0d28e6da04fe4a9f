using System.Diagnostics.CodeAnalysis;
using FaissSdk.VectorData;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.VectorData;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers vector stores and their collections.</summary>
/// <remarks>A store logs through the services' <see cref="ILoggerFactory"/>, and generates vectors with their <see cref="IEmbeddingGenerator"/>, unless its options name others.</remarks>
public static class FaissVectorDataServiceCollectionExtensions
{
    private const string DynamicCode = "Records of a type of their own are read by reflection. With NativeAOT register a store, and use GetDynamicCollection.";

    /// <summary>Registers a store as <see cref="FaissVectorStore"/> and <see cref="VectorStore"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="path">The path of the database.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="lifetime">The lifetime. A store is meant to be shared.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static IServiceCollection AddFaissVectorStore(this IServiceCollection services, string path, FaissVectorStoreOptions? options = null, ServiceLifetime lifetime = ServiceLifetime.Singleton) =>
        services.AddKeyedFaissVectorStore(null, path, options, lifetime);

    /// <summary>Registers a store whose path and options come from other services, as <see cref="FaissVectorStore"/> and <see cref="VectorStore"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="path">Returns the path of the database.</param>
    /// <param name="options">Returns the options, or <see langword="null"/> for the defaults.</param>
    /// <param name="lifetime">The lifetime. A store is meant to be shared.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddFaissVectorStore(this IServiceCollection services, Func<IServiceProvider, string> path, Func<IServiceProvider, FaissVectorStoreOptions?>? options = null, ServiceLifetime lifetime = ServiceLifetime.Singleton) =>
        services.AddKeyedFaissVectorStore(null, path, options, lifetime);

    /// <summary>Registers a store under a key as <see cref="FaissVectorStore"/> and <see cref="VectorStore"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key of the services.</param>
    /// <param name="path">The path of the database.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="lifetime">The lifetime. A store is meant to be shared.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static IServiceCollection AddKeyedFaissVectorStore(this IServiceCollection services, object? serviceKey, string path, FaissVectorStoreOptions? options = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return services.AddKeyedFaissVectorStore(serviceKey, _ => path, _ => options, lifetime);
    }

    /// <summary>Registers a store under a key, whose path and options come from other services.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key of the services.</param>
    /// <param name="path">Returns the path of the database.</param>
    /// <param name="options">Returns the options, or <see langword="null"/> for the defaults.</param>
    /// <param name="lifetime">The lifetime. A store is meant to be shared.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKeyedFaissVectorStore(this IServiceCollection services, object? serviceKey, Func<IServiceProvider, string> path, Func<IServiceProvider, FaissVectorStoreOptions?>? options = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(path);
        services.Add(new ServiceDescriptor(typeof(FaissVectorStore), serviceKey, (provider, _) => new FaissVectorStore(path(provider), Complete(provider, options?.Invoke(provider))), lifetime));
        services.Add(new ServiceDescriptor(typeof(VectorStore), serviceKey, static (provider, key) => provider.GetRequiredKeyedService<FaissVectorStore>(key), lifetime));
        return services;
    }

    /// <summary>Registers a collection with a database of its own as <see cref="FaissCollection{TKey, TRecord}"/> and as the abstractions that it implements.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TRecord">The type of the records.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the collection.</param>
    /// <param name="path">The path of the database.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="lifetime">The lifetime. A collection is meant to be shared.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="path"/> is empty.</exception>
    [RequiresDynamicCode(DynamicCode)]
    [RequiresUnreferencedCode(DynamicCode)]
    public static IServiceCollection AddFaissCollection<TKey, TRecord>(this IServiceCollection services, string name, string path, FaissCollectionOptions? options = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
        where TKey : notnull
        where TRecord : class => services.AddKeyedFaissCollection<TKey, TRecord>(null, name, path, options, lifetime);

    /// <summary>Registers a collection with a database of its own under a key.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TRecord">The type of the records.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key of the services.</param>
    /// <param name="name">The name of the collection.</param>
    /// <param name="path">The path of the database.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="lifetime">The lifetime. A collection is meant to be shared.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="path"/> is empty.</exception>
    [RequiresDynamicCode(DynamicCode)]
    [RequiresUnreferencedCode(DynamicCode)]
    public static IServiceCollection AddKeyedFaissCollection<TKey, TRecord>(this IServiceCollection services, object? serviceKey, string name, string path, FaissCollectionOptions? options = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
        where TKey : notnull
        where TRecord : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return services.AddKeyedFaissCollection<TKey, TRecord>(serviceKey, name, _ => path, _ => options, lifetime);
    }

    /// <summary>Registers a collection with a database of its own under a key, whose path and options come from other services.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TRecord">The type of the records.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key of the services, or <see langword="null"/> for none.</param>
    /// <param name="name">The name of the collection.</param>
    /// <param name="path">Returns the path of the database.</param>
    /// <param name="options">Returns the options, or <see langword="null"/> for the defaults.</param>
    /// <param name="lifetime">The lifetime. A collection is meant to be shared.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    [RequiresDynamicCode(DynamicCode)]
    [RequiresUnreferencedCode(DynamicCode)]
    public static IServiceCollection AddKeyedFaissCollection<TKey, TRecord>(this IServiceCollection services, object? serviceKey, string name, Func<IServiceProvider, string> path, Func<IServiceProvider, FaissCollectionOptions?>? options = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
        where TKey : notnull
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(path);
        services.Add(new ServiceDescriptor(typeof(FaissCollection<TKey, TRecord>), serviceKey, (provider, _) => new FaissCollection<TKey, TRecord>(path(provider), name, Complete(provider, options?.Invoke(provider))), lifetime));
        foreach (var type in new[] { typeof(VectorStoreCollection<TKey, TRecord>), typeof(IVectorSearchable<TRecord>), typeof(IKeywordHybridSearchable<TRecord>) })
        {
            services.Add(new ServiceDescriptor(type, serviceKey, static (provider, key) => provider.GetRequiredKeyedService<FaissCollection<TKey, TRecord>>(key), lifetime));
        }

        return services;
    }

    private static FaissVectorStoreOptions Complete(IServiceProvider provider, FaissVectorStoreOptions? options)
    {
        var complete = new FaissVectorStoreOptions(options);
        complete.EmbeddingGenerator ??= provider.GetService<IEmbeddingGenerator>();
        complete.LoggerFactory ??= provider.GetService<ILoggerFactory>();
        return complete;
    }

    private static FaissCollectionOptions Complete(IServiceProvider provider, FaissCollectionOptions? options)
    {
        var complete = new FaissCollectionOptions(options);
        complete.EmbeddingGenerator ??= provider.GetService<IEmbeddingGenerator>();
        complete.LoggerFactory ??= provider.GetService<ILoggerFactory>();
        return complete;
    }
}
