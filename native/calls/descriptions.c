#include "calls.h"

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

void call_descriptions(void) {
    describe();
    reconstruct();
}
