// The stacks of OpenMP's threads. libomp makes them as large as the limit of the process (ulimit -s), unless OMP_STACKSIZE or
// KMP_STACKSIZE is set. musl itself gives a thread 128 KB, which the graph indexes of FAISS overflow, so a limit below 8 MB counts as
// 8 MB. libomp is compiled with this function in place of getrlimit.
#include <sys/resource.h>

__attribute__((visibility("hidden"))) int musl_getrlimit(int resource, struct rlimit *limit) {
    const rlim_t smallest = 8 << 20;
    int status = getrlimit(resource, limit);
    if (status == 0 && resource == RLIMIT_STACK && limit->rlim_cur < smallest) {
        limit->rlim_cur = smallest;
    }
    return status;
}
