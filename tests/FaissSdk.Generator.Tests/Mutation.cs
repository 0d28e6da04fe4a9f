namespace FaissSdk.Generator.Tests;

/// <summary>A header changed in one place, and what the generator must say to it.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Header">The header it is done to.</param>
/// <param name="From">What stands there once.</param>
/// <param name="To">What takes its place.</param>
internal sealed record Mutation(string Name, string Header, string From, string To)
{
    private const string Train = "int faiss_Index_train(FaissIndex* index, idx_t n, const float* x);";
    private const string TrainPrototype = "`int faiss_Index_train(FaissIndex *index, idx_t n, const float *x)`";
    private const string Reset = "int faiss_Index_reset(FaissIndex* index);";
    private const string Buffer = "    idx_t* ids;\n    float* dis;\n";
    private const string Stats = "struct FaissIndexIVFStats";

    private const string Auxiliary = "impl/AuxIndexStructures_c.h";

    private const string Compatible = "Binary compatible: nothing that was there was removed or changed.";
    private const string ConstOnly = "Binary compatible: nothing was removed, and only const changed.";

    /// <summary>Changes that the engine knows: <c>verify</c> and <c>diff</c> tell them.</summary>
    public static IReadOnlyList<Mutation> Known { get; } =
    [
        new("a parameter's type changed", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, int n, const float* x);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train takes (FaissIndex* index, int n, float* x), bound as (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, int n, const float *x)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a return type changed", "Index_c.h", Reset, "void faiss_Index_reset(FaissIndex* index);")
        {
            Faults = [new("faiss_Index_reset(", "faiss_Index_reset returns void ('void'), bound as int")],
            Changed = [new("faiss_Index_reset(", "`int faiss_Index_reset(FaissIndex *index)` → `void faiss_Index_reset(FaissIndex *index)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a parameter added", "Index_c.h", Train, "int faiss_Index_train(\n        FaissIndex* index, idx_t n, const float* x, int threads);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train takes (FaissIndex* index, long n, float* x, int threads), bound as (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, idx_t n, const float *x, int threads)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a parameter removed", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, const float* x);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train takes (FaissIndex* index, float* x), bound as (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, const float *x)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("two parameters of one type swapped", "Clustering_c.h", "        size_t n,\n        size_t k,\n        const float* x,\n", "        size_t k,\n        size_t n,\n        const float* x,\n")
        {
            Faults = [new("faiss_kmeans_clustering(", "faiss_kmeans_clustering takes (nuint d, nuint k, nuint n, float* x, float* centroids, float* q_error), bound as (nuint d, nuint n, nuint k, float* x, float* centroids, float* q_error)")],
            Changed = [new("faiss_kmeans_clustering(", "`int faiss_kmeans_clustering(size_t d, size_t n, size_t k, const float *x, float *centroids, float *q_error)` → `int faiss_kmeans_clustering(size_t d, size_t k, size_t n, const float *x, float *centroids, float *q_error)` (parameters of one type reordered)")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions with reordered parameters.",
        },
        new("two parameters of different types swapped", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, const float* x, idx_t n);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train takes (FaissIndex* index, float* x, long n), bound as (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, const float *x, idx_t n)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a parameter renamed", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, idx_t count, const float* x);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train takes (FaissIndex* index, long count, float* x), bound as (FaissIndex* index, long n, float* x)")],
            Renamed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, idx_t count, const float *x)`")],
            Counts = (0, 0, 0),
            Verdict = Compatible,
        },
        new("const dropped", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, idx_t n, float* x);")
        {
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, idx_t n, float *x)` (const only)")],
            Counts = (0, 0, 1),
            Verdict = ConstOnly,
        },
        new("a function removed", "Index_c.h", Train, "")
        {
            Removed = [new("faiss_Index_train(", TrainPrototype)],
            Counts = (0, 1, 0),
            Verdict = "Not binary compatible: 1 functions removed.",
        },
        new("a function renamed", "Index_c.h", Train, "\nint faiss_Index_learn(FaissIndex* index, idx_t n, const float* x);")
        {
            Faults = [new("faiss_Index_learn(", "faiss_Index_learn is declared, but not bound")],
            Added = [new("faiss_Index_learn(", "`int faiss_Index_learn(FaissIndex *index, idx_t n, const float *x)`")],
            Removed = [new("faiss_Index_train(", TrainPrototype)],
            Counts = (1, 1, 0),
            Verdict = "Not binary compatible: 1 functions removed.",
        },
        new("a function added", "clone_index_c.h", "/* cloning functions */", "int\nfaiss_count_clones(\n        void);")
        {
            Faults = [new("faiss_count_clones(", "faiss_count_clones is declared, but not bound")],
            Added = [new("faiss_count_clones(", "`int faiss_count_clones(void)`")],
            Counts = (1, 0, 0),
            Verdict = Compatible,
        },
        new("functions added by a macro", "Index_c.h", "/// Getter for ntotal", "FAISS_DECLARE_GETTER_SETTER(Index, double, weight)")
        {
            Faults =
            [
                new("GETTER_SETTER(Index, double", "faiss_Index_weight is declared, but not bound"),
                new("GETTER_SETTER(Index, double", "faiss_Index_set_weight is declared, but not bound"),
            ],
            Added =
            [
                new("GETTER_SETTER(Index, double", "`double faiss_Index_weight(const FaissIndex *)`"),
                new("GETTER_SETTER(Index, double", "`void faiss_Index_set_weight(FaissIndex *, double)`"),
            ],
            Counts = (2, 0, 0),
            Verdict = Compatible,
        },
        new("an enum value changed", "error_c.h", "UNKNOWN_EXCEPT = -1,", "UNKNOWN_EXCEPT = -3,")
        {
            Faults = [new("UNKNOWN_EXCEPT", "FaissErrorCode.UNKNOWN_EXCEPT is -3, bound as -1")],
            Changed = [new("UNKNOWN_EXCEPT", "`FaissErrorCode.UNKNOWN_EXCEPT` = -1 → -3")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 enum values changed.",
        },
        new("an enum member inserted in the middle", "Index_c.h", "    METRIC_Linf, ", "    METRIC_L3,\n    METRIC_Linf, ")
        {
            Faults =
            [
                new("METRIC_L3", "FaissMetricType.METRIC_L3 is 3, bound as nothing"),
                new("METRIC_Linf", "FaissMetricType.METRIC_Linf is 4, bound as 3"),
                new("METRIC_Lp", "FaissMetricType.METRIC_Lp is 5, bound as 4"),
            ],
            Added = [new("METRIC_L3", "`FaissMetricType.METRIC_L3` = 3")],
            Changed = [new("METRIC_Linf", "`FaissMetricType.METRIC_Linf` = 3 → 4"), new("METRIC_Lp", "`FaissMetricType.METRIC_Lp` = 4 → 5")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 2 enum values changed.",
        },
        new("an enum member removed", "error_c.h", "    UNKNOWN_EXCEPT = -1,\n", "")
        {
            Removed = [new("UNKNOWN_EXCEPT", "`FaissErrorCode.UNKNOWN_EXCEPT` = -1")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 enum members removed.",
        },
        new("a struct field added", Auxiliary, Buffer, Buffer + "    int count;\n")
        {
            Faults =
            [
                new("struct FaissBuffer {", "struct FaissBuffer has the fields { long* ids; float* dis; int count }, bound as { long* ids; float* dis }"),
                new("struct FaissBuffer {", "struct FaissBuffer is laid out as 0, 8, 16, 24 (offsets, then size), bound as 0, 8, 16"),
            ],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → long* ids, float* dis, int count")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("a struct field removed", Auxiliary, Buffer, "    idx_t* ids;\n")
        {
            Faults =
            [
                new("struct FaissBuffer {", "struct FaissBuffer has the fields { long* ids }, bound as { long* ids; float* dis }"),
                new("struct FaissBuffer {", "struct FaissBuffer is laid out as 0, 8 (offsets, then size), bound as 0, 8, 16"),
            ],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → long* ids")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("two struct fields of one type reordered", "IndexIVF_c.h", "    size_t nq;                // nb of queries run\n    size_t nlist; ", "    size_t nlist;\n    size_t nq; ")
        {
            Faults = [new(Stats, "struct FaissIndexIVFStats has the fields { nuint nlist; nuint nq; nuint ndis; nuint nheap_updates; double quantization_time; double search_time }, bound as { nuint nq; nuint nlist; nuint ndis; nuint nheap_updates; double quantization_time; double search_time }")],
            Changed = [new(Stats, "`struct FaissIndexIVFStats`: unsigned long nq, unsigned long nlist, unsigned long ndis, unsigned long nheap_updates, double quantization_time, double search_time → unsigned long nlist, unsigned long nq, unsigned long ndis, unsigned long nheap_updates, double quantization_time, double search_time")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("two struct fields of different types reordered", Auxiliary, Buffer, "    float* dis;\n    idx_t* ids;\n")
        {
            Faults = [new("struct FaissBuffer {", "struct FaissBuffer has the fields { float* dis; long* ids }, bound as { long* ids; float* dis }")],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → float* dis, long* ids")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("a field's type changed", Auxiliary, Buffer, "    idx_t* ids;\n    float dis;\n")
        {
            Faults = [new("struct FaissBuffer {", "struct FaissBuffer has the fields { long* ids; float dis }, bound as { long* ids; float* dis }")],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → long* ids, float dis")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
    ];

    /// <summary>What the engine does not know, as each command must say, with the place.</summary>
    public static IReadOnlyList<Mutation> Unknown { get; } =
    [
        Unknowing("a union", "typedef union FaissNumber {\n    int whole;\n    float real;\n} FaissNumber;", "union FaissNumber", "union FaissNumber"),
        Unknowing("a union in a struct", "struct FaissNumber {\n    int kind;\n    union {\n        int whole;\n        float real;\n    };\n};", "union {", "RecordDecl in struct FaissNumber"),
        Unknowing("a bit field", "struct FaissFlags {\n    int first;\n    int second : 1;\n};", "int second", "the member second of struct FaissFlags"),
        Unknowing("an array field", "struct FaissPoint {\n    int d;\n    float x[4];\n};", "float x[4]", "the type 'float[4]'"),
        Unknowing("a struct without a name", "typedef struct {\n    int d;\n} FaissPoint;", "typedef struct {\n    int d;", "a struct without a name"),
        Unknowing("a packed struct", "struct __attribute__((packed)) FaissPoint {\n    char c;\n    double x;\n};", "struct __attribute__", "PackedAttr in struct FaissPoint"),
        Unknowing("a variadic function", "int faiss_log(const char* format, ...);", "faiss_log", "the variadic function faiss_log"),
        Unknowing("a static function", "static int faiss_zero(void) {\n    return 0;\n}", "faiss_zero", "the static function faiss_zero"),
        Unknowing("a function with an attribute", "__attribute__((deprecated))\nint faiss_old(void);", "faiss_old", "DeprecatedAttr on faiss_old"),
        Unknowing("a variable", "extern int faiss_count;", "faiss_count", "VarDecl faiss_count"),
        Unknowing("an anonymous enum", "enum {\n    FAISS_ONE = 1\n};", "enum {\n    FAISS_ONE", "an enum without a name"),
        Unknowing("an enum of another underlying type", "enum FaissSmall : char {\n    FAISS_ONE = 1\n};", "enum FaissSmall", "enum FaissSmall with an underlying type"),
        Unknowing("an enum with an attribute", "enum __attribute__((flag_enum)) FaissSmall {\n    FAISS_ONE = 1\n};", "enum __attribute__", "FlagEnumAttr on enum FaissSmall"),
        Unknowing("an enum value that is computed", "enum FaissSmall {\n    FAISS_ONE = 1,\n    FAISS_BOTH = 1 | 2\n};", "FAISS_BOTH", "BinaryOperator in a constant"),
        Unknowing("an enum value beyond int", "enum FaissLarge {\n    FAISS_HUGE = 0x80000000u\n};", "enum FaissLarge", "enum FaissLarge with a value beyond int"),
        Unknowing("an inline body of two calls", "inline void faiss_both(FaissIndex* index) {\n    faiss_Index_reset(index);\n    faiss_Index_reset(index);\n}", "faiss_both", "the body of the inline function faiss_both"),
        Unknowing("an inline body that returns", "inline int faiss_again(FaissIndex* index) {\n    return faiss_Index_reset(index);\n}", "faiss_again", "the body of the inline function faiss_again"),
        Unknowing("an array parameter", "int faiss_norm(\n        int n,\n        const float x[4]);", "const float x[4]", "the array or function parameter x"),
        Unknowing("a volatile pointer", "int faiss_watch(volatile int* x);", "faiss_watch", "the type 'int (volatile int *)'"),
        Unknowing("a restricted pointer", "int faiss_add(\n        float* restrict x);", "faiss_add", "the type 'int (float *restrict)'"),
        Unknowing("a block of assembler", "__asm__(\"nop\");", "__asm__", "FileScopeAsmDecl"),
        new("an index type of another size", "faiss_c.h", "typedef int64_t faiss_idx_t;", "typedef int faiss_idx_t;") { Unheard = new("typedef int faiss_idx_t", "faiss_idx_t is 'int', not the long that it is mapped to") },
    ];

    /// <summary>Faults of <c>verify</c>, which ends well without any.</summary>
    public IReadOnlyList<Said> Faults { get; init; } = [];

    public IReadOnlyList<Said> Added { get; init; } = [];

    /// <summary>Told with lines of the header as it was.</summary>
    public IReadOnlyList<Said> Removed { get; init; } = [];

    public IReadOnlyList<Said> Changed { get; init; } = [];

    public IReadOnlyList<Said> Renamed { get; init; } = [];

    /// <summary>The functions added, removed and changed.</summary>
    public (int Added, int Removed, int Changed) Counts { get; init; }

    public string Verdict { get; init; } = "";

    /// <summary>The error that ends every command.</summary>
    public Said? Unheard { get; init; }

    /// <summary>The header with the change.</summary>
    public string Apply(string text)
    {
        Assert.Equal(2, text.Split(From).Length);
        return text.Replace(From, To, StringComparison.Ordinal);
    }

    private static Mutation Unknowing(string name, string construct, string at, string what) =>
        new(name, "Index_c.h", Reset, $"{Reset}\n\n{construct}") { Unheard = new(at, what + " is of a form the second engine does not know") };

    /// <summary>A text, told at the line where a piece of the header first stands.</summary>
    internal sealed record Said(string At, string Text)
    {
        public int Line(string header)
        {
            var place = header.IndexOf(At, StringComparison.Ordinal);
            Assert.True(place >= 0, $"'{At}' is not in the header");
            return header.AsSpan(0, place).Count('\n') + 1;
        }
    }
}
