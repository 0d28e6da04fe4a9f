// The checked functions of glibc that Debian's OpenBLAS calls (it is compiled with _FORTIFY_SOURCE) and musl lacks.
// scripts/lib/linux-musl-x64.sh links them into the library.
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HIDDEN __attribute__((visibility("hidden")))

static void check(size_t needed, size_t size) {
    if (needed > size) {
        abort();
    }
}

HIDDEN int __vfprintf_chk(FILE *file, int flag, const char *format, va_list arguments) {
    (void)flag;
    return vfprintf(file, format, arguments);
}

HIDDEN int __fprintf_chk(FILE *file, int flag, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = __vfprintf_chk(file, flag, format, arguments);
    va_end(arguments);
    return written;
}

HIDDEN int __printf_chk(int flag, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = __vfprintf_chk(stdout, flag, format, arguments);
    va_end(arguments);
    return written;
}

HIDDEN int __snprintf_chk(char *to, size_t length, int flag, size_t size, const char *format, ...) {
    (void)flag;
    check(length, size);
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(to, length, format, arguments);
    va_end(arguments);
    return written;
}

HIDDEN int __sprintf_chk(char *to, int flag, size_t size, const char *format, ...) {
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    check((size_t)written + 1, size);
    return written;
}

HIDDEN void *__memset_chk(void *to, int value, size_t length, size_t size) {
    check(length, size);
    return memset(to, value, length);
}

HIDDEN char *__strcat_chk(char *to, const char *from, size_t size) {
    check(strlen(to) + strlen(from) + 1, size);
    return strcat(to, from);
}
