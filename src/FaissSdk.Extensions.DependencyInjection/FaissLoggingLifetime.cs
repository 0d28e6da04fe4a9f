using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Begins to log what FAISS prints when the host starts.</summary>
internal sealed class FaissLoggingLifetime : IHostedService
{
    // The provider creates the logger for this parameter, and disposes it.
    public FaissLoggingLifetime(FaissMessageLogger logger) => ArgumentNullException.ThrowIfNull(logger);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
