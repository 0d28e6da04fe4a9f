using System.Globalization;
using System.Runtime.InteropServices;

namespace FaissSdk.Tests;

/// <summary>Finds and ends child processes, in the way of Linux.</summary>
internal static class ProcessChildren
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a process has a child, and returns its number.</summary>
    /// <param name="parent">The number of the process.</param>
    /// <param name="hasEnded">Returns whether there will be no child any more.</param>
    public static int WaitForOne(int parent, Func<bool> hasEnded)
    {
        int? child = null;
        SpinWait.SpinUntil(() => (child = Of(parent)) is not null || hasEnded(), Timeout);
        Assert.True(child is not null, "The process has started no child.");
        return child.Value;
    }

    public static void Signal(int process, int signal) => _ = Kill(process, signal);

    private static int? Of(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process) && ParentOf(folder) == parent)
            {
                return process;
            }
        }

        return null;
    }

    private static int ParentOf(string folder)
    {
        try
        {
            // The name of the program, in parentheses, may contain anything.
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // The process has ended.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
