namespace FaissSdk.Tests;

public class ChildProcessTests
{
    [Fact]
    public void A_scenario_returns_throws_ends_its_process_or_hangs()
    {
        ChildProcess.Run(Scenario, "returns").AssertReturned();
        var thrown = ChildProcess.Run(Scenario, "throws two words");
        Assert.Equal(1, thrown.ExitCode);
        Assert.Contains("InvalidOperationException: throws two words", thrown.Output);
        var died = ChildProcess.Run(Scenario, "dies").ExitCode ?? 0;
        if (OperatingSystem.IsWindows())
        {
            // Wine gives 1 for processes that fail fast.
            Assert.NotEqual(0, died);
        }
        else
        {
            Assert.NotInRange(died, 0, 1);
        }

        Assert.Null(ChildProcess.Run(Scenario, "hangs", seconds: 2).ExitCode);
    }

    [Fact]
    public void A_scenario_may_be_a_lambda_without_captured_variables()
    {
        ChildProcess.Run(argument => Assert.Equal("two words", argument), "two words").AssertReturned();
        var captured = Environment.ProcessId;
        Assert.Equal(1, ChildProcess.Run(argument => Assert.Equal("other", argument), "words").ExitCode);
        Assert.Throws<ArgumentException>(() => ChildProcess.Run(_ => Assert.Equal(captured, Environment.ProcessId)));
    }

    private static void Scenario(string argument)
    {
        switch (argument)
        {
            case "returns":
                break;
            case "dies":
                Environment.FailFast(argument);
                break;
            case "hangs":
                Thread.Sleep(Timeout.Infinite);
                break;
            default:
                throw new InvalidOperationException(argument);
        }
    }
}
