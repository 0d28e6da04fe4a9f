using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Makes the choices of a step: at random and recorded, or as recorded before.</summary>
/// <remarks>A recorded step can be replayed without those before it, as it names its variables and contains its arguments.</remarks>
internal sealed class Chooser
{
    private readonly Random? _random;
    private readonly Queue<string> _recorded = [];

    public Chooser(Random random) => _random = random;

    public Chooser(IEnumerable<string> recorded)
    {
        foreach (var choice in recorded)
        {
            _recorded.Enqueue(choice);
        }
    }

    /// <summary>Gets what a random choice is limited to.</summary>
    public Swarm? Swarm { get; init; }

    /// <summary>Gets the choices made so far.</summary>
    public List<string> Choices { get; } = [];

    /// <summary>Gets or sets a value indicating whether the choices are written.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Gets the recorded text, or makes and records it.</summary>
    public string Text(Func<Random, string> make)
    {
        if (IsClosed)
        {
            throw new InvalidOperationException("A choice after the first call is not recorded.");
        }

        var text = _random is null
            ? _recorded.TryDequeue(out var recorded) ? recorded : throw new StepNotPossibleException()
            : make(_random);
        Choices.Add(text);
        return text;
    }

    public int Int(int least, int most) => int.Parse(Text(random => Format(random.NextInt64(least, (long)most + 1))), CultureInfo.InvariantCulture);

    public bool Chance(int percent) => Int(1, 100) <= percent;

    public T Of<T>(params T[] options) => options[Int(0, options.Length - 1)];

    /// <summary>Chooses one of the variables; only the name is recorded.</summary>
    public T Variable<T>(IEnumerable<Variable> all, Func<T, bool> condition)
        where T : Variable
    {
        var candidates = all.OfType<T>().Where(variable => _random is null || condition(variable)).ToArray();
        var name = Text(random => candidates.Length == 0 ? throw new StepNotPossibleException() : candidates[random.Next(candidates.Length)].Name);
        return Array.Find(candidates, candidate => candidate.Name == name) ?? throw new StepNotPossibleException();
    }

    /// <summary>Chooses one of the variables that are not disposed, or none.</summary>
    public T? Optional<T>(IEnumerable<Variable> all, int percent)
        where T : Variable
    {
        var candidates = all.OfType<T>().Where(variable => _random is null || !variable.IsDisposed).ToArray();
        var name = Text(random => candidates.Length > 0 && random.Next(100) < percent ? candidates[random.Next(candidates.Length)].Name : "");
        return name == "" ? null : Array.Find(candidates, candidate => candidate.Name == name) ?? throw new StepNotPossibleException();
    }

    /// <summary>Chooses an index that is not disposed; rarely one that is.</summary>
    public IndexVariable Index(Sequence sequence, Func<IndexVariable, bool>? condition = null)
    {
        var disposed = Swarm is { HasWrongArguments: true } && _random!.Next(50) == 0;
        return Variable<IndexVariable>(sequence.Variables, variable => variable.IsDisposed == disposed && condition?.Invoke(variable) != false);
    }

    public DataSpecification Data(int dimension, int least, int most)
    {
        var style = Text(random => Swarm!.Style(random));
        return new DataSpecification(Int(least, Math.Max(least, most)), dimension, Int(1, 30), style);
    }

    /// <summary>Chooses a value among the usual ones; where arguments may be wrong, rarely one of the others.</summary>
    public T Usually<T>(T[] usual, T[] unusual)
    {
        var number = Text(random => Swarm!.HasWrongArguments && random.Next(8) == 0 ? $"{usual.Length + random.Next(unusual.Length)}" : $"{random.Next(usual.Length)}");
        T[] all = [.. usual, .. unusual];
        return all[int.Parse(number, CultureInfo.InvariantCulture)];
    }

    private static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The state of the sequence does not allow a step.</summary>
internal sealed class StepNotPossibleException : Exception;
