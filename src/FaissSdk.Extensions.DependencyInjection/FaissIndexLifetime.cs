using FaissSdk;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Creates an index when the host starts, and saves it when all services have stopped, so that no request changes it after that.</summary>
internal sealed class FaissIndexLifetime(IServiceProvider provider, string name) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) =>
        Task.Run(() => provider.GetRequiredKeyedService<ConcurrentIndex>(name), cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        // The token is canceled once the host has waited for its services for HostOptions.ShutdownTimeout, which an open connection can
        // take up. The index would then be lost.
        if (provider.GetRequiredKeyedService<NamedIndex>(name).SavedTo is { } path)
        {
            var index = provider.GetRequiredKeyedService<ConcurrentIndex>(name);
            await Task.Run(() => index.Save(path, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
