// A library with the reading functions of libfaiss_c.so that fails in the way that a file's first letter names.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static char letter;

int faiss_read_index_fname(const char* path, int flags, void** index) {
    FILE* file = fopen(path, "rb");
    if (file == NULL || fread(&letter, 1, 1, file) != 1) {
        return -1;
    }
    fclose(file);
    *index = &letter;
    switch (letter) {
        case 'R':
            return -4;
        case 'A':
            abort();
        case 'S':
            return raise(SIGSEGV);
        case 'E':
            exit(3);
        case 'T':
            for (volatile unsigned long i = 0;; i++) {
            }
        case 'M':
            // The limit of the address space refuses this.
            return malloc((size_t)2 << 30) == NULL ? -2 : 0;
        default:
            return flags;
    }
}

void faiss_Index_free(void* index) {
    if (*(char*)index == 'F') {
        raise(SIGFPE);
    }
}

int faiss_read_index_binary_fname(const char* path, int flags, void** index) {
    (void)path;
    (void)index;
    return flags - 3;
}

void faiss_IndexBinary_free(void* index) {
    (void)index;
}
