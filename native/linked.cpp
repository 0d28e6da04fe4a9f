// What libfaiss_c.a contains besides FAISS: a check whether this processor can run it, a bound for the time that OpenMP's threads spin,
// and a definition of every function of the C API that this FAISS lacks, so that a program which calls one links and gets an error at
// run time.
// Compiled for any processor. scripts/lib/describe.sh writes linked.inc, which contains the facts of the build.
#include <cstdlib>
#include <cstring>
#include <exception>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <c_api/error_impl.h>

#include "linked.inc"

#ifdef NEEDED_FEATURES
#ifdef __APPLE__
#include <cpuid.h>

// __builtin_cpu_supports would need Clang's own library, which the archive does not name.
static bool processor_has(const char* feature) {
    unsigned eax, ebx, ecx, edx, more_ebx, ignored, low, high;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE) || !__get_cpuid_count(7, 0, &eax, &more_ebx, &ignored, &edx)) {
        return false;
    }
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    const unsigned avx_registers = 0x06;
    const std::string name = feature;
    return (low & avx_registers) == avx_registers &&
        ((name == "avx2" && (more_ebx & bit_AVX2)) || (name == "bmi2" && (more_ebx & bit_BMI2)) || (name == "fma" && (ecx & bit_FMA)) ||
         (name == "f16c" && (ecx & bit_F16C)) || (name == "popcnt" && (ecx & bit_POPCNT)));
}
#else
#define processor_has __builtin_cpu_supports
#endif
#endif

extern "C" const char* faiss_sdk_functions() {
    return FUNCTIONS;
}

extern "C" int faiss_sdk_runs_here() {
#ifdef NEEDED_FEATURES
#ifndef __APPLE__
    __builtin_cpu_init();
#endif
#define NEEDED(feature) && processor_has(feature)
    return 1 NEEDED_FEATURES;
#undef NEEDED
#else
    return 1;
#endif
}

// Sets the variables as bindings/Library/OpenMPEnvironment.cs does before it loads a shared library; see there for the reason. Has a
// priority, because libgomp reads them in a constructor without one; libomp reads them at its first call.
#ifdef __APPLE__
__attribute__((constructor)) static void bound_spin() {
#else
__attribute__((constructor(101))) static void bound_spin() {
#endif
    const char* choice = std::getenv("FAISS_SDK_BOUNDED_SPIN");
    if ((choice == nullptr || std::strcmp(choice, "0") != 0) && std::getenv("OMP_WAIT_POLICY") == nullptr) {
        setenv("GOMP_SPINCOUNT", "300", 0);
        setenv("KMP_BLOCKTIME", "0", 0);
    }
}

#if defined(NEEDED_FEATURES) && !defined(__APPLE__)
// FAISS's static initializers also use instructions of its SIMD level, so the build moves them to a section of their own, and they
// run only on processors that have these instructions.
using Initializer = void (*)(int, char**, char**);
extern "C" {
extern const Initializer __start_faiss_initializers[] __attribute__((weak));
extern const Initializer __stop_faiss_initializers[] __attribute__((weak));
}

__attribute__((constructor)) static void initialize(int argc, char** argv, char** environment) {
    if (faiss_sdk_runs_here()) {
        for (auto next = __start_faiss_initializers; next != __stop_faiss_initializers; next++) {
            (*next)(argc, argv, environment);
        }
    }
}
#endif

template <typename Result>
static Result absent(const char* name) {
    faiss_last_exception = std::make_exception_ptr(std::runtime_error((std::string(name) + " is not in this FAISS").c_str()));
    if constexpr (std::is_pointer_v<Result>) {
        return nullptr;
    } else if constexpr (std::is_floating_point_v<Result>) {
        return std::numeric_limits<Result>::quiet_NaN();
    } else if constexpr (!std::is_void_v<Result>) {
        return static_cast<Result>(-1);
    }
}

#define ABSENT(type, name) \
    extern "C" type name() { return absent<type>(#name); }
ABSENT_FUNCTIONS
