#include "calls.h"

float x[N * D], distances[QUERIES * K], vectors[QUERIES * K * D];
uint8_t bits[N * BITS / 8];
int64_t ids[N], found[QUERIES * K];
char text[1 << 14];
static int faults;

void expect(int holds, const char *what) {
    if (!holds) printf("FAULT  %s\n", what);
    faults += !holds;
}

void succeeds(int code, const char *what) {
    if (code != 0) printf("FAULT  %s: %s\n", what, faiss_get_last_error());
    faults += code != 0;
}

void fails(int code, const char *what) {
    expect(code != 0 && faiss_get_last_error() != NULL && faiss_get_last_error()[0] != '\0', what);
}

FaissIndex *made(const char *description) {
    FaissIndex *index = NULL;
    succeeds(faiss_index_factory(&index, D, description, METRIC_L2), description);
    if (index == NULL) exit(1);
    return index;
}

FaissIndex *filled(const char *description) {
    FaissIndex *index = made(description);
    succeeds(faiss_Index_train(index, N, x), description);
    succeeds(faiss_Index_add(index, N, x), description);
    return index;
}

void put(FILE *file, const void *bytes, size_t size) { expect(fwrite(bytes, 1, size, file) == size, "a file is written"); }
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
FaissIndexBinary *filled_binary(const char *description) {
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
    call_descriptions();
    call_changes();
    call_files();
    call_searches();
    call_insides();
    call_kinds();
    call_growth();
    call_clustering();
    print();
    puts(faults == 0 ? "the extensions hold" : "the extensions do not hold");
    return faults != 0;
}
