namespace FaissSdk;

/// <summary>Contains a line that FAISS prints.</summary>
public sealed class FaissMessageEventArgs : EventArgs
{
    internal FaissMessageEventArgs(string text, bool isWarning) => (Text, IsWarning) = (text, isWarning);

    /// <summary>Gets the line, without its end.</summary>
    public string Text { get; }

    /// <summary>Gets a value indicating whether the line is a warning or an error, which FAISS alone prints to standard error; otherwise it is progress or a report.</summary>
    public bool IsWarning { get; }
}
