using FaissSdk;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers indexes, and the logging of what FAISS prints.</summary>
public static class FaissServiceCollectionExtensions
{
    /// <summary>Registers an index that is loaded from a file.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the index, which is the key of its services.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="readOptions">The options for reading the file.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The name or the path is empty, or an index of this name is registered already.</exception>
    public static IServiceCollection AddFaissIndex(this IServiceCollection services, string name, string path, IndexReadOptions readOptions = IndexReadOptions.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return services.AddFaissIndex(name, options => (options.Path, options.ReadOptions) = (path, readOptions));
    }

    /// <summary>Registers an index that is created by a factory string.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the index, which is the key of its services.</param>
    /// <param name="dimension">The number of components of a vector, d, at least 1.</param>
    /// <param name="factory">The factory string, such as <c>IDMap2,Flat</c>.</param>
    /// <param name="metric">The metric by which vectors are compared.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The name or the factory string is empty, or an index of this name is registered already.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    public static IServiceCollection AddFaissIndex(this IServiceCollection services, string name, int dimension, string factory, MetricType metric = MetricType.L2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentException.ThrowIfNullOrEmpty(factory);
        return services.AddFaissIndex(name, options => (options.Dimension, options.Factory, options.Metric) = (dimension, factory, metric));
    }

    /// <summary>Registers an index by options.</summary>
    /// <remarks>
    /// The keyed services of the name are the <see cref="ConcurrentIndex"/>, whose calls wait for each other, and the <see cref="FaissIndex"/>
    /// below it. A host loads or creates the index when it starts, so that a fault shows at once; without a host, the first use does. The
    /// index is disposed with the service provider. Options can also be bound from a configuration, as named options of the index's name;
    /// those of the moment when the index is loaded or created hold for it, and later changes of the configuration do not.
    /// What FAISS prints is logged as by <see cref="AddFaissLogging"/>.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the index, which is the key of its services and the name of its options.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The name is empty, or an index of this name is registered already.</exception>
    public static IServiceCollection AddFaissIndex(this IServiceCollection services, string name, Action<FaissIndexOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.IsKeyedService && service.ServiceType == typeof(FaissIndex) && Equals(service.ServiceKey, name)))
        {
            throw new ArgumentException($"An index '{name}' is registered already; give each index a name of its own.", nameof(name));
        }

        services.AddOptions<FaissIndexOptions>(name).Configure(configure);
        services.AddSingleton<IValidateOptions<FaissIndexOptions>>(new FaissIndexOptionsValidation(name));
        services.TryAddSingleton<FaissMessageLogger>();
        services.AddKeyedSingleton(name, (provider, _) => CreateIndex(provider, name));
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<NamedIndex>(name).Index);
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<FaissIndex>(name).AsConcurrent());
        services.AddSingleton<IHostedService>(provider => new FaissIndexLifetime(provider, name));
        return services;
    }

    /// <summary>Logs what FAISS prints in this process from the start of the host on, if there is an <c>ILoggerFactory</c>: warnings at the level Warning, the progress of verbose indexes at the level Information, both in the category <c>FaissSdk</c>.</summary>
    /// <param name="services">The services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddFaissLogging(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<FaissMessageLogger>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FaissLoggingLifetime>());
        return services;
    }

    private static NamedIndex CreateIndex(IServiceProvider provider, string name)
    {
        _ = provider.GetRequiredService<FaissMessageLogger>();
        var options = provider.GetRequiredService<IOptionsMonitor<FaissIndexOptions>>().Get(name);
        if (options.Path is { Length: > 0 } path && (string.IsNullOrEmpty(options.Factory) || File.Exists(path)))
        {
            return new NamedIndex(FaissIndex.Load(path, options.ReadOptions), options);
        }

        var index = FaissIndex.Create(options.Dimension, options.Factory!, options.Metric);
        try
        {
            options.Prepare?.Invoke(index);
            return new NamedIndex(index, options);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }
}
