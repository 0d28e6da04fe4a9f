namespace FaissSdk.Sequences;

/// <summary>Runs the steps of one sequence, and checks their results.</summary>
internal sealed class Sequence : IDisposable
{
    private readonly Journal _journal;
    private readonly string _folder;
    private int _step;
    private Action? _journalStep;

    public Sequence(Journal journal, string folder)
    {
        _journal = journal;
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public List<Variable> Variables { get; } = [];

    public int StepCount { get; private set; }

    /// <summary>Gets the exception of the last call, if it threw one.</summary>
    public Exception? LastError { get; private set; }

    public IEnumerable<Variable> Live => Variables.Where(variable => !variable.IsDisposed);

    /// <summary>Gets the name of the variable that the step creates.</summary>
    public string NewName(string prefix) => $"{prefix}{_step}";

    public string NewPath(string name) => Path.Combine(_folder, name);

    /// <summary>Runs random steps.</summary>
    public void Run(long seed, Profile profile)
    {
        _journal.Begin(seed);
        var random = new Random((int)((seed * 1_000_003) ^ (seed >> 20)) & int.MaxValue);
        var swarm = new Swarm(random, profile);
        var steps = random.Next(20, 80);
        for (var number = 1; number <= steps; number++)
        {
            for (var attempt = 0; attempt < 20; attempt++)
            {
                var operation = swarm.Choose(random, this);
                if (Execute(number, operation, new Chooser(random) { Swarm = swarm }))
                {
                    break;
                }
            }
        }

        End();
    }

    /// <summary>Runs recorded steps; those whose variables are missing are left out.</summary>
    public void Replay(long seed, IEnumerable<RecordedStep> steps)
    {
        _journal.Begin(seed);
        foreach (var step in steps)
        {
            Execute(step.Number, Operation.Find(step.Operation), new Chooser(step.Choices));
        }

        End();
    }

    public void Add(Variable variable) => Variables.Add(variable);

    /// <summary>Makes a call: it may succeed or throw a documented exception.</summary>
    /// <returns>Whether it succeeded.</returns>
    public bool Try(string statement, Action call)
    {
        _journalStep?.Invoke();
        _journalStep = null;
        _journal.Call(statement);
        LastError = null;
        try
        {
            call();
            return true;
        }
        catch (Exception error) when (error is not (Fault or StepNotPossibleException))
        {
            LastError = error;
            _journal.Threw(error);
            CheckDocumented(error);
            return false;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static void CheckDocumented(Exception error)
    {
        // EnsureCapacity reports that there is not enough memory.
        if (error is InsufficientMemoryException)
        {
            return;
        }

        if (error is OutOfMemoryException || (error is FaissException && error.Message.Contains("bad_alloc", StringComparison.Ordinal)))
        {
            throw new Fault("memory", error.Message);
        }

        // The signature of a C++ function may follow, but not lead.
        if (error is FaissException && error.Message.StartsWith("Error in ", StringComparison.Ordinal))
        {
            throw new Fault("message", error.Message);
        }

        if (error is not (ArgumentException or InvalidOperationException or NotSupportedException or FaissException or FaissLibraryException or IOException or UnauthorizedAccessException))
        {
            throw new Fault("exception", error.ToString());
        }
    }

    private bool Execute(int number, Operation operation, Chooser chooser)
    {
        _step = number;
        var isCounted = false;
        _journalStep = () =>
        {
            isCounted = true;
            chooser.IsClosed = true;
            StepCount++;
            _journal.Step(number, operation.Name, chooser.Choices);
        };
        try
        {
            operation.Run(this, chooser);
            Invariants.CheckCounts(this);
        }
        catch (StepNotPossibleException)
        {
            return false;
        }

        return isCounted;
    }

    private void End()
    {
        foreach (var variable in Live.ToArray().Reverse())
        {
            Try($"{variable.Name}.Dispose();", variable.Dispose);
        }

        Invariants.CheckDisposed(this);
        _journal.End(StepCount);
    }
}

internal sealed record RecordedStep(int Number, string Operation, string[] Choices);
