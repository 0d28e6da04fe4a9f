// Collects what FAISS prints into lines, and passes these to the handlers.
#include "printing.hpp"

#undef fflush
#undef fprintf
#undef perror
#undef printf
#undef putchar
#undef puts

#include "faiss_sdk.h"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstring>
#include <string>

namespace {

constexpr size_t max_handlers = 16;
constexpr size_t max_unfinished = 1024;

std::atomic<FaissSdkPrintHandler> handlers[max_handlers];
std::atomic<int64_t> dropped_warnings;
std::atomic<bool> stopped;

// The beginning of an unfinished line. Has no constructor or destructor, so that ending threads run no code here.
struct Unfinished {
    char text[max_unfinished];
    size_t length;
};

thread_local Unfinished unfinished[2];

bool begins_with(const char* text, size_t length, const char* beginning) {
    const size_t n = std::strlen(beginning);
    return length >= n && std::memcmp(text, beginning, n) == 0;
}

void deliver(int is_warning, const char* text, size_t length) {
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
        length--;
    }
    if (length == 0 || stopped) {
        return;
    }
    if (begins_with(text, length, "WARN")) {
        is_warning = 1;
    }
    // FAISS ends the process next, so that this is the last chance to say why.
    if (begins_with(text, length, "Faiss assertion")) {
        std::fprintf(stderr, "%.*s\n", static_cast<int>(length), text);
    }
    bool taken = false;
    for (auto& slot : handlers) {
        if (const auto handler = slot.load()) {
            taken = handler(is_warning, text, length) != 0 || taken;
        }
    }
    if (is_warning && !taken) {
        dropped_warnings++;
    }
}

void finish(int is_error) {
    Unfinished& line = unfinished[is_error];
    const size_t length = line.length;
    line.length = 0;
    deliver(is_error, line.text, length);
}

// A carriage return ends a line too: FAISS uses it to print progress in one place.
void append(int is_error, const char* text, size_t length) {
    Unfinished& line = unfinished[is_error];
    const char* const end = text + length;
    while (text < end) {
        const char* stop = text;
        while (stop < end && *stop != '\n' && *stop != '\r') {
            stop++;
        }
        const size_t part = stop - text;
        if (line.length == 0 && stop < end) {
            deliver(is_error, text, part);
        } else if (line.length + part <= max_unfinished) {
            std::memcpy(line.text + line.length, text, part);
            line.length += part;
            if (stop < end) {
                finish(is_error);
            }
        } else {
            finish(is_error);
            deliver(is_error, text, part);
        }
        text = stop + 1;
    }
}

int append_formatted(int is_error, const char* format, va_list arguments) {
    try {
        char text[max_unfinished];
        va_list again;
        va_copy(again, arguments);
        const int length = std::vsnprintf(text, sizeof text, format, arguments);
        if (length >= static_cast<int>(sizeof text)) {
            std::string longer(length + 1, '\0');
            std::vsnprintf(&longer[0], longer.size(), format, again);
            append(is_error, longer.data(), length);
        } else if (length > 0) {
            append(is_error, text, length);
        }
        va_end(again);
        // Not every message for stderr ends with a line.
        if (is_error) {
            finish(is_error);
        }
        return length;
    } catch (...) {
        return -1;
    }
}

bool is_standard(std::FILE* stream) {
    return stream == stdout || stream == stderr;
}

} // namespace

void faiss_sdk::stop_printing() {
    stopped = true;
}

int faiss_sdk_print(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = append_formatted(0, format, arguments);
    va_end(arguments);
    return length;
}

int faiss_sdk_print_to(std::FILE* stream, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = is_standard(stream) ? append_formatted(stream == stderr, format, arguments) : std::vfprintf(stream, format, arguments);
    va_end(arguments);
    return length;
}

int faiss_sdk_put_line(const char* text) {
    append(0, text, std::strlen(text));
    append(0, "\n", 1);
    return 0;
}

int faiss_sdk_put(int character) {
    const char text = static_cast<char>(character);
    append(0, &text, 1);
    return static_cast<unsigned char>(text);
}

int faiss_sdk_flush(std::FILE* stream) {
    if (stream == nullptr || !is_standard(stream)) {
        return std::fflush(stream);
    }
    finish(stream == stderr);
    return 0;
}

void faiss_sdk_print_error(const char* text) {
    const char* const reason = std::strerror(errno);
    if (text == nullptr || *text == '\0') {
        faiss_sdk_print_to(stderr, "%s\n", reason);
    } else {
        faiss_sdk_print_to(stderr, "%s: %s\n", text, reason);
    }
}

int faiss_sdk_add_print_handler(FaissSdkPrintHandler handler) {
    for (auto& slot : handlers) {
        FaissSdkPrintHandler empty = nullptr;
        if (slot.compare_exchange_strong(empty, handler)) {
            return 1;
        }
    }
    return 0;
}

void faiss_sdk_remove_print_handler(FaissSdkPrintHandler handler) {
    for (auto& slot : handlers) {
        FaissSdkPrintHandler found = handler;
        if (slot.compare_exchange_strong(found, nullptr)) {
            return;
        }
    }
}

int64_t faiss_sdk_dropped_warnings(void) {
    return dropped_warnings;
}
