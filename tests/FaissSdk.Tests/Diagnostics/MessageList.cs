namespace FaissSdk.Tests.Diagnostics;

/// <summary>Listens to what FAISS prints, and keeps it with the threads that print it.</summary>
internal sealed class MessageList : IDisposable
{
    private readonly List<(string Text, bool IsWarning, int Thread)> _received = [];

    public MessageList() => FaissDiagnostics.MessagePrinted += Add;

    public IReadOnlyList<(string Text, bool IsWarning, int Thread)> Received => _received;

    public void Dispose() => FaissDiagnostics.MessagePrinted -= Add;

    private void Add(object? sender, FaissMessageEventArgs message)
    {
        lock (_received)
        {
            _received.Add((message.Text, message.IsWarning, Environment.CurrentManagedThreadId));
        }
    }
}
