// What FaissSdk needs of FAISS and its C API has no function for. The libraries of scripts/build-native.sh contain these functions;
// the bindings ask whether a library has them.
#ifndef FAISS_SDK_H
#define FAISS_SDK_H

#include <stddef.h>

#include "IndexBinary_c.h"
#include "Index_c.h"

#ifdef __cplusplus
extern "C" {
#endif

// Describes an index and all its parts, one line per part, each part after the one that contains it. A line consists of fields
// with tabs between them:
//
//   depth     0 for the index itself, 1 for its parts and so on
//   role      what the part is to the one that contains it, such as quantizer, base, refine or shard
//   class     the C++ class
//   KEY=VALUE facts, such as d=8; a fact that the class does not have is left out
//
// At most `size` bytes are written to `text`, without a zero at the end. `length` receives the length of the whole text.
int faiss_sdk_index_parts(const FaissIndex* index, char* text, size_t size, size_t* length);

// Does the same for a binary index.
int faiss_sdk_binary_index_parts(const FaissIndexBinary* index, char* text, size_t size, size_t* length);

#ifdef __cplusplus
}
#endif

#endif
