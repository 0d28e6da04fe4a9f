#include "calls.h"

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

void call_kinds(void) {
    kinds();
}
