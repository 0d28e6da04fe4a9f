/* What the programs in this folder share: one program that calls every function of extensions/faiss_sdk.h with good and bad input.
   scripts/check-extensions.sh runs it with sanitizers and under valgrind, and sees to it that no function is left out. */
#ifndef FAISS_SDK_CALLS_H
#define FAISS_SDK_CALLS_H

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

extern float x[N * D], distances[QUERIES * K], vectors[QUERIES * K * D];
extern uint8_t bits[N * BITS / 8];
extern int64_t ids[N], found[QUERIES * K];
extern char text[1 << 14];

/* Print and count what does not hold. */
void expect(int holds, const char *what);
void succeeds(int code, const char *what);
void fails(int code, const char *what);

void put(FILE *file, const void *bytes, size_t size);

/* An index by a factory string, and one of N vectors. */
FaissIndex *made(const char *description);
FaissIndex *filled(const char *description);

/* A binary index of N vectors: BFlat, BIVF4 or IDMap2,BFlat. */
FaissIndexBinary *filled_binary(const char *description);

/* Newer FAISS versions only. */
int faiss_index_binary_factory(FaissIndexBinary **index, int d, const char *description) __attribute__((weak));

/* A selector of even ids for faiss_sdk_selector_callback; its state counts the calls. */
int selects_even(void *state, int64_t id);

void call_descriptions(void);
void call_changes(void);
void call_files(void);
void call_searches(void);
void call_insides(void);
void call_kinds(void);
void call_growth(void);
void call_clustering(void);

#endif
