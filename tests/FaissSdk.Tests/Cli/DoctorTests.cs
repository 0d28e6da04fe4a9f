namespace FaissSdk.Tests.Cli;

public class DoctorTests
{
    [Fact]
    public void A_loaded_library_is_described()
    {
        Native.Require();

        var run = CommandRun.Of("doctor");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(FaissLibrary.Info.Path, run.Output, StringComparison.Ordinal);
        Assert.Contains(FaissLibrary.Info.Version, run.Output, StringComparison.Ordinal);
        Assert.StartsWith("verdict: ", run.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_of_waiting_is_printed()
    {
        Native.Require();
        Assert.Contains($"waiting                {FaissLibrary.Info.WaitPolicy}\n", CommandRun.Of("doctor").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_messages_of_FAISS_go_is_printed()
    {
        var run = CommandRun.Of("doctor");

        Assert.Contains("\nMessages of FAISS\n  go to                  ", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  dropped warnings       ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_place_searched_is_listed()
    {
        var run = CommandRun.Of("doctor");

        Assert.All(FaissLibrary.Probes, probe => Assert.Contains($"{probe.Path} ({probe.Outcome})", run.Output, StringComparison.Ordinal));
    }
}
