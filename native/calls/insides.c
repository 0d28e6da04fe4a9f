#include "calls.h"

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
    FaissSdkMatrix matrix;
    succeeds(faiss_RandomRotationMatrix_new_with(&rotation, D, 4), "a rotation");
    succeeds(faiss_NormalizationTransform_new_with(&normal, D, 2), "a normalization");
    const FaissVectorTransform *other = (FaissVectorTransform *)normal;
    succeeds(faiss_sdk_transform_matrix((FaissVectorTransform *)rotation, &matrix), "a matrix before training");
    expect(matrix.size == 0 && matrix.bias_size == 0, "the size before training");
    succeeds(faiss_sdk_set_matrix((FaissVectorTransform *)rotation, x, x), "setting a matrix");
    succeeds(faiss_sdk_transform_matrix((FaissVectorTransform *)rotation, &matrix), "a matrix");
    expect(matrix.size == D * 4 && matrix.bias_size == 4, "the sizes of matrix and bias");
    expect(memcmp(matrix.values, x, D * 4 * sizeof *x) == 0 && memcmp(matrix.bias, x, 4 * sizeof *x) == 0, "the matrix that was set");
    succeeds(faiss_sdk_set_matrix((FaissVectorTransform *)rotation, x, NULL), "setting a matrix without a bias");
    succeeds(faiss_sdk_transform_matrix((FaissVectorTransform *)rotation, &matrix), "a matrix without a bias");
    expect(matrix.size == D * 4 && matrix.bias_size == 0, "the sizes without a bias");
    fails(faiss_sdk_transform_matrix(other, &matrix), "the matrix of a normalization");
    fails(faiss_sdk_set_matrix((FaissVectorTransform *)normal, x, NULL), "setting the matrix of a normalization");
    faiss_VectorTransform_free((FaissVectorTransform *)normal);
    faiss_VectorTransform_free((FaissVectorTransform *)rotation);
}

static void look_at_centroids(void) {
    FaissIndex *codes = made("PQ4x4"), *lists = made("IVF4,PQ4x4"), *packed = filled("PQ4x4fs"), *flat = filled("Flat");
    FaissSdkCodebook codebook;
    fails(faiss_sdk_set_codebook(lists, x), "centroids of lists without centroids");
    fails(faiss_sdk_product_quantizer(flat, &codebook), "centroids of a flat index");
    fails(faiss_sdk_set_codebook(flat, x), "setting centroids of a flat index that holds vectors");
    succeeds(faiss_Index_reset(flat), "emptying");
    fails(faiss_sdk_set_codebook(flat, x), "setting centroids of a flat index");
    succeeds(faiss_sdk_set_codebook(codes, x), "setting centroids");
    succeeds(faiss_sdk_product_quantizer(codes, &codebook), "centroids");
    expect(codebook.subspaces == 4 && codebook.bits == 4 && codebook.dimension == 2 && codebook.size == D * 16, "the shape of centroids");
    expect(memcmp(codebook.centroids, x, D * 16 * sizeof *x) == 0 && faiss_Index_is_trained(codes), "the centroids that were set");
    succeeds(faiss_sdk_product_quantizer(packed, &codebook), "centroids of a fast scan");
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

void call_insides(void) {
    look_at_graphs();
    look_at_lists();
    look_at_matrices();
    look_at_centroids();
}
