// load_index LIBRARY SECONDS: reads index files with libfaiss_c.so, each in a process of its own, and reports the outcome.
// Standard input: lines "float PATH" or "binary PATH". Standard output: "ready", then a line for each file: "loaded",
// "rejected CODE", "killed SIGNAL", "timeout", or "exited STATUS" where the library itself ended the process.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int read_function(const char* path, int flags, void** index);
typedef void free_function(void* index);

struct kind {
    const char* name;
    const char* read_symbol;
    const char* free_symbol;
    read_function* read;
    free_function* free;
};

// Exit statuses of a reader; the rejections follow REJECTED. No library ends a process with these.
enum { LOADED = 200, REJECTED = 201, REJECTIONS = 16 };

static const rlim_t address_space = (rlim_t)2 << 30;

static void limit(int resource, rlim_t value) {
    struct rlimit limits = {value, value};
    if (setrlimit(resource, &limits) != 0) {
        _exit(1);
    }
}

static void read_and_exit(const struct kind* kind, const char* path, unsigned seconds) {
    // One second more than the soft limit would be SIGKILL, which memory running out is as well.
    struct rlimit cpu = {seconds, seconds + 1};
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 || setrlimit(RLIMIT_CPU, &cpu) != 0) {
        _exit(1);
    }
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_AS, address_space);
    alarm(seconds);

    void* index = NULL;
    int code = kind->read(path, 0, &index);
    if (code != 0) {
        _exit(code < 0 && code > -REJECTIONS ? REJECTED - code : REJECTED);
    }
    kind->free(index);
    _exit(LOADED);
}

static void tell(int status) {
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);
        if (number == SIGALRM || number == SIGXCPU) {
            puts("timeout");
        } else {
            printf("killed SIG%s\n", sigabbrev_np(number));
        }
    } else if (WEXITSTATUS(status) == LOADED) {
        puts("loaded");
    } else if (WEXITSTATUS(status) >= REJECTED && WEXITSTATUS(status) < REJECTED + REJECTIONS) {
        printf("rejected %d\n", REJECTED - WEXITSTATUS(status));
    } else {
        printf("exited %d\n", WEXITSTATUS(status));
    }
}

int main(int argc, char** argv) {
    struct kind kinds[] = {
        {"float", "faiss_read_index_fname", "faiss_Index_free", NULL, NULL},
        {"binary", "faiss_read_index_binary_fname", "faiss_IndexBinary_free", NULL, NULL},
    };
    if (argc != 3) {
        fputs("usage: load_index LIBRARY SECONDS\n", stderr);
        return 2;
    }

    // A process with several threads cannot fork safely.
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void* library = dlopen(argv[1], RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "load_index: %s\n", dlerror());
        return 2;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        *(void**)&kinds[i].read = dlsym(library, kinds[i].read_symbol);
        *(void**)&kinds[i].free = dlsym(library, kinds[i].free_symbol);
        if (kinds[i].read == NULL || kinds[i].free == NULL) {
            fprintf(stderr, "load_index: %s\n", dlerror());
            return 2;
        }
    }
    puts("ready");
    fflush(stdout);

    char* line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char* path = strchr(line, ' ');
        const struct kind* kind = NULL;
        for (size_t i = 0; path != NULL && i < sizeof kinds / sizeof *kinds; i++) {
            if (strncmp(line, kinds[i].name, (size_t)(path - line)) == 0) {
                kind = &kinds[i];
            }
        }
        if (kind == NULL || access(path + 1, R_OK) != 0) {
            fprintf(stderr, "load_index: cannot read '%s'\n", line);
            return 2;
        }

        pid_t reader = fork();
        if (reader == 0) {
            read_and_exit(kind, path + 1, (unsigned)atoi(argv[2]));
        }
        int status;
        if (reader < 0 || waitpid(reader, &status, 0) != reader) {
            perror("load_index");
            return 2;
        }
        tell(status);
        fflush(stdout);
    }
    free(line);
    return 0;
}
