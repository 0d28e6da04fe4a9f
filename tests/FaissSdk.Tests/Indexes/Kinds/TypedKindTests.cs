namespace FaissSdk.Tests.Indexes;

public class TypedKindTests
{
    public static TheoryData<string> Kinds => TypedKind.Names;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_constructor_creates_what_the_factory_string_does(string name)
    {
        using var parts = new IndexParts();
        var kind = TypedKind.Find(name);
        using var constructed = kind.MakeFilled(parts);
        using var described = TypedKind.Fill(FaissIndex.Create(TypedKind.Dimension, kind.Description, kind.Metric));
        Assert.Equal(kind.Type, constructed.GetType());
        Assert.Equal(kind.Type, described.GetType());
        Assert.Equal(described.ToString(), constructed.ToString());
        AssertFindsTheSame(described, constructed);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Files_and_copies_keep_the_class(string name)
    {
        using var parts = new IndexParts();
        var kind = TypedKind.Find(name);
        using var index = kind.MakeFilled(parts);
        using var folder = new TemporaryFolder();
        index.Save(folder.File("index"));
        using var loaded = FaissIndex.Load(folder.File("index"));
        using var copy = index.Clone();
        foreach (var other in new[] { loaded, copy })
        {
            Assert.Equal(kind.Type, other.GetType());
            Assert.Equal(index.ToString(), other.ToString());
            AssertFindsTheSame(index, other);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_view_of_a_part_has_the_class(string name)
    {
        using var parts = new IndexParts();
        var kind = TypedKind.Find(name);
        Native.Require();
        Assert.SkipUnless(kind.IsKnown, $"{kind.Description} needs FAISS {kind.Since} or later; loaded: {FaissLibrary.Info.Version}.");
        using var map = new IndexIDMap2(kind.New(parts), takeOwnership: true);
        Assert.Equal(kind.Type, map.Index.GetType());
        using var clone = (IndexIDMap2)TypedKind.FillByIds(map).Clone();
        Assert.Equal(kind.Type, clone.Index.GetType());
        Assert.Throws<InvalidOperationException>(clone.Index.Reset);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_disposed_index_is_named_by_its_class(string name)
    {
        using var parts = new IndexParts();
        var kind = TypedKind.Find(name);
        var index = kind.MakeFilled(parts);
        index.Dispose();
        Assert.Equal($"{kind.Type.Name}, disposed", index.ToString());
        foreach (var property in kind.Type.GetProperties().Where(property => property.DeclaringType != typeof(FaissIndex) && property.GetMethod!.IsPublic && !property.GetMethod.IsStatic))
        {
            var error = Assert.Throws<System.Reflection.TargetInvocationException>(() => property.GetValue(index));
            Assert.IsType<ObjectDisposedException>(error.InnerException);
        }
    }

    [Fact]
    public void Kinds_of_newer_versions_are_refused_with_their_version()
    {
        Native.Require();
        foreach (var kind in TypedKind.All.Where(kind => !kind.IsKnown))
        {
            using var parts = new IndexParts();
            var error = Assert.Throws<NotSupportedException>(() => kind.New(parts));
            Assert.Contains(kind.Since.ToString(3), error.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertFindsTheSame(FaissIndex expected, FaissIndex actual)
    {
        using var single = Native.SingleThread();
        var queries = TestData.Uniform(20, TypedKind.Dimension, 3);
        var (first, second) = (expected.Search(queries, 5), actual.Search(queries, 5));
        Assert.Equal(first.Ids.ToArray(), second.Ids.ToArray());
        Assert.Equal(first.Distances.ToArray(), second.Distances.ToArray());
    }
}
