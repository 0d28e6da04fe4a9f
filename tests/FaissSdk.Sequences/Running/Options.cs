using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>The options of the command.</summary>
internal sealed record Options
{
    public const string Usage = """
        Usage: sequences [options]

        Runs random sequences of calls of the public API in child processes, and checks the results.

          --sequences N   run N sequences (default: 300)
          --model N       run N sequences of exact kinds, whose results a list predicts (default: 0)
          --first S       start with seed S (default: 1)
          --seed S        run the sequence of seed S only
          --seconds T     start no sequence after T seconds
          --jobs N        run N child processes at a time (default: the number of processors)
          --shrink N      shorten at most N failing sequences (default: 5)
          --show S        print the sequence of seed S as C#
          --show-model S  print the sequence of exact kinds of seed S as C#

        FAISS_SDK_LIBRARY=FILE selects another library. The exit status is 1 if a sequence fails.
        """;

    public int Sequences { get; init; } = 300;

    public int Model { get; init; }

    public long First { get; init; } = 1;

    public int Seconds { get; init; } = int.MaxValue;

    public int Jobs { get; init; } = Environment.ProcessorCount;

    public int Shrink { get; init; } = 5;

    public Profile? Shown { get; init; }

    public static Options? Parse(string[] arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 >= arguments.Length || !long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            var number = (int)Math.Min(value, int.MaxValue);
            var changed = arguments[i] switch
            {
                "--sequences" => options with { Sequences = number },
                "--model" => options with { Model = number },
                "--first" => options with { First = value },
                "--seed" => options with { First = value, Sequences = 1 },
                "--seconds" => options with { Seconds = number },
                "--jobs" => options with { Jobs = Math.Max(1, number) },
                "--shrink" => options with { Shrink = number },
                "--show" => options with { First = value, Shown = Profile.Everything },
                "--show-model" => options with { First = value, Shown = Profile.Exact },
                _ => null,
            };
            if (changed is null)
            {
                return null;
            }

            options = changed;
        }

        return options;
    }
}
