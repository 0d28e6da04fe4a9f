namespace FaissSdk.Tests.Indexes;

/// <summary>Trains and fills indexes of local search quantizers on several threads; in child processes, since FAISS's timers can end the process.</summary>
public class LocalSearchTests
{
    [Theory]
    [InlineData("LSQ2x4")]
    [InlineData("PLSQ2x2x4")]
    [InlineData("IVF2,LSQ2x4")]
    [InlineData("RQ2x4_Nlsq2x4")]
    public void Different_indexes_are_trained_and_filled_at_once(string description)
    {
        Native.Require();
        ChildProcess.Run(Fill, description, seconds: 120).AssertReturned();
    }

    private static void Fill(string description)
    {
        var vectors = TestData.Uniform(300, 8);
        var until = DateTime.UtcNow.AddSeconds(4);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            using var single = Native.SingleThread();
            do
            {
                using var index = FaissIndex.Create(8, description);
                index.Train(vectors);
                for (var i = 0; i < 20; i++)
                {
                    index.Add(vectors.AsSpan(i * 8, 8));
                    index.Encode(vectors.AsSpan(i * 8, 8));
                }
            }
            while (DateTime.UtcNow < until);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }
}
