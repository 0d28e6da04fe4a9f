namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the vectors of a property at one version of the collection; it is immutable.</summary>
internal sealed record PropertyState(Delta Delta)
{
    private PositionFilter? _live;

    public SealedIndex? Main { get; init; }

    /// <summary>Gets the positions of <see cref="Main"/> whose records were deleted.</summary>
    public Bits? MainDead { get; init; }

    public int MainDeadCount { get; init; }

    public int DeltaCount { get; init; }

    public Bits? DeltaDead { get; init; }

    public int DeltaDeadCount { get; init; }

    public long LiveCount => MainLiveCount + DeltaCount - DeltaDeadCount;

    public int MainLiveCount => (Main?.Count ?? 0) - MainDeadCount;

    /// <summary>Gets the filter of the live positions of <see cref="Main"/>, or null if all are live.</summary>
    public PositionFilter? Live => MainDeadCount == 0 ? null : _live ??= MakeLive();

    /// <summary>Keeps the vectors while a search runs.</summary>
    public void AddUser()
    {
        Main?.AddUser();
        Delta.AddUser();
    }

    public void Release()
    {
        Main?.Release();
        Delta.Release();
    }

    /// <summary>Returns the state without the records of the ids.</summary>
    public PropertyState Without(IReadOnlyCollection<long> ids)
    {
        if (ids.Count == 0)
        {
            return this;
        }

        Bits? mainDead = null, deltaDead = null;
        int mainCount = MainDeadCount, deltaCount = DeltaDeadCount;
        foreach (var id in ids)
        {
            if (Main is not null && id <= Main.LastId)
            {
                var position = Main.Find(id);
                if (position >= 0 && (mainDead ??= Bits.Copy(MainDead, Main.Count)).Set(position))
                {
                    mainCount++;
                }

                continue;
            }

            var row = Delta.Find(id, DeltaCount);
            if (row >= 0 && (deltaDead ??= Bits.Copy(DeltaDead, Delta.Capacity)).Set(row))
            {
                deltaCount++;
            }
        }

        return this with
        {
            MainDead = mainDead ?? MainDead,
            MainDeadCount = mainCount,
            DeltaDead = deltaDead ?? DeltaDead,
            DeltaDeadCount = deltaCount,
            _live = mainDead is null ? _live : null,
        };
    }

    /// <summary>Returns the state with only the live ids.</summary>
    public PropertyState KeepOnly(Bits live)
    {
        var gone = new List<long>();
        for (var position = 0; position < (Main?.Count ?? 0); position++)
        {
            if (!live[Main!.Ids[position]] && !(MainDead?[position] ?? false))
            {
                gone.Add(Main.Ids[position]);
            }
        }

        for (var row = 0; row < DeltaCount; row++)
        {
            if (!live[Delta.IdAt(row)] && !(DeltaDead?[row] ?? false))
            {
                gone.Add(Delta.IdAt(row));
            }
        }

        return Without(gone);
    }

    /// <summary>Lists the live ids in ascending order.</summary>
    public IEnumerable<long> LiveIds()
    {
        for (var position = 0; position < (Main?.Count ?? 0); position++)
        {
            if (!(MainDead?[position] ?? false))
            {
                yield return Main!.Ids[position];
            }
        }

        for (var row = 0; row < DeltaCount; row++)
        {
            if (!(DeltaDead?[row] ?? false))
            {
                yield return Delta.IdAt(row);
            }
        }
    }

    /// <summary>Returns the state with another main index, which has the vectors up to <paramref name="lastId"/>.</summary>
    public PropertyState WithMain(SealedIndex? main, long lastId, Delta delta)
    {
        // Both sequences ascend, so one pass finds the vectors that were deleted since the build of the index began.
        Bits? dead = null;
        int deadCount = 0, position = 0, rows = 0;
        foreach (var id in LiveIds())
        {
            if (id > lastId)
            {
                delta.CopyRow(rows++, Delta, Delta.Find(id, DeltaCount));
                continue;
            }

            for (; position < (main?.Count ?? 0) && main!.Ids[position] < id; position++)
            {
                (dead ??= new Bits(main.Count)).Set(position);
                deadCount++;
            }

            position++;
        }

        for (; position < (main?.Count ?? 0); position++)
        {
            (dead ??= new Bits(main!.Count)).Set(position);
            deadCount++;
        }

        return new PropertyState(delta) { Main = main, MainDead = dead, MainDeadCount = deadCount, DeltaCount = rows };
    }

    private PositionFilter MakeLive()
    {
        var live = new Bits(Main!.Count);
        for (var position = 0; position < Main.Count; position++)
        {
            if (!MainDead![position])
            {
                live.Set(position);
            }
        }

        return new PositionFilter(live, MainLiveCount);
    }
}
