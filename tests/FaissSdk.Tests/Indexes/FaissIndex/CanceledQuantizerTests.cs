namespace FaissSdk.Tests.Indexes;

/// <summary>Cancels trainings whose quantizers search in parallel regions, where an exception would end the process.</summary>
public class CanceledQuantizerTests
{
    private const int Dimension = 32;
    private const int Count = 20_000;

    [Fact]
    public void Training_by_fast_scan_lists_is_canceled_at_any_moment()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_train"), "This needs a library of FaissSdk.");
        ChildProcess.Run(Cancel, seconds: 120).AssertReturned();
    }

    private static void Cancel(string argument)
    {
        var vectors = TestData.Uniform(Count, Dimension);
        for (var milliseconds = 1; milliseconds < 300; milliseconds += milliseconds < 50 ? 3 : 20)
        {
            using var quantizer = (IndexIVF)FaissIndex.Create(Dimension, "IVF16,PQ8x4fs");
            quantizer.NProbe = 16;
            using var index = new IndexIVFFlat(quantizer, 128);
            using var source = new CancellationTokenSource(milliseconds);
            var error = Record.Exception(() => index.Train(vectors, source.Token));
            Assert.True(error is null or OperationCanceledException, $"{error}");
        }
    }
}
