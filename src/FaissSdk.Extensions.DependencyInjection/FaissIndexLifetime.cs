using FaissSdk;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

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
        var options = provider.GetRequiredService<IOptionsMonitor<FaissIndexOptions>>().Get(name);
        if (options.SaveAtShutdown)
        {
            var index = provider.GetRequiredKeyedService<ConcurrentIndex>(name);
            await Task.Run(() => index.Save(options.Path!, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }
}
