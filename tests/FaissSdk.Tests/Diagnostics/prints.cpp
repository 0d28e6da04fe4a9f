// Prints as FAISS does, with native/extensions/printing.hpp included before. PrintingTests.cs compiles and runs it.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <omp.h>

#include "faiss_sdk.h"

static std::mutex gate;
static std::vector<std::string> lines;
static std::set<std::thread::id> threads;

static int keep(int is_warning, const char* text, size_t length) {
    const std::lock_guard<std::mutex> lock(gate);
    lines.push_back((is_warning ? "!" : "=") + std::string(text, length));
    threads.insert(std::this_thread::get_id());
    return 1;
}

static int ignore(int, const char*, size_t) {
    return 0;
}

static void expect(const std::vector<std::string>& expected, int line) {
    if (lines != expected) {
        std::FILE* const file = std::fopen("fault", "w");
        fprintf(file, "line %d:", line);
        for (const auto& text : lines) {
            fprintf(file, " [%s]", text.c_str());
        }
        std::fclose(file);
        std::exit(1);
    }
    lines.clear();
}

#define EXPECT(...) expect(std::vector<std::string>{__VA_ARGS__}, __LINE__)

int main(int argc, char**) {
    fprintf(stderr, "WARNING nobody is there\n");
    printf("progress nobody asked for\n");
    if (faiss_sdk_dropped_warnings() != 1) {
        return 2;
    }
    faiss_sdk_add_print_handler(ignore);
    fprintf(stderr, "nobody takes it");
    if (faiss_sdk_dropped_warnings() != 2 || !faiss_sdk_add_print_handler(keep)) {
        return 3;
    }

    // Lines end with \n or \r, also if printed in parts; calls for stderr end a line.
    printf("a %d, ", 1);
    printf("b\nc  \r");
    putchar('d');
    putchar('\n');
    puts("e");
    printf("\n\n");
    EXPECT("=a 1, b", "=c", "=d", "=e");
    fprintf(stderr, "no end");
    std::fprintf(stderr, "%s", "standard");
    EXPECT("!no end", "!standard");
    printf("kept until flushed");
    EXPECT();
    fflush(stdout);
    EXPECT("=kept until flushed");
    printf("WARNING on stdout\n");
    EXPECT("!WARNING on stdout");

    // Lines longer than the buffers.
    const std::string longest(5000, 'x');
    printf("%s\n", longest.c_str());
    EXPECT("=" + longest);
    printf("first ");
    printf("%s\n", longest.c_str());
    EXPECT("=first", "=" + longest);

    // Other streams are left alone.
    std::FILE* file = std::fopen("file", "w+");
    fprintf(file, "%d %s", 7, "in a file");
    fflush(file);
    fflush(nullptr);
    std::rewind(file);
    char text[64] = "";
    if (std::fgets(text, sizeof text, file) == nullptr || std::strcmp(text, "7 in a file") != 0) {
        return 4;
    }
    std::fclose(file);
    EXPECT();
    if (std::fopen("no/such/file", "r") == nullptr) {
        perror("fopen");
        EXPECT("!fopen: No such file or directory");
    }

    // Lines of threads are not mixed.
    threads.clear();
#pragma omp parallel num_threads(4)
    for (int i = 0; i < 100; i++) {
        printf("%d", omp_get_thread_num());
#pragma omp barrier
        printf(" %d\n", omp_get_thread_num());
#pragma omp barrier
    }
    if (lines.size() != 400 || threads.size() != 4) {
        return 5;
    }
    for (const auto& line : lines) {
        if (line.size() != 4 || line[0] != '=' || line[1] != line[3]) {
            return 6;
        }
    }
    lines.clear();

    faiss_sdk_remove_print_handler(keep);
    fprintf(stderr, "removed");
    EXPECT();
    int added = 1;
    while (faiss_sdk_add_print_handler(ignore)) {
        added++;
    }
    if (added != 16 || faiss_sdk_dropped_warnings() != 3) {
        return 7;
    }
    // The reason for an abort is printed in any case.
    if (argc > 1) {
        fprintf(stderr, "Faiss assertion '%s' failed\n", "false");
    }
    return 0;
}
