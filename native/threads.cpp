// OpenMP's number of threads, which no other name of the libraries reaches: OpenMP is inside of them, or of any make beside them.
#include <omp.h>

extern "C" int faiss_sdk_max_threads() {
    return omp_get_max_threads();
}

extern "C" void faiss_sdk_set_max_threads(int threads) {
    omp_set_num_threads(threads);
}
