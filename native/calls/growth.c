#include "calls.h"

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

    succeeds(faiss_sdk_reserve(codes, 5 * N), "room for codes");
    succeeds(faiss_sdk_reserve(codes, 1), "room that is there");
    fails(faiss_sdk_reserve(codes, INT64_MAX), "more room than there is");
    succeeds(faiss_sdk_reserve(map, 5 * N), "room for a map");
    succeeds(faiss_sdk_reserve(lists, 5 * N), "lists grow by themselves");
    succeeds(faiss_sdk_reserve(graph, 5 * N), "room for a graph");
    succeeds(faiss_Index_add(graph, N, x), "adding to it");
    succeeds(faiss_sdk_binary_reserve(binary, 5 * N), "room for binary vectors");
    succeeds(faiss_sdk_binary_reserve(other, 5 * N), "room for a binary map");
    fails(faiss_sdk_binary_reserve(other, INT64_MAX), "more room for binary vectors than there is");
    FaissIndex *source[] = { flat, codes, graph }, *larger = NULL;
    for (size_t i = 0; i < sizeof source / sizeof *source; i++) {
        succeeds(faiss_sdk_clone_with_capacity(source[i], 5 * N, &larger), "a copy with room");
        expect(larger != NULL && faiss_Index_ntotal(larger) == faiss_Index_ntotal(source[i]), "a copy of all vectors");
        succeeds(faiss_Index_add(larger, N, x), "adding to a copy");
        succeeds(faiss_Index_search(larger, QUERIES, x, K, distances, found), "a search of a copy");
        faiss_Index_free(larger);
        fails(faiss_sdk_clone_with_capacity(source[i], INT64_MAX, &larger), "a copy with more room than there is");
    }
    succeeds(faiss_sdk_clone_with_capacity(map, N, &larger), "another kind");
    expect(larger == NULL, "no copy of another kind");
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

void call_growth(void) {
    grow();
}
