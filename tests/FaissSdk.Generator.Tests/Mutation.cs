namespace FaissSdk.Generator.Tests;

/// <summary>A change in one place of a header, and the generator's expected messages.</summary>
/// <param name="Name">A description of the change.</param>
/// <param name="Header">The header to change.</param>
/// <param name="From">The text to replace, which occurs once.</param>
/// <param name="To">The new text.</param>
internal sealed record Mutation(string Name, string Header, string From, string To)
{
    private const string Train = "int faiss_Index_train(FaissIndex* index, idx_t n, const float* x);";
    private const string TrainPrototype = "`int faiss_Index_train(FaissIndex *index, idx_t n, const float *x)`";
    private const string Reset = "int faiss_Index_reset(FaissIndex* index);";
    private const string Buffer = "    idx_t* ids;\n    float* dis;\n";
    private const string Stats = "struct FaissIndexIVFStats";

    private const string Auxiliary = "impl/AuxIndexStructures_c.h";

    private const string Compatible = "Binary compatible: no existing declarations were removed or changed.";
    private const string ConstOnly = "Binary compatible: no declarations were removed, and only const changed.";

    /// <summary>Gets changes that the second engine supports, and that <c>verify</c> and <c>diff</c> report.</summary>
    public static IReadOnlyList<Mutation> Supported { get; } =
    [
        new("a parameter's type changed", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, int n, const float* x);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train has the parameters (FaissIndex* index, int n, float* x), but is bound with (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, int n, const float *x)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a return type changed", "Index_c.h", Reset, "void faiss_Index_reset(FaissIndex* index);")
        {
            Faults = [new("faiss_Index_reset(", "faiss_Index_reset returns void ('void'), but is bound as returning int")],
            Changed = [new("faiss_Index_reset(", "`int faiss_Index_reset(FaissIndex *index)` → `void faiss_Index_reset(FaissIndex *index)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a parameter added", "Index_c.h", Train, "int faiss_Index_train(\n        FaissIndex* index, idx_t n, const float* x, int threads);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train has the parameters (FaissIndex* index, long n, float* x, int threads), but is bound with (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, idx_t n, const float *x, int threads)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a parameter removed", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, const float* x);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train has the parameters (FaissIndex* index, float* x), but is bound with (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, const float *x)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("two parameters of one type swapped", "Clustering_c.h", "        size_t n,\n        size_t k,\n        const float* x,\n", "        size_t k,\n        size_t n,\n        const float* x,\n")
        {
            Faults = [new("faiss_kmeans_clustering(", "faiss_kmeans_clustering has the parameters (nuint d, nuint k, nuint n, float* x, float* centroids, float* q_error), but is bound with (nuint d, nuint n, nuint k, float* x, float* centroids, float* q_error)")],
            Changed = [new("faiss_kmeans_clustering(", "`int faiss_kmeans_clustering(size_t d, size_t n, size_t k, const float *x, float *centroids, float *q_error)` → `int faiss_kmeans_clustering(size_t d, size_t k, size_t n, const float *x, float *centroids, float *q_error)` (parameters of one type reordered)")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions with reordered parameters.",
        },
        new("two parameters of different types swapped", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, const float* x, idx_t n);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train has the parameters (FaissIndex* index, float* x, long n), but is bound with (FaissIndex* index, long n, float* x)")],
            Changed = [new("faiss_Index_train(", TrainPrototype + " → `int faiss_Index_train(FaissIndex *index, const float *x, idx_t n)`")],
            Counts = (0, 0, 1),
            Verdict = "Not binary compatible: 1 functions changed.",
        },
        new("a parameter renamed", "Index_c.h", Train, "int faiss_Index_train(FaissIndex* index, idx_t count, const float* x);")
        {
            Faults = [new("faiss_Index_train(", "faiss_Index_train has the parameters (FaissIndex* index, long count, float* x), but is bound with (FaissIndex* index, long n, float* x)")],
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
            Faults = [new("UNKNOWN_EXCEPT", "FaissErrorCode.UNKNOWN_EXCEPT is -3, but is bound as -1")],
            Changed = [new("UNKNOWN_EXCEPT", "`FaissErrorCode.UNKNOWN_EXCEPT` = -1 → -3")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 enum values changed.",
        },
        new("an enum member inserted in the middle", "Index_c.h", "    METRIC_Linf, ", "    METRIC_L3,\n    METRIC_Linf, ")
        {
            Faults =
            [
                new("METRIC_L3", "FaissMetricType.METRIC_L3 is declared, but not bound"),
                new("METRIC_Linf", "FaissMetricType.METRIC_Linf is 4, but is bound as 3"),
                new("METRIC_Lp", "FaissMetricType.METRIC_Lp is 5, but is bound as 4"),
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
                new("struct FaissBuffer {", "struct FaissBuffer has the fields { long* ids; float* dis; int count }, but is bound with { long* ids; float* dis }"),
                new("struct FaissBuffer {", "struct FaissBuffer has the layout 0, 8, 16, 24 (offsets, then size), but is bound with 0, 8, 16"),
            ],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → long* ids, float* dis, int count")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("a struct field removed", Auxiliary, Buffer, "    idx_t* ids;\n")
        {
            Faults =
            [
                new("struct FaissBuffer {", "struct FaissBuffer has the fields { long* ids }, but is bound with { long* ids; float* dis }"),
                new("struct FaissBuffer {", "struct FaissBuffer has the layout 0, 8 (offsets, then size), but is bound with 0, 8, 16"),
            ],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → long* ids")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("two struct fields of one type reordered", "IndexIVF_c.h", "    size_t nq;                // nb of queries run\n    size_t nlist; ", "    size_t nlist;\n    size_t nq; ")
        {
            Faults = [new(Stats, "struct FaissIndexIVFStats has the fields { nuint nlist; nuint nq; nuint ndis; nuint nheap_updates; double quantization_time; double search_time }, but is bound with { nuint nq; nuint nlist; nuint ndis; nuint nheap_updates; double quantization_time; double search_time }")],
            Changed = [new(Stats, "`struct FaissIndexIVFStats`: unsigned long nq, unsigned long nlist, unsigned long ndis, unsigned long nheap_updates, double quantization_time, double search_time → unsigned long nlist, unsigned long nq, unsigned long ndis, unsigned long nheap_updates, double quantization_time, double search_time")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("two struct fields of different types reordered", Auxiliary, Buffer, "    float* dis;\n    idx_t* ids;\n")
        {
            Faults = [new("struct FaissBuffer {", "struct FaissBuffer has the fields { float* dis; long* ids }, but is bound with { long* ids; float* dis }")],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → float* dis, long* ids")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
        new("a field's type changed", Auxiliary, Buffer, "    idx_t* ids;\n    float dis;\n")
        {
            Faults = [new("struct FaissBuffer {", "struct FaissBuffer has the fields { long* ids; float dis }, but is bound with { long* ids; float* dis }")],
            Changed = [new("struct FaissBuffer {", "`struct FaissBuffer`: long* ids, float* dis → long* ids, float dis")],
            Counts = (0, 0, 0),
            Verdict = "Not binary compatible: 1 struct layouts changed.",
        },
    ];

    /// <summary>Gets changes to constructs that the second engine does not support, which each command must report with file and line.</summary>
    public static IReadOnlyList<Mutation> Unsupported { get; } =
    [
        Unsupporting("a union", "typedef union FaissNumber {\n    int whole;\n    float real;\n} FaissNumber;", "union FaissNumber", "union FaissNumber"),
        Unsupporting("a union in a struct", "struct FaissNumber {\n    int kind;\n    union {\n        int whole;\n        float real;\n    };\n};", "union {", "RecordDecl in struct FaissNumber"),
        Unsupporting("a bit field", "struct FaissFlags {\n    int first;\n    int second : 1;\n};", "int second", "the member second of struct FaissFlags"),
        Unsupporting("an array field", "struct FaissPoint {\n    int d;\n    float x[4];\n};", "float x[4]", "the type 'float[4]'"),
        Unsupporting("a struct without a name", "typedef struct {\n    int d;\n} FaissPoint;", "typedef struct {\n    int d;", "a struct without a name"),
        Unsupporting("a packed struct", "struct __attribute__((packed)) FaissPoint {\n    char c;\n    double x;\n};", "struct __attribute__", "PackedAttr in struct FaissPoint"),
        Unsupporting("a variadic function", "int faiss_log(const char* format, ...);", "faiss_log", "the variadic function faiss_log"),
        Unsupporting("a static function", "static int faiss_zero(void) {\n    return 0;\n}", "faiss_zero", "the static function faiss_zero"),
        Unsupporting("a function with an attribute", "__attribute__((deprecated))\nint faiss_old(void);", "faiss_old", "DeprecatedAttr on faiss_old"),
        Unsupporting("a variable", "extern int faiss_count;", "faiss_count", "VarDecl faiss_count"),
        Unsupporting("an anonymous enum", "enum {\n    FAISS_ONE = 1\n};", "enum {\n    FAISS_ONE", "an enum without a name"),
        Unsupporting("an enum of another underlying type", "enum FaissSmall : char {\n    FAISS_ONE = 1\n};", "enum FaissSmall", "enum FaissSmall with an underlying type"),
        Unsupporting("an enum with an attribute", "enum __attribute__((flag_enum)) FaissSmall {\n    FAISS_ONE = 1\n};", "enum __attribute__", "FlagEnumAttr on enum FaissSmall"),
        Unsupporting("an enum value that is computed", "enum FaissSmall {\n    FAISS_ONE = 1,\n    FAISS_BOTH = 1 | 2\n};", "FAISS_BOTH", "BinaryOperator in a constant"),
        Unsupporting("an enum value outside the range of int", "enum FaissLarge {\n    FAISS_HUGE = 0x80000000u\n};", "enum FaissLarge", "enum FaissLarge with a value outside the range of int"),
        Unsupporting("an inline body of two calls", "inline void faiss_both(FaissIndex* index) {\n    faiss_Index_reset(index);\n    faiss_Index_reset(index);\n}", "faiss_both", "the body of the inline function faiss_both"),
        Unsupporting("an inline body that returns", "inline int faiss_again(FaissIndex* index) {\n    return faiss_Index_reset(index);\n}", "faiss_again", "the body of the inline function faiss_again"),
        Unsupporting("an array parameter", "int faiss_norm(\n        int n,\n        const float x[4]);", "const float x[4]", "the array or function parameter x"),
        Unsupporting("a volatile pointer", "int faiss_watch(volatile int* x);", "faiss_watch", "the type 'int (volatile int *)'"),
        Unsupporting("a restricted pointer", "int faiss_add(\n        float* restrict x);", "faiss_add", "the type 'int (float *restrict)'"),
        Unsupporting("a block of assembler", "__asm__(\"nop\");", "__asm__", "FileScopeAsmDecl"),
        new("an index type of another size", "faiss_c.h", "typedef int64_t faiss_idx_t;", "typedef int faiss_idx_t;") { Error = new("typedef int faiss_idx_t", "faiss_idx_t is mapped to long, but declared as 'int'") },
    ];

    /// <summary>Gets the faults that <c>verify</c> reports; without any, it succeeds.</summary>
    public IReadOnlyList<Message> Faults { get; init; } = [];

    public IReadOnlyList<Message> Added { get; init; } = [];

    /// <summary>Gets the removals, with the lines of the original header.</summary>
    public IReadOnlyList<Message> Removed { get; init; } = [];

    public IReadOnlyList<Message> Changed { get; init; } = [];

    public IReadOnlyList<Message> Renamed { get; init; } = [];

    /// <summary>Gets the numbers of functions added, removed and changed.</summary>
    public (int Added, int Removed, int Changed) Counts { get; init; }

    public string Verdict { get; init; } = "";

    /// <summary>Gets the error of every command.</summary>
    public Message? Error { get; init; }

    /// <summary>Returns the changed header.</summary>
    public string Apply(string text)
    {
        Assert.Equal(2, text.Split(From).Length);
        return text.Replace(From, To, StringComparison.Ordinal);
    }

    private static Mutation Unsupporting(string name, string construct, string at, string description) =>
        new(name, "Index_c.h", Reset, $"{Reset}\n\n{construct}") { Error = new(at, "the second engine does not support " + description) };

    /// <summary>A message, located at the first occurrence of a text in the header.</summary>
    internal sealed record Message(string At, string Text)
    {
        public int Line(string header)
        {
            var place = header.IndexOf(At, StringComparison.Ordinal);
            Assert.True(place >= 0, $"'{At}' is not in the header");
            return header.AsSpan(0, place).Count('\n') + 1;
        }
    }
}
