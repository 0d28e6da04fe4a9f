namespace FaissSdk.Tests.Files;

/// <summary>Tests that files can be tried while other calls change the timers of local search.</summary>
public class LocalSearchTrialTests
{
    [Fact]
    public void A_sound_file_is_loaded_beside_trainings_by_local_search()
    {
        Assert.SkipUnless(Tests.Native.IsAvailable && FaissLibrary.Supports("faiss_sdk_try_file") && !OperatingSystem.IsWindows(), "The library does not validate.");
        ChildProcess.Run(LoadBesideTrainings, "LSQ2x4", seconds: 240).AssertReturned();
    }

    private static void LoadBesideTrainings(string description)
    {
        using var folder = new TemporaryFolder();
        var vectors = TestData.Uniform(300, 8);
        using (var index = FaissIndex.Create(8, description))
        {
            index.Train(vectors);
            index.Add(vectors);
            index.Save(folder.File("index"));
        }

        using var stop = new CancellationTokenSource();
        var training = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var index = FaissIndex.Create(8, description);
                index.Train(vectors);
                index.Add(vectors);
            }
        });
        training.Start();

        // A child whose table is half changed may also never end.
        var validation = new IndexValidation { Timeout = TimeSpan.FromSeconds(5) };
        for (var i = 0; i < 30; i++)
        {
            FaissIndex.Load(folder.File("index"), validation).Dispose();
        }

        stop.Cancel();
        training.Join();
    }
}
