// What a child process does with a file, for trial.cpp.
#ifndef FAISS_SDK_TRIAL_H
#define FAISS_SDK_TRIAL_H

#include <faiss/Index.h>
#include <faiss/IndexBinary.h>

namespace faiss_sdk {

// Reports the name of a step before it begins.
class Begin {
  public:
    Begin(int pipe_end, const char** step) : pipe_end_(pipe_end), step_(step) {}
    void operator()(const char* name) const;

  private:
    int pipe_end_;
    const char** step_;
};

// Read a file, check the index, and use it. Throw what reading throws, Fault and bad_alloc; other exceptions of the use are ignored,
// because kinds refuse calls that they lack.
void try_float_file(const char* path, int io_flags, const Begin& begin);
void try_binary_file(const char* path, int io_flags, const Begin& begin);

} // namespace faiss_sdk

#endif
