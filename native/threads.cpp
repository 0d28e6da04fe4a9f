// OpenMP's number of threads. Nothing else that the libraries export gives access to it: OpenMP is linked into them, or any
// implementation may lie beside them.
#include <omp.h>

extern "C" int faiss_sdk_max_threads() {
    return omp_get_max_threads();
}

extern "C" void faiss_sdk_set_max_threads(int threads) {
    omp_set_num_threads(threads);
}
