#include "calls.h"

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

void call_files(void) {
    read_files();
}
