// Training that can be stopped. Compiled with FAISS trees of all supported versions.
#include "faiss_sdk.h"

#include <omp.h>

#include <c_api/macros_impl.h>
#include <faiss/Index.h>
#include <faiss/impl/AuxIndexStructures.h>

namespace {

// The flag is set for the calling thread only: other threads of its team, and calls without a flag, are never interrupted.
thread_local const int* stop_flag = nullptr;

struct StopCallback : faiss::InterruptCallback {
    // Within a parallel region FAISS throws where nothing catches it, even if one thread alone runs it.
    bool want_interrupt() override {
        return stop_flag != nullptr && omp_get_level() == 0 && __atomic_load_n(stop_flag, __ATOMIC_RELAXED) != 0;
    }
};

// FAISS reads the callback without a lock, so it is installed once, by the first training here, and stays. With a callback, FAISS
// searches by rare metrics in smaller blocks.
bool install() {
    if (faiss::InterruptCallback::instance == nullptr) {
        faiss::InterruptCallback::instance.reset(new StopCallback);
    }
    return true;
}

struct FlagScope {
    explicit FlagScope(const int* flag) {
        stop_flag = flag;
    }
    ~FlagScope() {
        stop_flag = nullptr;
    }
};

} // namespace

int faiss_sdk_train(FaissIndex* index, int64_t n, const float* x, const int* stop) {
    try {
        static const bool installed = install();
        (void)installed;
        FlagScope scope(stop);
        reinterpret_cast<faiss::Index*>(index)->train(n, x);
    }
    CATCH_AND_HANDLE
}
