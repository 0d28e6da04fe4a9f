// The compiler includes this file before every C++ source for Windows. FAISS recognizes Windows by Microsoft's compiler; this is Clang
// with the library of MinGW.
#ifdef __cplusplus
// The part of the C++ library that counts bits has to come before the macros below.
#include <algorithm>
#include <bitset>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include <malloc.h>

#include <faiss/impl/platform_macros.h>

// The list of exports decides what is exported.
#undef FAISS_API
#define FAISS_API

#ifndef posix_memalign
#undef posix_memalign_free
#define posix_memalign(pointer, alignment, size) ((*(pointer) = _aligned_malloc((size), (alignment))) != nullptr ? 0 : ENOMEM)
#define posix_memalign_free _aligned_free
#endif

// long has 32 bits on Windows. Without this macro, Hamming distances would ignore the upper half of every word.
#define __builtin_popcountl __builtin_popcountll
#define __builtin_ctzl __builtin_ctzll
#endif
