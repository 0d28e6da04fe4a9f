// Functions that FaissSdk needs and FAISS's C API lacks. The libraries of scripts/build-native.sh contain them; the bindings ask at run
// time whether a library does.
#ifndef FAISS_SDK_H
#define FAISS_SDK_H

#include <stddef.h>
#include <stdint.h>

#include "IndexBinary_c.h"
#include "Index_c.h"
#include "VectorTransform_c.h"
#include "impl/AuxIndexStructures_c.h"

#ifdef __cplusplus
extern "C" {
#endif

// Returns what libfaiss_c.json contains: the versions of FAISS, BLAS, OpenMP and the compiler, and the SIMD level.
const char* faiss_sdk_description(void);

// Describes an index and all its parts, one line per part; a part follows the one that contains it. The fields of a line are separated
// by tabs:
//
//   depth     0 for the index itself, 1 for its parts and so on
//   role      what the part is to the one that contains it, such as quantizer, base, refine or shard
//   class     the C++ class
//   KEY=VALUE facts, such as d=8; a fact that the class does not have is left out
//
// At most `size` bytes are written to `text`, without a zero at the end. `length` receives the length of the whole text.
int faiss_sdk_index_parts(const FaissIndex* index, char* text, size_t size, size_t* length);

// Does the same for a binary index.
int faiss_sdk_binary_index_parts(const FaissIndexBinary* index, char* text, size_t size, size_t* length);

// Returns the number of candidates per neighbor that a refining index itself considers, regardless of its parts; 1 for other indexes.
float faiss_sdk_candidates_per_neighbor(const FaissIndex* index);

// Returns the number of candidates that a search of an HNSW graph itself keeps (FAISS: efSearch), regardless of its parts; 0 for other
// indexes.
int faiss_sdk_search_width(const FaissIndex* index);

// Does the same for a binary index.
int faiss_sdk_binary_search_width(const FaissIndexBinary* index);

// Prepares an NSG graph for `count` vectors (at least 4) to be added. `candidates` is how many of the nearest vectors are considered as
// links of each vector (FAISS: C). With fewer than half as many candidates as links, some links of a vector stay free; without a free link
// the construction never ends for vectors at equal distances. `count` decides how the nearest vectors are found.
int faiss_sdk_set_graph_construction(FaissIndex* index, int candidates, int64_t count);

// Copies the settings of searches that FAISS does not write to files, such as max_codes, from an index to one of the same class. Does not
// descend into parts.
int faiss_sdk_copy_settings(const FaissIndex* source, FaissIndex* target);

// Restores what FAISS does not read back: the number of norms of an additive quantizer, the decoder of fast-scan lists, and the table of
// distances between codes of an NSG graph. Also drops repeated links of such a graph and clears unused fast-scan codes, even if the index
// was not read. Does not descend into parts. Does nothing to an index that lacks nothing.
int faiss_sdk_complete_loaded_index(FaissIndex* index);

// Clears what removals and merges leave in the unused part of the last fast-scan block (of each list), because FAISS adds later codes to
// it by OR. Does not descend into parts; does nothing to other indexes.
int faiss_sdk_clear_unused_codes(FaissIndex* index);

// Compares how two indexes with inverted lists encode vectors, apart from their centroids. `same` receives 1 if each decodes the
// codes of the other as its own, otherwise 0.
int faiss_sdk_same_encoder(const FaissIndex* first, const FaissIndex* second, int* same);

// Rebuilds the table from ids to positions of a binary ID map.
int faiss_sdk_binary_id_map_rebuild(FaissIndexBinary* map);

// Reconstructs the vectors of `count` ids, all or none. `absent` receives the position of the first id that the index cannot look up
// or that is negative, otherwise -1. Inverted lists need a direct map.
int faiss_sdk_reconstruct(const FaissIndex* index, int64_t count, const int64_t* ids, float* vectors, int64_t* absent);

// Searches, and reconstructs each vector that is found; the components of those that are missing (id -1) are NaN. Inverted lists and
// ID maps need no table to find vectors by id. `distances` and `ids` are count × k, `vectors` is count × k × d.
int faiss_sdk_search_and_reconstruct(const FaissIndex* index, int64_t count, const float* queries, int64_t k, float* distances, int64_t* ids, float* vectors);

// Computes the size of the file of an index without writing it.
int faiss_sdk_index_size(const FaissIndex* index, size_t* bytes);

// Does the same for a binary index.
int faiss_sdk_binary_index_size(const FaissIndexBinary* index, size_t* bytes);

// Looks for numbers of an index and its parts that contradict each other, such as links to absent vectors, because FAISS reads some
// damaged files, and using such an index ends the process. Takes about as long as reading all ids and links once; vectors and codes
// are not read.
//
// At most `size` bytes of a sentence about the first fault are written to `fault`, without a zero at the end. `length` receives the
// length of the whole sentence, 0 if there is no fault.
int faiss_sdk_check_index(const FaissIndex* index, char* fault, size_t size, size_t* length);

// Does the same for a binary index.
int faiss_sdk_check_binary_index(const FaissIndexBinary* index, char* fault, size_t size, size_t* length);

// Does the same for a transform.
int faiss_sdk_check_transform(const FaissVectorTransform* transform, char* fault, size_t size, size_t* length);

// Reads an index file (a binary index if `binary` is nonzero) in a child process, and there searches, reconstructs, writes and changes
// the index. The child may use `memory` bytes more than this process (0: no limit; only Linux enforces it) and `milliseconds` of time.
// Not for Windows.
//
// Writes a sentence about what went wrong as faiss_sdk_check_index does.
int faiss_sdk_try_file(const char* path, int io_flags, int binary, size_t memory, int milliseconds, char* fault, size_t size, size_t* length);

// Opens a stream of the C library that FAISS uses, which on Windows may differ from that of the program. `path` and `mode` are UTF-8.
// Returns 0 or the number of an error (errno).
int faiss_sdk_open_file(const char* path, const char* mode, void** file);

// Closes such a stream. Returns 0 or the number of an error (errno), such as that of the last write.
int faiss_sdk_close_file(void* file);

// Returns the position of such a stream, -1 on failure.
int64_t faiss_sdk_file_position(void* file);

// Writes the first `size` bytes of a file of the index to `bytes`, and returns how many there are; 0 if FAISS cannot write the index.
size_t faiss_sdk_index_beginning(const FaissIndex* index, char* bytes, size_t size);

// Does the same for a binary index.
size_t faiss_sdk_binary_index_beginning(const FaissIndexBinary* index, char* bytes, size_t size);

// Reads a transform from a stream of faiss_sdk_open_file.
int faiss_sdk_read_transform(void* file, FaissVectorTransform** transform);

// Trains an index on `n` vectors. If another thread sets `stop` to a nonzero number, the call fails soon after that, between two steps of
// FAISS. An index that was stopped may hold a part of the centroids.
int faiss_sdk_train(FaissIndex* index, int64_t n, const float* x, const int* stop);

// Receives a line that FAISS prints, without its end and without a zero, on the thread that prints it. `is_warning` is not 0 for what
// FAISS prints to stderr or begins with WARN. Returns 0 if nobody takes the line.
typedef int (*FaissSdkPrintHandler)(int is_warning, const char* text, size_t length);

// Adds a handler. FAISS prints nothing to stdout and stderr itself, except for the reason why it aborts: without a handler that takes
// them, lines are dropped. Returns 1, or 0 if there are 16 handlers already.
int faiss_sdk_add_print_handler(FaissSdkPrintHandler handler);

// Removes a handler. Another thread may still be calling it.
void faiss_sdk_remove_print_handler(FaissSdkPrintHandler handler);

// Returns the number of warnings that were dropped.
int64_t faiss_sdk_dropped_warnings(void);

// The kinds of index that search parameters are for. ANY stands for every kind, PRODUCT_LISTS and RABITQ_LISTS for inverted lists of such
// codes.
#define FAISS_SDK_SEARCH_ANY 0
#define FAISS_SDK_SEARCH_LISTS 1
#define FAISS_SDK_SEARCH_GRAPH 2
#define FAISS_SDK_SEARCH_PRODUCT 3
#define FAISS_SDK_SEARCH_PRODUCT_LISTS 4
#define FAISS_SDK_SEARCH_RABITQ 5
#define FAISS_SDK_SEARCH_RABITQ_LISTS 6
#define FAISS_SDK_SEARCH_REFINED 7

// The parameters of a search. Only the members of the kind are read; for the others the settings of the index apply.
typedef struct FaissSdkSearchOptions {
    // The ids to search among, all if null.
    const FaissIDSelector* selector;

    // One of FAISS_SDK_SEARCH_….
    int kind;

    // For inverted lists: the number of lists to visit, 0 for that of the index.
    size_t nprobe;

    // For inverted lists: the number of codes after which a search stops, 0 for all.
    size_t max_codes;

    // For inverted lists: the number of lists after which a fast-scan search stops, 0 for all. Ignored by FAISS < 1.14.2.
    size_t max_lists;

    // For inverted lists: a range search stops after this many consecutive lists without a result, 0 for never. Ignored by
    // FAISS < 1.14.2.
    size_t max_empty_lists;

    // For inverted lists: whether a search ignores its limits until it has compared k vectors. Ignored by FAISS < 1.14.2.
    int ensure_full;

    // For graphs: the number of candidates to keep (FAISS: efSearch), 0 for that of the index.
    int width;

    // For graphs: whether a search stops once no candidate is nearer than the neighbors found.
    int check_relative_distance;

    // For graphs: whether the number of candidates is bounded. FAISS < 1.8.0 takes this from the graph instead.
    int bounded_queue;

    // For product quantizers and lists of them: the Hamming distance from the code of the query below which a code is compared (FAISS:
    // polysemous_ht), 0 for the setting of the index.
    int polysemous_threshold;

    // For RaBitQ codes and lists of them: the bits of a component of the query, 0 for floats, −1 for the setting of the index.
    int query_bits;

    // For RaBitQ codes and lists of them: whether the query is quantized symmetrically, −1 for the setting of the index.
    int centered;

    // For indexes that refine: the number of candidates per neighbor, 0 for that of the index.
    float k_factor;

    // The parameters for searching the quantizer (inverted lists) or the base (refining indexes); null to use their own settings. The
    // selector among these parameters is ignored.
    const struct FaissSdkSearchOptions* inner;
} FaissSdkSearchOptions;

// Finds the k nearest of the selected vectors for each of `n` queries. ID maps and shards with successive ids translate the
// selector, refining indexes search their base by it. `distances` and `ids` receive n × k numbers, id -1 where there is no vector.
//
// Fails with a text that begins with "no search by a selector" or "no search by parameters" if the FAISS version has none for the kind
// of the index or a part, and with "parameters that do not fit" if the kind has no such parameters in any version.
int faiss_sdk_search(
        const FaissIndex* index,
        int64_t n,
        const float* x,
        int64_t k,
        const FaissSdkSearchOptions* options,
        float* distances,
        int64_t* ids);

// Finds all selected vectors within a radius of each of `n` queries. Fails as faiss_sdk_search does.
int faiss_sdk_range_search(
        const FaissIndex* index,
        int64_t n,
        const float* x,
        float radius,
        const FaissSdkSearchOptions* options,
        FaissRangeSearchResult* result);

// Creates a selector of the ids that another one does not contain. The inner selector must outlive the new one, which
// faiss_IDSelector_free frees.
int faiss_sdk_selector_not(FaissIDSelector** selector, const FaissIDSelector* inner);

// Creates a selector of the ids that both of two others contain; the inner selectors must outlive the new one.
int faiss_sdk_selector_and(FaissIDSelector** selector, const FaissIDSelector* left, const FaissIDSelector* right);

// Creates a selector of the ids that at least one of two others contains; the inner selectors must outlive the new one.
int faiss_sdk_selector_or(FaissIDSelector** selector, const FaissIDSelector* left, const FaissIDSelector* right);

// Creates a selector of the ids that exactly one of two others contains; the inner selectors must outlive the new one.
int faiss_sdk_selector_xor(FaissIDSelector** selector, const FaissIDSelector* left, const FaissIDSelector* right);

// Creates a selector of the ids whose bit is set: bit id % 8 of byte id / 8. The bits must outlive the selector.
int faiss_sdk_selector_bitmap(FaissIDSelector** selector, const uint8_t* bits, size_t size);

// Creates a selector of the ids for which a function returns nonzero. It receives `state`, is called by several threads at once, and must
// not throw.
int faiss_sdk_selector_callback(FaissIDSelector** selector, int (*contains)(void* state, int64_t id), void* state);

// ---- The inside of indexes and transforms

// The links of an HNSW graph. The memory is that of the index, and valid until it changes.
typedef struct FaissSdkGraph {
    // The number of vectors.
    int64_t count;

    // The vector that searches begin with, -1 if there is none.
    int32_t entry;

    // The number of levels of each vector.
    const int32_t* levels;

    // The offset in `neighbors` of each vector's first link (count + 1 numbers).
    const size_t* offsets;

    // The vectors linked to, -1 for none: for each vector those of level 0, of level 1 and so on.
    const int32_t* neighbors;

    // The offset of each level's first link among the links of a vector (level_count numbers, one more than there are levels).
    const int32_t* level_starts;
    size_t level_count;
} FaissSdkGraph;

// Shows the links of an HNSW graph.
int faiss_sdk_graph(const FaissIndex* index, FaissSdkGraph* graph);

// Does the same for a binary graph.
int faiss_sdk_binary_graph(const FaissIndexBinary* index, FaissSdkGraph* graph);

// An inverted list. The memory is that of the index, and valid until it changes.
typedef struct FaissSdkList {
    // The number of vectors.
    size_t size;

    // The number of bytes of a code.
    size_t code_size;

    // The ids; null if the lists put the codes of several vectors side by side.
    const int64_t* ids;

    // The codes (size × code_size); null with `ids`.
    const uint8_t* codes;
} FaissSdkList;

// Shows an inverted list.
int faiss_sdk_list(const FaissIndex* index, size_t list, FaissSdkList* shown);

// Does the same for a binary index.
int faiss_sdk_binary_list(const FaissIndexBinary* index, size_t list, FaissSdkList* shown);

// The matrix and the bias of a linear transform. The memory is that of the transform, and valid until it changes.
typedef struct FaissSdkMatrix {
    // The components of the matrix (d_out × d_in).
    const float* values;

    // Their number, 0 before training.
    size_t size;

    // The bias (d_out).
    const float* bias;

    // The number of its components, 0 if none is added.
    size_t bias_size;
} FaissSdkMatrix;

// Shows the matrix of a linear transform.
int faiss_sdk_transform_matrix(const FaissVectorTransform* transform, FaissSdkMatrix* matrix);

// Sets the matrix (d_out × d_in) and the bias (d_out, or null for none) of a linear transform, and marks it as trained.
int faiss_sdk_set_matrix(FaissVectorTransform* transform, const float* matrix, const float* bias);

// The centroids of a product quantizer. The memory is that of the index, and valid until it changes.
typedef struct FaissSdkCodebook {
    // The number of subspaces.
    size_t subspaces;

    // The number of bits of the code in a subspace.
    size_t bits;

    // The dimension of a subspace.
    size_t dimension;

    // The centroids (subspaces × 2^bits × dimension).
    const float* centroids;

    // The number of components of all centroids.
    size_t size;
} FaissSdkCodebook;

// Shows the centroids of the product quantizer of an index.
int faiss_sdk_product_quantizer(const FaissIndex* index, FaissSdkCodebook* codebook);

// Sets the centroids of the product quantizer of an index without vectors, and marks the index as trained. Inverted lists need a trained
// quantizer.
int faiss_sdk_set_codebook(FaissIndex* index, const float* centroids);

// ---- Vectors by their ids

// Creates the table from ids to entries of inverted lists (FAISS: direct map): 0 for none, 1 for an array, which needs ids from 0 on
// without gaps, 2 for a hash table. `repeated` receives an id that occurs twice, with which no hash table is created, or -1.
//
// Fails with a text that begins with "no such lists" for lists of which single entries cannot be replaced.
int faiss_sdk_make_direct_map(FaissIndex* index, int type, int64_t* repeated);

// Adds vectors, and keeps the hash tables of inverted lists up to date, at any depth. `ids` may be null. `taken` receives the position of
// the first id that a hash table holds already, or that is given twice, in which case nothing is added; otherwise -1.
int faiss_sdk_add(FaissIndex* index, int64_t n, const float* x, const int64_t* ids, int64_t* taken);

// Removes vectors by any selector, also from inverted lists with a hash table, for which FAISS accepts only one class of selector.
int faiss_sdk_remove_ids(FaissIndex* index, const FaissIDSelector* selector, size_t* removed);

// Replaces the vectors of `n` different ids, all or none; inverted lists need a direct map. `absent` receives the position of the first
// id that is absent, otherwise -1. Fails as faiss_sdk_make_direct_map does.
int faiss_sdk_update(FaissIndex* index, int64_t n, const int64_t* ids, const float* x, int64_t* absent);

// Searches, and returns the code of each vector that is found as faiss_Index_sa_encode writes it; bytes of 255 where no vector is found
// (id -1). `codes` is count × k × code size. For inverted lists and flat codes, also within transforms and ID maps.
int faiss_sdk_search_and_get_codes(const FaissIndex* index, int64_t count, const float* queries, int64_t k, float* distances, int64_t* ids, uint8_t* codes);

// ---- Kinds of indexes that the C API does not construct, and settings that it neither reads nor sets

// The links of each vector of a graph: M of HNSW, R of NSG. Cannot be set.
#define FAISS_SDK_SETTING_LINKS 0

// The candidates that an HNSW graph considers when a vector is added (FAISS: efConstruction).
#define FAISS_SDK_SETTING_CONSTRUCTION_WIDTH 1

// The candidates that a search of a graph considers: efSearch of HNSW, search_L of NSG.
#define FAISS_SDK_SETTING_SEARCH_WIDTH 2

// The subquantizers of a product quantizer or the steps of a residual quantizer (FAISS: M). Cannot be set.
#define FAISS_SDK_SETTING_SUBQUANTIZERS 3

// The bits of the code of a subquantizer, of the first step of a residual quantizer, or of a component by RaBitQ. Cannot be set.
#define FAISS_SDK_SETTING_CODE_BITS 4

// Whether the training of a product quantizer orders its centroids so that codes can be compared by Hamming distance.
#define FAISS_SDK_SETTING_POLYSEMOUS_TRAINING 5

// The bits of a component of a query by RaBitQ, 0 for floats (FAISS: qb).
#define FAISS_SDK_SETTING_QUERY_BITS 6

// The codes that a residual quantizer keeps at each step of encoding (FAISS: max_beam_size).
#define FAISS_SDK_SETTING_BEAM_SIZE 7

// The candidates that a refining index considers for each neighbor (FAISS: k_factor).
#define FAISS_SDK_SETTING_FACTOR 8

// Whether a refining index frees the index that it searches first (FAISS: own_fields).
#define FAISS_SDK_SETTING_OWNS_BASE 9

// Whether a refining index frees the index whose distances it uses (FAISS: own_refine_index).
#define FAISS_SDK_SETTING_OWNS_REFINEMENT 10

// The exponent of the metric Lp (FAISS: metric_arg).
#define FAISS_SDK_SETTING_METRIC_ARGUMENT 11

// Reads a number of the index itself, not of its parts. Fails if the class of the index has no such number.
int faiss_sdk_setting(const FaissIndex* index, int setting, double* value);

// Sets a number of the index itself, not of its parts. Fails if the class of the index has no such number, or it cannot be set.
int faiss_sdk_set_setting(FaissIndex* index, int setting, double value);

// Creates inverted lists of product codes. The quantizer belongs to the caller (faiss_IndexIVF_set_own_fields transfers it), as in the
// functions below.
int faiss_sdk_ivf_pq_new(
        FaissIndex** index,
        FaissIndex* quantizer,
        size_t lists,
        size_t subquantizers,
        size_t bits,
        FaissMetricType metric,
        int by_residual,
        int polysemous);

// Creates inverted lists of product codes of 4 bits for fast scans.
int faiss_sdk_ivf_pq_fast_scan_new(
        FaissIndex** index,
        FaissIndex* quantizer,
        size_t lists,
        size_t subquantizers,
        FaissMetricType metric,
        int by_residual);

// Creates inverted lists of RaBitQ codes. Fails with FAISS < 1.11.0. More than one bit per component needs FAISS 1.13.1.
int faiss_sdk_ivf_rabitq_new(FaissIndex** index, FaissIndex* quantizer, size_t lists, FaissMetricType metric, int bits);

// Creates an index that searches `base` for candidates and chooses among them by the distances of `refine`. Both must be empty and agree
// in dimension and metric; they stay the caller's.
int faiss_sdk_refine_new(FaissIndex** index, FaissIndex* base, FaissIndex* refine);

// ---- Indexes that are larger than the memory

// Finds the inverted list of each vector and the code by which an addition would store it there, after the transforms of the index are
// applied. `lists` receives n numbers, -1 where the quantizer finds no list, and `codes` n codes of the size that the lists store.
int faiss_sdk_encode_for_lists(const FaissIndex* index, int64_t n, const float* x, int64_t* lists, uint8_t* codes);

// Replaces the inverted lists of an index by lists in a file, which this call neither opens nor writes. The file contains the codes and
// then the ids (int64_t) of each list, without gaps. The index can be written afterwards; it must not be searched. Not for Windows.
int faiss_sdk_put_lists_on_disk(FaissIndex* index, const int64_t* sizes, const char* file_name);

// ---- Merging, encoded vectors and reserved memory

// Compares how two indexes encode vectors. Writes the first difference as the predicate of a sentence whose subject is `source`, in the
// way of faiss_sdk_check_index; `length` receives 0 if each decodes the codes of the other as its own.
int faiss_sdk_merge_fault(const FaissIndex* target, const FaissIndex* source, char* fault, size_t size, size_t* length);

// Does the same for binary indexes.
int faiss_sdk_binary_merge_fault(const FaissIndexBinary* target, const FaissIndexBinary* source, char* fault, size_t size, size_t* length);

// Moves the vectors of an index to an index that encodes in the same way (faiss_sdk_merge_fault), and adds `add_id` to the ids that they
// keep; `source` is empty then. Vectors that are numbered by position follow those of `target`.
int faiss_sdk_merge(FaissIndex* target, FaissIndex* source, int64_t add_id);

// Does the same for binary indexes.
int faiss_sdk_binary_merge(FaissIndexBinary* target, FaissIndexBinary* source, int64_t add_id);

// Adds `n` codes as faiss_Index_sa_encode writes them. With `ids` null the vectors are numbered from the count on (not for ID maps). The
// list number at the beginning of a code for inverted lists must exist.
int faiss_sdk_add_codes(FaissIndex* index, int64_t n, const uint8_t* codes, const int64_t* ids);

// Reserves the memory that an index and its parts need for a number of vectors in all, so that additions do not move those that are there.
// Inverted lists and shards grow as before, because the number of vectors of each is not known in advance.
int faiss_sdk_reserve(FaissIndex* index, int64_t vectors);

// Does the same for a binary index.
int faiss_sdk_binary_reserve(FaissIndexBinary* index, int64_t vectors);

// Copies a flat index, a scalar quantizer, or an HNSW graph of one of these, and reserves the memory for a number of vectors in all,
// without taking twice as much for a moment. `copy` receives null for other kinds.
int faiss_sdk_clone_with_capacity(const FaissIndex* index, int64_t vectors, FaissIndex** copy);

// Frees the memory that an index and its parts have reserved for more vectors. That takes as much memory for a moment as the largest array.
int faiss_sdk_trim(FaissIndex* index);

// Does the same for a binary index.
int faiss_sdk_binary_trim(FaissIndexBinary* index);

// ---- Clustering that is not in FAISS's C API

// Trains `k` centroids by FAISS's SuperKMeans on all n points for `iterations` iterations, starting from k points that `seed` draws. Cannot
// be stopped. `centroids` receives k vectors; `objectives`, `seconds` and `splits` a number of each iteration. Needs 32 components.
// Fails with FAISS < 1.15.0.
int faiss_sdk_super_kmeans(
        int d,
        int k,
        int iterations,
        int64_t seed,
        int64_t n,
        const float* x,
        float* centroids,
        float* objectives,
        double* seconds,
        int* splits);

#ifdef __cplusplus
}
#endif

#endif
