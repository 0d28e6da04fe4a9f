using Microsoft.Extensions.Logging;

namespace FaissSdk.Tests.Diagnostics;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogList : ILoggerProvider
{
    public List<(string Category, string Level, string Text)> Entries { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Log(categoryName, Entries);

    public void Dispose()
    {
    }

    private sealed class Log(string category, List<(string Category, string Level, string Text)> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (entries)
            {
                entries.Add((category, logLevel.ToString(), formatter(state, exception)));
            }
        }
    }
}
