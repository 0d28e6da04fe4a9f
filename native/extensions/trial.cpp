// Loads and uses a file in a child process first. The child is a fork of this process, so that nothing but the library is needed:
// it runs FAISS alone, on one thread, and leaves by _exit. Locks that other threads of the parent hold at the fork stay locked
// in the child. malloc and stdio are safe; if the child is stuck at another lock (it used hardly any processor time), it is started once
// more.
#include "faiss_sdk.h"

#include <c_api/macros_impl.h>

#include <stdexcept>

#ifdef _WIN32

int faiss_sdk_try_file(const char*, int, int, size_t, int, char*, size_t, size_t*) {
    try {
        throw std::runtime_error("Windows cannot fork a process");
    }
    CATCH_AND_HANDLE
}

#else

#include "check.hpp"
#include "printing.hpp"
#include "trial.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>

#include <fcntl.h>
#include <omp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace faiss_sdk {

static void write_all(int descriptor, const std::string& text) {
    for (size_t done = 0; done < text.size();) {
        const auto written = write(descriptor, text.data() + done, text.size() - done);
        if (written <= 0) {
            return;
        }
        done += written;
    }
}

void Begin::operator()(const char* name) const {
    *step_ = name;
    write_all(pipe_end_, std::string(name) + '\n');
}

} // namespace faiss_sdk

namespace {

using namespace faiss_sdk;

constexpr int last_signal = 31;
constexpr int max_descriptor = 1 << 16;
constexpr size_t max_report = 1 << 16;

struct Trial {
    const char* path;
    int io_flags;
    bool binary;
    size_t memory;
    int milliseconds;
};

struct Outcome {
    std::string report;
    int status = 0;
    bool reaped = false;
    bool timed_out = false;
    bool waited = false;
};

void limit(int resource, rlim_t value) {
    rlimit limits;
    if (getrlimit(resource, &limits) == 0) {
        limits.rlim_cur = std::min(limits.rlim_max, value);
        limits.rlim_max = limits.rlim_cur;
        setrlimit(resource, &limits);
    }
}

#ifdef __linux__
// The address space of this process, which contains what .NET reserves.
size_t address_space() {
    size_t pages = 0;
    const int file = open("/proc/self/statm", O_RDONLY);
    if (file >= 0) {
        char text[32];
        const auto length = read(file, text, sizeof text);
        for (ssize_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
            pages = 10 * pages + (text[i] - '0');
        }
        close(file);
    }
    return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}
#endif

// Removes what could act in the child on behalf of the parent: signal handlers, descriptors and threads of OpenMP.
void isolate(const Trial& trial, int pipe_end) {
    // A handler of the parent must not be called here: it may wait for another thread of the parent.
    stop_printing();

    for (int number = 1; number <= last_signal; number++) {
        signal(number, SIG_DFL);
    }
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);

    const int null = open("/dev/null", O_RDWR);
    for (int standard = 0; standard <= 2 && null >= 0; standard++) {
        dup2(null, standard);
    }
    rlimit descriptors;
    int end = max_descriptor;
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
        end = static_cast<int>(std::min<rlim_t>(descriptors.rlim_cur, max_descriptor));
    }
    for (int descriptor = 3; descriptor < end; descriptor++) {
        if (descriptor != pipe_end) {
            close(descriptor);
        }
    }

    const unsigned seconds = static_cast<unsigned>(trial.milliseconds / 1000 + 1);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, seconds + 1);
#ifdef __linux__
    if (trial.memory > 0) {
        limit(RLIMIT_AS, address_space() + trial.memory);
    }
#endif
    // In case the parent has died; otherwise it ends the child earlier.
    alarm(seconds + 5);
    omp_set_num_threads(1);
}

[[noreturn]] void run_child(const Trial& trial, int pipe_end) {
    isolate(trial, pipe_end);
    std::string fault;
    const char* step = "reading it";
    try {
        const Begin begin(pipe_end, &step);
        begin(step);
        if (trial.binary) {
            try_binary_file(trial.path, trial.io_flags, begin);
        } else {
            try_float_file(trial.path, trial.io_flags, begin);
        }
    } catch (const Fault& found) {
        fault = found.text;
    } catch (const std::bad_alloc&) {
        fault = std::string(step) + " needs more memory than " + std::to_string(trial.memory >> 20) + " MiB";
    } catch (const std::exception& e) {
        fault = std::string(step) + " failed: " + e.what();
    } catch (...) {
        fault = std::string(step) + " failed";
    }
    std::replace(fault.begin(), fault.end(), '\n', ' ');
    write_all(pipe_end, fault.empty() ? "=\n" : "!" + fault + '\n');
    _exit(0);
}

pid_t start_child(const Trial& trial, int* pipe_end) {
    int ends[2];
    if (pipe(ends) != 0) {
        throw std::runtime_error(std::string("no pipe for the child process: ") + std::strerror(errno));
    }
    // A handler of the parent must not run in the child.
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    const pid_t child = fork();
    if (child == 0) {
        run_child(trial, ends[1]);
    }
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    close(ends[1]);
    *pipe_end = ends[0];
    if (child < 0) {
        close(ends[0]);
        throw std::runtime_error(std::string("no child process: ") + std::strerror(error));
    }
    return child;
}

long long now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

// Reads what the child reports until it ends or the time is over.
void read_report(int pipe_end, int milliseconds, Outcome* outcome) {
    const auto end = now() + milliseconds;
    char text[4096];
    while (true) {
        const auto left = end - now();
        pollfd waiting = {pipe_end, POLLIN, 0};
        const int ready = left <= 0 ? 0 : poll(&waiting, 1, static_cast<int>(left));
        if (ready == 0) {
            outcome->timed_out = true;
            return;
        }
        if (ready < 0) {
            if (errno != EINTR) {
                return;
            }
            continue;
        }
        const auto length = read(pipe_end, text, sizeof text);
        if (length == 0 || (length < 0 && errno != EINTR)) {
            return;
        }
        if (length > 0 && outcome->report.size() < max_report) {
            outcome->report.append(text, length);
        }
    }
}

Outcome run(const Trial& trial) {
    Outcome outcome;
    int pipe_end;
    const pid_t child = start_child(trial, &pipe_end);
    read_report(pipe_end, trial.milliseconds, &outcome);
    close(pipe_end);
    if (outcome.timed_out) {
        kill(child, SIGKILL);
    }
    rusage usage;
    pid_t ended;
    do {
        ended = wait4(child, &outcome.status, 0, &usage);
    } while (ended < 0 && errno == EINTR);
    outcome.reaped = ended == child;
    if (outcome.reaped) {
        const auto computed = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000LL + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
        outcome.waited = computed < trial.milliseconds / 8;
    }
    return outcome;
}

// The last whole line of the report.
std::string last_line(std::string report) {
    if (!report.empty() && report.back() == '\n') {
        report.pop_back();
    }
    return report.substr(report.rfind('\n') + 1);
}

std::string describe(const Trial& trial, const Outcome& outcome) {
    const auto last = last_line(outcome.report);
    if (last == "=") {
        return "";
    }
    if (!last.empty() && last[0] == '!') {
        return last.substr(1);
    }
    const auto step = last.empty() ? "starting" : last;
    if (outcome.timed_out || (outcome.reaped && WIFSIGNALED(outcome.status) && (WTERMSIG(outcome.status) == SIGXCPU || WTERMSIG(outcome.status) == SIGALRM))) {
        return step + " takes longer than " + std::to_string(trial.milliseconds) + " ms";
    }
    if (outcome.reaped && WIFSIGNALED(outcome.status)) {
        return step + " ends the process by signal " + std::to_string(WTERMSIG(outcome.status));
    }
    return step + " ends the process";
}

} // namespace

int faiss_sdk_try_file(const char* path, int io_flags, int binary, size_t memory, int milliseconds, char* fault, size_t size, size_t* length) {
    try {
        const std::string name = path;
        const Trial trial = {name.c_str(), io_flags, binary != 0, memory, milliseconds};
        auto outcome = run(trial);
        if (outcome.timed_out && outcome.waited) {
            outcome = run(trial);
        }
        const auto text = describe(trial, outcome);
        *length = text.size();
        std::copy_n(text.data(), std::min(size, text.size()), fault);
        return 0;
    }
    CATCH_AND_HANDLE
}

#endif
