using FaissSdk;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Writes what FAISS prints to a logger, until the service provider is disposed.</summary>
internal sealed class FaissMessageLogger : IDisposable
{
    // Its level decides what is logged: Logging:LogLevel:FaissSdk in a configuration.
    private const string Category = "FaissSdk";

    private static readonly Action<ILogger, string, Exception?> LogWarning = Define(LogLevel.Warning);
    private static readonly Action<ILogger, string, Exception?> LogProgress = Define(LogLevel.Information);

    private readonly ILogger? _logger;

    public FaissMessageLogger(ILoggerFactory? factory = null)
    {
        if (factory is not null)
        {
            _logger = factory.CreateLogger(Category);
            FaissDiagnostics.MessagePrinted += Log;
        }
    }

    public void Dispose() => FaissDiagnostics.MessagePrinted -= Log;

    private static Action<ILogger, string, Exception?> Define(LogLevel level) => LoggerMessage.Define<string>(level, new EventId(1, "FaissMessage"), "FAISS: {Message}");

    private void Log(object? sender, FaissMessageEventArgs message) => (message.IsWarning ? LogWarning : LogProgress)(_logger!, message.Text, null);
}
