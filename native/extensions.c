/* Calls every function of extensions/faiss_sdk.h with good and bad input. scripts/check-extensions.sh runs it with sanitizers and
   under valgrind, and sees to it that no function is left out. */
#include "faiss_sdk.h"

#include "AutoTune_c.h"
#include "IndexShards_c.h"
#include "clone_index_c.h"
#include "error_c.h"
#include "index_factory_c.h"
#include "index_io_c.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { D = 8, N = 600, QUERIES = 5, K = 4, BITS = 64, LISTS = 4 };

static float x[N * D], distances[QUERIES * K], vectors[QUERIES * K * D];
static uint8_t bits[N * BITS / 8];
static int64_t ids[N], found[QUERIES * K];
static char text[1 << 14];
static int faults;

static void expect(int holds, const char *what) {
    if (!holds) printf("FAULT  %s\n", what);
    faults += !holds;
}

static void succeeds(int code, const char *what) {
    if (code != 0) printf("FAULT  %s: %s\n", what, faiss_get_last_error());
    faults += code != 0;
}

static void fails(int code, const char *what) {
    expect(code != 0 && faiss_get_last_error() != NULL && faiss_get_last_error()[0] != '\0', what);
}

static FaissIndex *made(const char *description) {
    FaissIndex *index = NULL;
    succeeds(faiss_index_factory(&index, D, description, METRIC_L2), description);
    if (index == NULL) exit(1);
    return index;
}

static FaissIndex *filled(const char *description) {
    FaissIndex *index = made(description);
    succeeds(faiss_Index_train(index, N, x), description);
    succeeds(faiss_Index_add(index, N, x), description);
    return index;
}

/* Newer FAISS versions only. */
int faiss_index_binary_factory(FaissIndexBinary **index, int d, const char *description) __attribute__((weak));

static void put(FILE *file, const void *bytes, size_t size) { expect(fwrite(bytes, 1, size, file) == size, "a file is written"); }
static void put_size(FILE *file, uint64_t size) { put(file, &size, sizeof size); }

static void put_binary_header(FILE *file, const char *code, int64_t count) {
    const int numbers[] = { BITS, BITS / 8 }, metric = METRIC_L2;
    put(file, code, 4);
    put(file, numbers, sizeof numbers);
    put(file, &count, sizeof count);
    put(file, "\1", 1);
    put(file, &metric, sizeof metric);
}

static void put_binary_flat(FILE *file, int64_t count) {
    put_binary_header(file, "IBxF", count);
    put_size(file, (uint64_t)count * BITS / 8);
    put(file, bits, (size_t)count * BITS / 8);
}

/* The C API of the oldest version creates no binary indexes, so their files are written. Vector i is in list i / (N / LISTS). */
static FaissIndexBinary *filled_binary(const char *description) {
    FaissIndexBinary *index = NULL;
    FILE *file = fopen("made.faiss", "wb");
    if (file == NULL) exit(2);
    if (strcmp(description, "BIVF4") == 0) {
        put_binary_header(file, "IBwF", N);
        put_size(file, LISTS);
        put_size(file, 1);
        put_binary_flat(file, LISTS);
        put(file, "", 1);
        put_size(file, 0);
        put(file, "ilar", 4);
        put_size(file, LISTS);
        put_size(file, BITS / 8);
        put(file, "full", 4);
        put_size(file, LISTS);
        for (int list = 0; list < LISTS; list++) put_size(file, N / LISTS);
        for (int list = 0; list < LISTS; list++) {
            put(file, bits + list * (N / LISTS) * (BITS / 8), N / LISTS * (BITS / 8));
            for (int64_t i = 0; i < N / LISTS; i++) put_size(file, (uint64_t)(list * (N / LISTS) + i));
        }
    } else if (strcmp(description, "IDMap2,BFlat") == 0) {
        put_binary_header(file, "IBM2", N);
        put_binary_flat(file, N);
        put_size(file, N);
        put(file, ids, sizeof ids);
    } else {
        put_binary_flat(file, N);
    }
    fclose(file);
    succeeds(faiss_read_index_binary_fname("made.faiss", 0, &index), description);
    if (index == NULL) exit(1);
    return index;
}

/* ---- what an index is */

static void describe(void) {
    FaissIndex *index = filled("PCA4,IVF4,SQ8"), *flat = filled("Flat");
    FaissIndexBinary *binary = filled_binary("BIVF4");
    size_t length = 0, whole = 0, bytes = 0;
    expect(strstr(faiss_sdk_description(), "\"faissVersion\"") != NULL, "the description names the version");

    succeeds(faiss_sdk_index_parts(index, NULL, 0, &whole), "parts, without room");
    succeeds(faiss_sdk_index_parts(index, text, 5, &length), "parts, with little room");
    expect(length == whole && memcmp(text, "0\t", 2) == 0, "the length of the parts is that of the whole");
    succeeds(faiss_sdk_index_parts(index, text, sizeof text, &length), "parts");
    text[length] = '\0';
    expect(strstr(text, "IndexPreTransform") && strstr(text, "IndexIVFScalarQuantizer") && strstr(text, "quantizer"), "the parts are named");
    succeeds(faiss_sdk_binary_index_parts(binary, NULL, 0, &whole), "parts of a binary index, without room");
    succeeds(faiss_sdk_binary_index_parts(binary, text, sizeof text, &length), "parts of a binary index");
    expect(length == whole, "the length of the binary parts is that of the whole");

    succeeds(faiss_sdk_index_size(index, &bytes), "size");
    expect(bytes > N * 4, "the size counts the codes");
    char *beginning = malloc(bytes + 1);
    expect(faiss_sdk_index_beginning(index, beginning, 0) == 0, "no beginning");
    expect(faiss_sdk_index_beginning(index, beginning, 7) == 7, "a short beginning");
    expect(faiss_sdk_index_beginning(index, beginning, bytes + 1) == bytes, "the whole file as its beginning");
    free(beginning);
    succeeds(faiss_sdk_binary_index_size(binary, &bytes), "size of a binary index");
    beginning = malloc(bytes);
    expect(faiss_sdk_binary_index_beginning(binary, beginning, bytes) == bytes, "the whole binary file as its beginning");
    expect(memcmp(beginning, "IBwF", 4) == 0, "a binary file begins with its kind");
    free(beginning);
    faiss_IndexBinary_free(binary);

    FaissIndex *refined = filled("PQ4x4np,RFlat"), *graph = filled("HNSW8,Flat");
    FaissParameterSpace *space = NULL;
    succeeds(faiss_ParameterSpace_new(&space), "a parameter space");
    succeeds(faiss_ParameterSpace_set_index_parameter(space, refined, "k_factor_rf", 3), "k_factor");
    faiss_ParameterSpace_free(space);
    expect(faiss_sdk_candidates_per_neighbor(refined) == 3 && faiss_sdk_candidates_per_neighbor(flat) == 1, "candidates per neighbor");
    expect(faiss_sdk_search_width(graph) > 0 && faiss_sdk_search_width(flat) == 0, "the width of a search");
    if (faiss_index_binary_factory) {
        succeeds(faiss_index_binary_factory(&binary, BITS, "BHNSW8"), "a binary graph");
        expect(faiss_sdk_binary_search_width(binary) > 0, "the width of a binary search");
        faiss_IndexBinary_free(binary);
    }
    binary = filled_binary("BFlat");
    expect(faiss_sdk_binary_search_width(binary) == 0, "no width of a flat search");
    fails(faiss_sdk_binary_id_map_rebuild(binary), "a flat index has no table of ids");
    faiss_IndexBinary_free(binary);
    binary = filled_binary("IDMap2,BFlat");
    succeeds(faiss_sdk_binary_id_map_rebuild(binary), "the table of a binary ID map");
    faiss_IndexBinary_free(binary);
    faiss_Index_free(graph);
    faiss_Index_free(refined);
    faiss_Index_free(flat);
    faiss_Index_free(index);
}

/* ---- changes */

static void change(void) {
    FaissIndex *first = filled("IVF4,SQ8"), *second = NULL, *other = filled("IVF4,Flat"), *flat = filled("Flat");
    int same = -1;
    succeeds(faiss_clone_index(first, &second), "a clone");
    succeeds(faiss_sdk_same_encoder(first, second, &same), "encoders of a clone");
    expect(same == 1, "a clone encodes in the same way");
    succeeds(faiss_sdk_same_encoder(first, other, &same), "encoders of two kinds");
    expect(same == 0, "two kinds encode differently");
    fails(faiss_sdk_same_encoder(first, flat, &same), "a flat index has no encoder of lists");
    succeeds(faiss_sdk_copy_settings(first, second), "settings of a clone");
    succeeds(faiss_sdk_copy_settings(first, flat), "settings of another class");
    faiss_Index_free(second);

    FaissIndex *graph = made("NSG8,Flat");
    succeeds(faiss_sdk_set_graph_construction(graph, 8, N), "the construction of a graph");
    succeeds(faiss_Index_add(graph, N, x), "a graph");
    succeeds(faiss_sdk_complete_loaded_index(graph), "a whole graph");
    fails(faiss_sdk_set_graph_construction(flat, 8, N), "a flat index is no graph");
    faiss_Index_free(graph);

    /* Kinds of which FAISS leaves something out when it reads them. */
    const char *kinds[] = { "IVF4,PQ4x4fs", "RQ2x4", "IVF4,RQ2x4_Nrq2x4", "NSG8,Flat", "Flat" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        FaissIndex *written = filled(kinds[i]), *read = NULL;
        succeeds(faiss_write_index_fname(written, "complete.faiss"), kinds[i]);
        succeeds(faiss_read_index_fname("complete.faiss", 0, &read), kinds[i]);
        succeeds(faiss_sdk_complete_loaded_index(read), kinds[i]);
        succeeds(faiss_Index_search(read, QUERIES, x, K, distances, found), kinds[i]);
        faiss_Index_free(read);
        faiss_Index_free(written);
    }

    int stop = 0;
    FaissIndex *trained = made("IVF4,Flat");
    succeeds(faiss_sdk_train(trained, N, x, &stop), "training");
    faiss_Index_free(trained);
    trained = made("IVF4,Flat");
    stop = 1;
    fails(faiss_sdk_train(trained, N, x, &stop), "training that is stopped");
    stop = 0;
    succeeds(faiss_sdk_train(trained, N, x, &stop), "training after a stop");
    faiss_Index_free(trained);
    trained = made("IVF4,Flat");
    fails(faiss_sdk_train(trained, 1, x, &stop), "training on fewer vectors than lists");
    faiss_Index_free(trained);
    faiss_Index_free(flat);
    faiss_Index_free(other);
    faiss_Index_free(first);
}

/* ---- vectors back */

static void reconstruct(void) {
    FaissIndex *flat = filled("Flat"), *lists = filled("PCA4,IVF4,Flat"), *shards = NULL;
    const int64_t asked[] = { 7, 0, N - 1 }, absent_ids[] = { 3, N, 5 }, negative[] = { -1 };
    int64_t absent = 0;
    succeeds(faiss_sdk_reconstruct(flat, 3, asked, vectors, &absent), "vectors of a flat index");
    expect(absent == -1 && memcmp(vectors, x + 7 * D, D * sizeof *x) == 0, "they are those that were added");
    succeeds(faiss_sdk_reconstruct(flat, 3, absent_ids, vectors, &absent), "an absent id");
    expect(absent == 1, "the absent id is named");
    succeeds(faiss_sdk_reconstruct(flat, 1, negative, vectors, &absent), "a negative id");
    expect(absent == 0, "the negative id is named");
    succeeds(faiss_sdk_reconstruct(flat, 0, NULL, NULL, &absent), "no id");
    fails(faiss_sdk_reconstruct(lists, 1, asked, vectors, &absent), "inverted lists without a direct map");

    succeeds(faiss_sdk_search_and_reconstruct(lists, QUERIES, x, K, distances, found, vectors), "search and reconstruct");
    expect(found[0] >= 0 && !isnan(vectors[0]), "a neighbor comes with its vector");
    const float far[D] = { 1e6f };
    FaissIndex *few = made("IDMap,Flat");
    succeeds(faiss_Index_add_with_ids(few, 1, x, ids + 9), "one vector");
    succeeds(faiss_sdk_search_and_reconstruct(few, 1, far, K, distances, found, vectors), "search and reconstruct among one vector");
    expect(found[0] == ids[9] && found[1] == -1 && isnan(vectors[D]), "a missing neighbor has no vector");
    faiss_Index_free(few);

    succeeds(faiss_IndexShards_new((FaissIndexShards **)&shards, D), "shards");
    succeeds(faiss_IndexShards_add_shard((FaissIndexShards *)shards, flat), "a shard");
    fails(faiss_sdk_search_and_reconstruct(shards, 1, x, 1, distances, found, vectors), "shards reconstruct nothing");
    fails(faiss_sdk_reconstruct(shards, 1, asked, vectors, &absent), "shards reconstruct no ids");
    faiss_Index_free(shards);
    faiss_Index_free(lists);
    faiss_Index_free(flat);
}

/* ---- vectors by their ids */

static void by_id(void) {
    FaissIndex *lists = made("PCA4,IVF4,Flat"), *flat = filled("Flat"), *packed = filled("IVF4,PQ4x4fs"), *inner = made("IVF4,Flat");
    const int64_t own[] = { 1000, 2000, 3000 }, twice[] = { 4000, 4000 }, some[] = { 3000, 2001 }, both[] = { 2000, 1000 };
    int64_t position = 0, repeated = 0;
    size_t removed = 0;
    FaissIDSelectorRange *range = NULL;
    static uint8_t codes[QUERIES * K * (1 + D * sizeof(float))];
    fails(faiss_sdk_make_direct_map(flat, 2, &repeated), "a hash table of a flat index");
    fails(faiss_sdk_make_direct_map(packed, 2, &repeated), "a hash table of fast-scan lists");
    fails(faiss_sdk_update(packed, 1, own, x, &position), "replacing in fast-scan lists");
    succeeds(faiss_Index_train(lists, N, x), "training");
    succeeds(faiss_Index_train(inner, N, x), "training");
    succeeds(faiss_sdk_make_direct_map(inner, 2, &repeated), "a hash table");
    succeeds(faiss_sdk_add(inner, 3, x, own, &position), "vectors with ids");
    expect(repeated == -1 && position == -1, "all ids are new");
    succeeds(faiss_sdk_add(inner, 2, x, twice, &position), "an id twice");
    expect(position == 1 && faiss_Index_ntotal(inner) == 3, "the id is named, and nothing is added");
    succeeds(faiss_sdk_add(inner, 2, x, NULL, &position), "vectors without ids");
    succeeds(faiss_sdk_update(inner, 2, some, x, &position), "an absent id");
    expect(position == 1, "the absent id is named");
    succeeds(faiss_sdk_update(inner, 2, both, x + D, &position), "replacing");
    succeeds(faiss_Index_reconstruct(inner, 2000, vectors), "a replaced vector");
    expect(memcmp(vectors, x + D, D * sizeof *x) == 0, "it is the new one");
    succeeds(faiss_sdk_search_and_get_codes(inner, QUERIES, x, K, distances, found, codes), "codes of a search");
    expect(found[0] < 0 ? codes[0] == 255 : codes[0] < 4, "a code begins with its list");
    fails(faiss_sdk_search_and_get_codes(packed, 1, x, 0, distances, found, codes), "no neighbors");
    succeeds(faiss_IDSelectorRange_new(&range, 2000, 3001), "a selector");
    succeeds(faiss_sdk_remove_ids(inner, (FaissIDSelector *)range, &removed), "removing by a range");
    expect(removed == 2 && faiss_Index_ntotal(inner) == 3, "two are removed");
    succeeds(faiss_sdk_make_direct_map(inner, 0, &repeated), "no table");
    fails(faiss_sdk_update(inner, 1, own, x, &position), "replacing without a table");
    succeeds(faiss_sdk_add(inner, 1, x, own, &position), "the same id again");
    succeeds(faiss_sdk_make_direct_map(inner, 2, &repeated), "a hash table of equal ids");
    expect(repeated == 1000, "the id that is there twice is named");
    succeeds(faiss_sdk_add(lists, 3, x, NULL, &position), "no table at all");
    succeeds(faiss_sdk_remove_ids(lists, (FaissIDSelector *)range, &removed), "removing nothing");
    faiss_IDSelector_free((FaissIDSelector *)range);
    faiss_Index_free(inner);
    faiss_Index_free(packed);
    faiss_Index_free(flat);
    faiss_Index_free(lists);
}

/* ---- files */

static void damage(const char *path, long position, int byte) {
    FILE *file = fopen(path, "r+b");
    expect(file != NULL && fseek(file, position, SEEK_SET) == 0 && fputc(byte, file) == byte, "a damaged file");
    if (file) fclose(file);
}

static void read_files(void) {
    size_t length = 0, bytes = 0;
    FaissIndex *graph = filled("HNSW8,Flat"), *lists = filled("IVF4,SQ8");
    FaissIndexBinary *binary = filled_binary("BIVF4");
    FaissVectorTransform *transform = NULL;
    succeeds(faiss_sdk_check_index(graph, text, sizeof text, &length), "a check");
    expect(length == 0, "a whole graph has no fault");
    succeeds(faiss_sdk_check_index(lists, NULL, 0, &length), "a check without room");
    expect(length == 0, "whole lists have no fault");
    succeeds(faiss_sdk_check_binary_index(binary, text, sizeof text, &length), "a check of a binary index");
    expect(length == 0, "a whole binary index has no fault");

    succeeds(faiss_write_index_fname(graph, "graph.faiss"), "a file");
    succeeds(faiss_sdk_try_file("graph.faiss", 0, 0, 0, 60000, text, sizeof text, &length), "a trial");
    expect(length == 0, "a whole file has no fault");
    succeeds(faiss_write_index_binary_fname(binary, "binary.faiss"), "a binary file");
    succeeds(faiss_sdk_try_file("binary.faiss", 0, 1, 0, 60000, text, sizeof text, &length), "a trial of a binary file");
    expect(length == 0, "a whole binary file has no fault");
    succeeds(faiss_sdk_try_file("absent.faiss", 0, 0, 0, 60000, text, sizeof text, &length), "a trial of no file");
    expect(length > 0, "an absent file is a fault");
    succeeds(faiss_sdk_try_file("absent.faiss", 0, 0, 0, 60000, NULL, 0, &length), "a trial without room");

    /* Each tenth byte of a graph's file in turn: what is read is checked, whatever it is. */
    succeeds(faiss_sdk_index_size(graph, &bytes), "size");
    int refused = 0, faulty = 0;
    for (size_t position = 4; position < bytes; position += 331) {
        FaissIndex *read = NULL;
        succeeds(faiss_write_index_fname(graph, "damaged.faiss"), "a file to damage");
        damage("damaged.faiss", (long)position, 0x7f);
        if (faiss_read_index_fname("damaged.faiss", 0, &read) != 0) {
            refused++;
            continue;
        }
        if (faiss_sdk_check_index(read, text, 12, &length) == 0) faulty += length > 0;
        faiss_Index_free(read);
    }
    expect(refused + faulty > 0, "damage is found");

    void *file = NULL;
    expect(faiss_sdk_open_file("absent.faiss", "rb", &file) == ENOENT && file == NULL, "an absent file");
    expect(faiss_sdk_open_file("graph.faiss", "rb", &file) == 0, "an open file");
    expect(faiss_sdk_file_position(file) == 0, "the position in it");
    fails(faiss_sdk_read_transform(file, &transform), "an index is no transform");
    expect(faiss_sdk_close_file(file) == 0, "a closed file");
    expect(faiss_sdk_open_file("/dev/full", "wb", &file) == 0, "a full device");
    put(file, "few", 3);
    expect(faiss_sdk_close_file(file) == ENOSPC, "closing tells that the device is full");

    FaissIndex *reduced = filled("PCA4,Flat");
    succeeds(faiss_write_index_fname(reduced, "transform.faiss"), "a file with a transform");
    /* The transform follows the code, the header and the number of transforms of the index. */
    long start = 0;
    expect(faiss_sdk_index_beginning(reduced, text, sizeof text) > 0, "its beginning");
    for (long i = 0; i + 4 < (long)sizeof text && start == 0; i++) start = memcmp(text + i, "Pcam", 4) == 0 || memcmp(text + i, "PcAm", 4) == 0 ? i : 0;
    expect(start > 0, "the transform in it");
    expect(faiss_sdk_open_file("transform.faiss", "rb", &file) == 0 && fseek(file, start, SEEK_SET) == 0, "the file at the transform");
    succeeds(faiss_sdk_read_transform(file, &transform), "a transform");
    succeeds(faiss_sdk_check_transform(transform, text, sizeof text, &length), "a check of a transform");
    expect(length == 0, "a whole transform has no fault");
    expect(faiss_sdk_close_file(file) == 0, "the closed file");
    faiss_VectorTransform_free(transform);
    faiss_Index_free(reduced);
    faiss_IndexBinary_free(binary);
    faiss_Index_free(lists);
    faiss_Index_free(graph);
}

/* ---- searches */

static int selects_even(void *state, int64_t id) {
    ++*(int *)state;
    return id % 2 == 0;
}

static void search(void) {
    const char *kinds[] = { "Flat", "SQ8", "IVF4,Flat", "IVF4,PQ4x4np", "HNSW8,Flat", "PCA4,Flat", "IDMap,Flat", "IVF4,Flat,RFlat" };
    int calls = 0;
    uint8_t odd[N / 8];
    memset(odd, 0xaa, sizeof odd);
    FaissIDSelector *even = NULL, *bitmap = NULL, *no = NULL, *both = NULL, *either = NULL, *one = NULL;
    succeeds(faiss_sdk_selector_callback(&even, selects_even, &calls), "a function as a selector");
    succeeds(faiss_sdk_selector_bitmap(&bitmap, odd, sizeof odd), "a bitmap as a selector");
    succeeds(faiss_sdk_selector_not(&no, even), "a selector reversed");
    succeeds(faiss_sdk_selector_and(&both, even, bitmap), "two selectors at once");
    succeeds(faiss_sdk_selector_or(&either, even, bitmap), "one of two selectors");
    succeeds(faiss_sdk_selector_xor(&one, even, bitmap), "exactly one of two selectors");
    expect(faiss_IDSelector_is_member(bitmap, 8 * (int64_t)sizeof odd) == 0 && faiss_IDSelector_is_member(bitmap, -1) == 0, "ids beyond the bitmap");
    expect(faiss_IDSelector_is_member(no, 3) && !faiss_IDSelector_is_member(both, 4) && faiss_IDSelector_is_member(either, 4) && faiss_IDSelector_is_member(one, 5), "selectors of selectors");

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        FaissIndex *index;
        if (strstr(kinds[i], "IDMap")) {
            index = made(kinds[i]);
            succeeds(faiss_Index_add_with_ids(index, N, x, ids), kinds[i]);
        } else {
            index = filled(kinds[i]);
        }
        FaissSdkSearchOptions options = { 0 };
        options.kind = strstr(kinds[i], "IVF") ? FAISS_SDK_SEARCH_LISTS : strstr(kinds[i], "HNSW") ? FAISS_SDK_SEARCH_GRAPH : FAISS_SDK_SEARCH_ANY;
        options.nprobe = LISTS;
        options.width = 64;
        options.check_relative_distance = options.bounded_queue = 1;
        options.selector = even;
        succeeds(faiss_sdk_search(index, QUERIES, x, K, &options, distances, found), kinds[i]);
        int chosen = 1;
        for (int j = 0; j < QUERIES * K; j++) chosen &= found[j] < 0 || found[j] % 2 == 0;
        expect(chosen && found[0] >= 0, "only selected vectors are found");
        options.selector = NULL;
        succeeds(faiss_sdk_search(index, 1, x + D, 1, &options, distances, found), kinds[i]);
        if (options.kind != FAISS_SDK_SEARCH_GRAPH) {
            FaissRangeSearchResult *result = NULL;
            options.selector = bitmap;
            succeeds(faiss_RangeSearchResult_new(&result, QUERIES), "a result");
            if (faiss_sdk_range_search(index, QUERIES, x, 0.5f, &options, result) == 0) {
                size_t *limits = NULL;
                faiss_RangeSearchResult_lims(result, &limits);
                expect(limits[QUERIES] <= QUERIES * N, "a range search");
            }
            faiss_RangeSearchResult_free(result);
        }
        faiss_Index_free(index);
    }
    expect(calls > 0, "the function was called");

    FaissSdkSearchOptions options = { 0 };
    FaissIndex *untrained = made("IVF4,Flat"), *flat = filled("Flat"), *hash = filled("LSH");
    options.selector = even;
    fails(faiss_sdk_search(hash, QUERIES, x, K, &options, distances, found), "a selector for LSH");
    fails(faiss_sdk_search(flat, QUERIES, x, 0, &options, distances, found), "no neighbors");
    faiss_Index_free(hash);
    faiss_Index_free(flat);
    faiss_Index_free(untrained);
    faiss_IDSelector_free(one);
    faiss_IDSelector_free(either);
    faiss_IDSelector_free(both);
    faiss_IDSelector_free(no);
    faiss_IDSelector_free(bitmap);
    faiss_IDSelector_free(even);
}

/* ---- the inside of indexes and transforms */

static void look_at_graphs(void) {
    FaissIndex *graph = filled("HNSW8"), *empty = made("HNSW8"), *flat = filled("Flat");
    FaissIndexBinary *lists = filled_binary("BIVF4");
    FaissSdkGraph shown;
    int64_t links = 0;
    int sound = 1;
    succeeds(faiss_sdk_graph(graph, &shown), "a graph");
    expect(shown.count == N && shown.entry >= 0 && shown.entry < N, "the numbers of a graph");
    for (int64_t i = 0; i < shown.count; i++) {
        expect(shown.levels[i] >= 1 && shown.levels[i] < (int)shown.level_count, "the levels of a vector");
        expect((int64_t)(shown.offsets[i + 1] - shown.offsets[i]) == shown.level_starts[shown.levels[i]], "the links of a vector");
        for (size_t j = shown.offsets[i]; j < shown.offsets[i + 1]; j++) {
            links += shown.neighbors[j] >= 0;
            sound &= shown.neighbors[j] >= -1 && shown.neighbors[j] < N;
        }
    }
    expect(sound && links > N, "links lead to vectors");
    succeeds(faiss_sdk_graph(empty, &shown), "an empty graph");
    expect(shown.count == 0 && shown.entry == -1, "the numbers of an empty graph");
    fails(faiss_sdk_graph(flat, &shown), "a graph of a flat index");
    fails(faiss_sdk_binary_graph(lists, &shown), "a graph of binary lists");
    if (faiss_index_binary_factory != NULL) {
        FaissIndexBinary *binary = NULL;
        succeeds(faiss_index_binary_factory(&binary, BITS, "BHNSW8"), "BHNSW8");
        succeeds(faiss_IndexBinary_add(binary, N, bits), "vectors of a binary graph");
        succeeds(faiss_sdk_binary_graph(binary, &shown), "a binary graph");
        expect(shown.count == N, "the vectors of a binary graph");
        faiss_IndexBinary_free(binary);
    }
    faiss_IndexBinary_free(lists);
    faiss_Index_free(flat);
    faiss_Index_free(empty);
    faiss_Index_free(graph);
}

static void look_at_lists(void) {
    FaissIndex *lists = filled("IVF4,Flat"), *packed = filled("IVF4,PQ4x4fs"), *flat = filled("Flat");
    FaissIndexBinary *binary = filled_binary("BIVF4"), *other = filled_binary("BFlat");
    FaissSdkList shown;
    size_t held = 0;
    for (size_t list = 0; list < LISTS; list++) {
        succeeds(faiss_sdk_list(lists, list, &shown), "a list");
        expect(shown.code_size == sizeof(float) * D, "the size of a code");
        for (size_t i = 0; i < shown.size; i++) {
            expect(memcmp(shown.codes + i * shown.code_size, x + shown.ids[i] * D, shown.code_size) == 0, "a code is its vector");
        }
        held += shown.size;
        succeeds(faiss_sdk_binary_list(binary, list, &shown), "a binary list");
        expect(shown.size == N / LISTS && memcmp(shown.codes, bits + list * (N / LISTS) * (BITS / 8), N / LISTS * (BITS / 8)) == 0, "codes of a binary list");
    }
    expect(held == N, "lists hold all vectors");
    succeeds(faiss_sdk_list(packed, 0, &shown), "a packed list");
    expect(shown.ids == NULL && shown.codes == NULL, "codes side by side are not shown");
    fails(faiss_sdk_list(lists, LISTS, &shown), "a list that is not there");
    fails(faiss_sdk_list(flat, 0, &shown), "a list of a flat index");
    fails(faiss_sdk_binary_list(binary, LISTS, &shown), "a binary list that is not there");
    fails(faiss_sdk_binary_list(other, 0, &shown), "a list of a flat binary index");
    faiss_IndexBinary_free(other);
    faiss_IndexBinary_free(binary);
    faiss_Index_free(flat);
    faiss_Index_free(packed);
    faiss_Index_free(lists);
}

static void look_at_matrices(void) {
    FaissRandomRotationMatrix *rotation = NULL;
    FaissNormalizationTransform *normal = NULL;
    float matrix[D * 4], bias[4];
    size_t size = 0, bias_size = 0;
    succeeds(faiss_RandomRotationMatrix_new_with(&rotation, D, 4), "a rotation");
    succeeds(faiss_NormalizationTransform_new_with(&normal, D, 2), "a normalization");
    const FaissVectorTransform *other = (FaissVectorTransform *)normal;
    succeeds(faiss_sdk_matrix((FaissVectorTransform *)rotation, NULL, NULL, &size, &bias_size), "a matrix before training");
    expect(size == 0 && bias_size == 0, "the size before training");
    succeeds(faiss_sdk_set_matrix((FaissVectorTransform *)rotation, x, x), "setting a matrix");
    size = bias_size = 0;
    succeeds(faiss_sdk_matrix((FaissVectorTransform *)rotation, matrix, bias, &size, &bias_size), "sizes");
    expect(size == D * 4 && bias_size == 4, "the sizes of matrix and bias");
    succeeds(faiss_sdk_matrix((FaissVectorTransform *)rotation, matrix, bias, &size, &bias_size), "a matrix");
    expect(memcmp(matrix, x, sizeof matrix) == 0 && memcmp(bias, x, sizeof bias) == 0, "the matrix that was set");
    succeeds(faiss_sdk_set_matrix((FaissVectorTransform *)rotation, x, NULL), "setting a matrix without a bias");
    succeeds(faiss_sdk_matrix((FaissVectorTransform *)rotation, NULL, NULL, &size, &bias_size), "sizes without a bias");
    expect(size == D * 4 && bias_size == 0, "the sizes without a bias");
    fails(faiss_sdk_matrix(other, NULL, NULL, &size, &bias_size), "the matrix of a normalization");
    fails(faiss_sdk_set_matrix((FaissVectorTransform *)normal, x, NULL), "setting the matrix of a normalization");
    faiss_VectorTransform_free((FaissVectorTransform *)normal);
    faiss_VectorTransform_free((FaissVectorTransform *)rotation);
}

static void look_at_centroids(void) {
    FaissIndex *codes = made("PQ4x4"), *lists = made("IVF4,PQ4x4"), *packed = filled("PQ4x4fs"), *flat = filled("Flat");
    FaissSdkCodebook shape;
    float centroids[D * 16];
    fails(faiss_sdk_set_codebook(lists, x), "centroids of lists without centroids");
    fails(faiss_sdk_codebook(flat, NULL, 0, &shape), "centroids of a flat index");
    fails(faiss_sdk_set_codebook(flat, x), "setting centroids of a flat index that holds vectors");
    succeeds(faiss_Index_reset(flat), "emptying");
    fails(faiss_sdk_set_codebook(flat, x), "setting centroids of a flat index");
    succeeds(faiss_sdk_set_codebook(codes, x), "setting centroids");
    succeeds(faiss_sdk_codebook(codes, centroids, D * 16, &shape), "centroids");
    expect(shape.subspaces == 4 && shape.bits == 4 && shape.dimension == 2 && shape.size == D * 16, "the shape of centroids");
    expect(memcmp(centroids, x, sizeof centroids) == 0 && faiss_Index_is_trained(codes), "the centroids that were set");
    succeeds(faiss_sdk_codebook(packed, NULL, 0, &shape), "centroids of a fast scan");
    succeeds(faiss_Index_train(lists, N, x), "training");
    succeeds(faiss_sdk_set_codebook(lists, x), "setting centroids of lists");
    succeeds(faiss_Index_add(lists, N, x), "adding by these centroids");
    fails(faiss_sdk_set_codebook(lists, x), "setting centroids of vectors held");
    succeeds(faiss_Index_search(lists, QUERIES, x, K, distances, found), "searching by these centroids");
    faiss_Index_free(flat);
    faiss_Index_free(packed);
    faiss_Index_free(lists);
    faiss_Index_free(codes);
}

/* ---- kinds of indexes and their numbers */

static void set(FaissIndex *index, int setting, double value) {
    double read = -1;
    succeeds(faiss_sdk_set_setting(index, setting, value), "a number is set");
    succeeds(faiss_sdk_setting(index, setting, &read), "a number is read");
    expect(read == value, "the number is the one that was set");
}

static void fill_lists(FaissIndex *lists, const char *what) {
    succeeds(faiss_Index_train(lists, N, x), what);
    succeeds(faiss_Index_add(lists, N, x), what);
    succeeds(faiss_Index_search(lists, QUERIES, x, K, distances, found), what);
    expect(found[0] >= 0, what);
    faiss_Index_free(lists);
}

static void kinds(void) {
    FaissIndex *graph = filled("HNSW8,Flat"), *codes = made("PQ4x4"), *steps = made("RQ2x4"), *flat = made("Flat");
    double value = 0;
    succeeds(faiss_sdk_setting(graph, FAISS_SDK_SETTING_LINKS, &value), "links");
    expect(value == 8, "the number of links");
    fails(faiss_sdk_set_setting(graph, FAISS_SDK_SETTING_LINKS, 9), "links cannot be set");
    set(graph, FAISS_SDK_SETTING_CONSTRUCTION_WIDTH, 50);
    set(graph, FAISS_SDK_SETTING_SEARCH_WIDTH, 60);
    succeeds(faiss_sdk_setting(codes, FAISS_SDK_SETTING_SUBQUANTIZERS, &value), "subquantizers");
    succeeds(faiss_sdk_setting(codes, FAISS_SDK_SETTING_CODE_BITS, &value), "bits");
    expect(value == 4, "the number of bits");
    set(codes, FAISS_SDK_SETTING_POLYSEMOUS_TRAINING, 0);
    set(steps, FAISS_SDK_SETTING_BEAM_SIZE, 3);
    set(flat, FAISS_SDK_SETTING_METRIC_ARGUMENT, 3);
    fails(faiss_sdk_setting(flat, FAISS_SDK_SETTING_QUERY_BITS, &value), "bits of queries of a flat index");
    fails(faiss_sdk_setting(flat, 99, &value), "an unknown number");
    fails(faiss_sdk_set_setting(flat, -1, 1), "an unknown number to set");

    FaissIndex *lists = NULL, *quantizer = made("Flat");
    succeeds(faiss_sdk_ivf_pq_new(&lists, quantizer, LISTS, 4, 4, METRIC_L2, 1, 0), "lists of product codes");
    fill_lists(lists, "lists of product codes");
    fails(faiss_sdk_ivf_pq_new(&lists, quantizer, LISTS, 3, 4, METRIC_L2, 1, 0), "parts that do not divide the dimension");
    succeeds(faiss_sdk_ivf_pq_fast_scan_new(&lists, quantizer, LISTS, 4, METRIC_L2, 0), "fast-scan lists");
    fill_lists(lists, "fast-scan lists");
    if (faiss_sdk_ivf_rabitq_new(&lists, quantizer, LISTS, METRIC_L2, 1) == 0) fill_lists(lists, "lists of RaBitQ codes");
    expect(faiss_Index_ntotal(quantizer) == LISTS, "the quantizer is the caller's");
    faiss_Index_free(quantizer);

    FaissIndex *refining = NULL;
    fails(faiss_sdk_refine_new(&refining, graph, flat), "a base that is not empty");
    succeeds(faiss_sdk_refine_new(&refining, codes, flat), "a refining index");
    set(refining, FAISS_SDK_SETTING_FACTOR, 2);
    succeeds(faiss_Index_train(refining, N, x), "a refining index is trained");
    succeeds(faiss_Index_add(refining, N, x), "a refining index is filled");
    succeeds(faiss_Index_search(refining, QUERIES, x, K, distances, found), "a refining index is searched");
    set(refining, FAISS_SDK_SETTING_OWNS_BASE, 1);
    set(refining, FAISS_SDK_SETTING_OWNS_REFINEMENT, 1);
    faiss_Index_free(refining);
    faiss_Index_free(steps);
    faiss_Index_free(graph);
}

/* ---- what is added, merged and freed */

static void grow(void) {
    FaissIndex *lists = filled("PCA4,IVF4,SQ8"), *flat = filled("Flat"), *codes = filled("SQ8"), *map = made("IDMap2,SQ8");
    FaissIndexBinary *binary = filled_binary("BIVF4"), *other = filled_binary("IDMap2,BFlat"), *same = filled_binary("IDMap2,BFlat");
    int64_t assigned[QUERIES], sizes[LISTS] = { 3, 0, 1, 2 };
    uint8_t encoded[QUERIES * (D + 1)] = { 0 };
    size_t length = 0;

    succeeds(faiss_sdk_encode_for_lists(lists, QUERIES, x, assigned, encoded), "codes for lists");
    int in_lists = 1;
    for (int i = 0; i < QUERIES; i++) in_lists &= assigned[i] >= 0 && assigned[i] < LISTS;
    expect(in_lists, "the lists are there");
    fails(faiss_sdk_encode_for_lists(flat, QUERIES, x, assigned, encoded), "codes for no lists");
    fails(faiss_sdk_put_lists_on_disk(flat, sizes, "absent.ivfdata"), "no lists on disk");
    succeeds(faiss_Index_reset(lists), "an empty index");
    succeeds(faiss_sdk_put_lists_on_disk(lists, sizes, "absent.ivfdata"), "lists on disk");
    expect(faiss_Index_ntotal(lists) == 6, "the number of vectors on disk");
    succeeds(faiss_write_index_fname(lists, "disk.faiss"), "an index with lists on disk");

    succeeds(faiss_sdk_merge_fault(codes, flat, text, sizeof text, &length), "a difference");
    expect(length > 0, "a flat index is no scalar quantizer");
    succeeds(faiss_sdk_merge_fault(codes, flat, NULL, 0, &length), "a difference without room");
    FaissIndex *copy = NULL;
    succeeds(faiss_clone_index(codes, &copy), "a copy");
    succeeds(faiss_sdk_merge_fault(codes, copy, text, sizeof text, &length), "no difference");
    expect(length == 0, "a copy differs in nothing");
    fails(faiss_sdk_merge(codes, copy, 5), "ids of positions");
    succeeds(faiss_sdk_merge(codes, copy, 0), "merging");
    expect(faiss_Index_ntotal(codes) == 2 * N && faiss_Index_ntotal(copy) == 0, "the vectors moved");
    succeeds(faiss_sdk_binary_merge_fault(binary, other, text, sizeof text, &length), "a difference of binary indexes");
    expect(length > 0, "lists are no map");
    succeeds(faiss_sdk_binary_merge_fault(other, same, text, sizeof text, &length), "no difference of binary indexes");
    expect(length == 0, "equal maps differ in nothing");
    succeeds(faiss_sdk_binary_merge(other, same, 5000), "merging binary indexes");
    expect(faiss_IndexBinary_ntotal(other) == 2 * N && faiss_IndexBinary_ntotal(same) == 0, "the binary vectors moved");

    succeeds(faiss_sdk_add_codes(codes, QUERIES, encoded, NULL), "added codes");
    expect(faiss_Index_ntotal(codes) == 2 * N + QUERIES, "the number of codes");
    fails(faiss_sdk_add_codes(codes, QUERIES, encoded, ids), "ids of positions");
    fails(faiss_sdk_add_codes(map, QUERIES, encoded, NULL), "a map without ids");
    succeeds(faiss_Index_train(map, N, x), "a map");
    succeeds(faiss_sdk_add_codes(map, QUERIES, encoded, ids), "codes with ids");
    FaissIndex *graph = filled("HNSW8,Flat");
    fails(faiss_sdk_add_codes(graph, QUERIES, encoded, NULL), "codes for a graph");

    succeeds(faiss_sdk_trim(codes), "trimmed codes");
    succeeds(faiss_sdk_trim(map), "a trimmed map");
    succeeds(faiss_sdk_trim(graph), "a trimmed graph");
    succeeds(faiss_Index_search(graph, QUERIES, x, K, distances, found), "a search of it");
    expect(found[0] == 0, "the graph finds its vectors");
    succeeds(faiss_sdk_binary_trim(binary), "a trimmed binary index");
    succeeds(faiss_sdk_binary_trim(other), "a trimmed binary map");
    faiss_Index_free(graph);
    faiss_Index_free(copy);
    faiss_IndexBinary_free(same);
    faiss_IndexBinary_free(other);
    faiss_IndexBinary_free(binary);
    faiss_Index_free(map);
    faiss_Index_free(codes);
    faiss_Index_free(flat);
    faiss_Index_free(lists);
}

/* ---- what FAISS prints */

static int lines;

static int take(int is_warning, const char *line, size_t length) {
    (void)is_warning;
    (void)line;
    lines += length > 0;
    return 1;
}

static void print(void) {
    FaissIndex *index = made("IVF4,Flat");
    int added = 0;
    while (added < 20 && faiss_sdk_add_print_handler(take)) added++;
    expect(added > 0 && added < 20, "the number of handlers is limited");
    for (int i = 0; i < added; i++) faiss_sdk_remove_print_handler(take);
    faiss_sdk_remove_print_handler(take);
    /* Fewer vectors than FAISS recommends for a list are a warning. */
    int64_t dropped = faiss_sdk_dropped_warnings();
    succeeds(faiss_Index_train(index, 10, x), "training on few vectors");
    expect(faiss_sdk_dropped_warnings() > dropped, "a warning that nobody takes is counted");
    dropped = faiss_sdk_dropped_warnings();
    expect(faiss_sdk_add_print_handler(take), "a handler");
    FaissIndex *again = made("IVF4,Flat");
    succeeds(faiss_Index_train(again, 10, x), "training on few vectors");
    expect(lines > 0 && faiss_sdk_dropped_warnings() == dropped, "a warning that is taken");
    faiss_sdk_remove_print_handler(take);
    faiss_Index_free(again);
    faiss_Index_free(index);
}

int main(int count, char **arguments) {
    uint32_t state = 1;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    if (count == 2 && chdir(arguments[1]) != 0) return 2;
    for (int i = 0; i < N; i++) {
        ids[i] = 2 * (int64_t)i + 10;
        for (int j = 0; j < D; j++) {
            state = state * 1664525u + 1013904223u;
            x[i * D + j] = (float)(state >> 16) / 65536;
            bits[i * BITS / 8 + j] = (uint8_t)(state >> 24);
        }
    }
    describe();
    change();
    reconstruct();
    by_id();
    read_files();
    search();
    look_at_graphs();
    look_at_lists();
    look_at_matrices();
    look_at_centroids();
    kinds();
    grow();
    print();
    puts(faults == 0 ? "the extensions hold" : "the extensions do not hold");
    return faults != 0;
}
