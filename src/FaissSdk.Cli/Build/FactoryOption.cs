namespace FaissSdk.Cli;

/// <summary>Creates the index of <c>--factory</c>.</summary>
internal static class FactoryOption
{
    /// <exception cref="UsageException">There is no such index.</exception>
    public static FaissIndex Create(Func<FaissIndex> create)
    {
        try
        {
            return create();
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--factory: {FaissSdkCommand.WithoutParameterName(e)}");
        }
        catch (FaissException e)
        {
            throw new UsageException($"--factory: {e.Message}");
        }
    }
}
