#include "calls.h"

/* ---- searches */

int selects_even(void *state, int64_t id) {
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

void call_searches(void) {
    search();
}
