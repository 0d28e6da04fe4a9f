// The build includes this file before every C++ source of FAISS, so that what FAISS prints goes to printing.cpp instead of the
// streams of the process, which belong to the program.
#ifndef FAISS_SDK_PRINTING_HPP
#define FAISS_SDK_PRINTING_HPP

// Before the macros below.
#include <cstdio>

// Streams other than stdout and stderr are written as before.
int faiss_sdk_print(const char* format, ...) __attribute__((__format__(__printf__, 1, 2)));
int faiss_sdk_print_to(std::FILE* stream, const char* format, ...) __attribute__((__format__(__printf__, 2, 3)));
int faiss_sdk_put_line(const char* text);
int faiss_sdk_put(int character);
int faiss_sdk_flush(std::FILE* stream);
void faiss_sdk_print_error(const char* text);

namespace std {
using ::faiss_sdk_flush;
using ::faiss_sdk_print;
using ::faiss_sdk_print_error;
using ::faiss_sdk_print_to;
using ::faiss_sdk_put;
using ::faiss_sdk_put_line;
} // namespace std

namespace faiss_sdk {

// Drops what this process prints from now on: a child process that runs FAISS alone has none to listen to it.
void stop_printing();

} // namespace faiss_sdk

#define printf(...) faiss_sdk_print(__VA_ARGS__)
#define fprintf(...) faiss_sdk_print_to(__VA_ARGS__)
#define puts(text) faiss_sdk_put_line(text)
#undef putchar
#define putchar(character) faiss_sdk_put(character)
#define fflush(stream) faiss_sdk_flush(stream)
#define perror(text) faiss_sdk_print_error(text)

#endif
