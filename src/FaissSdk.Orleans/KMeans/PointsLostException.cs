namespace FaissSdk.Orleans;

/// <summary>The exception that is thrown when a part lacks what was sent to its previous activation; a training sends it again.</summary>
[GenerateSerializer]
internal sealed class PointsLostException : ShardException
{
    public PointsLostException()
    {
    }

    public PointsLostException(string message)
        : base(message)
    {
    }

    public PointsLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
