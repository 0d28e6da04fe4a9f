#include "calls.h"

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

    /* Removal leaves codes behind the last vector, to which the next ones are added by bits. */
    FaissIndex *packed = filled("PQ4x4fs"), *plain = made("PQ4x4fs");
    FaissIDSelectorRange *rest = NULL;
    size_t removed = 0;
    succeeds(faiss_IDSelectorRange_new(&rest, 10, N), "a selector");
    succeeds(faiss_Index_remove_ids(packed, (FaissIDSelector *)rest, &removed), "removal");
    expect(removed == N - 10, "the rest was removed");
    succeeds(faiss_sdk_clear_unused_codes(packed), "unused codes");
    succeeds(faiss_sdk_clear_unused_codes(flat), "no such codes");
    succeeds(faiss_Index_train(plain, N, x), "an equal index");
    succeeds(faiss_Index_add(plain, 10, x), "an equal index");
    for (int again = 0; again < 2; again++) {
        float decoded[D], expected[D];
        succeeds(faiss_Index_add(packed, 20, x + 10 * D), "more codes");
        succeeds(faiss_Index_add(plain, 20, x + 10 * D), "more codes");
        succeeds(faiss_Index_reconstruct(packed, 15, decoded), "a vector");
        succeeds(faiss_Index_reconstruct(plain, 15, expected), "a vector");
        expect(memcmp(decoded, expected, sizeof decoded) == 0, "codes that are added after others were removed");
    }
    faiss_IDSelector_free((FaissIDSelector *)rest);
    faiss_Index_free(plain);
    faiss_Index_free(packed);

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

void call_changes(void) {
    change();
    by_id();
}
