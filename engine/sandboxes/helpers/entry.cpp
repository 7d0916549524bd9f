// foundry-entry: the first process of a sandbox. It makes the listening sockets that the network policy asks for,
// inside the sandbox's own network, hands them to the engine, waits for the engine's word, starts the program without
// anything of root and within the limits, and from then on only collects the dead until the program ends.
//
// It is the pid namespace's init itself (bubblewrap --as-pid-1): bubblewrap's own runs without the system call filter
// and can be traced by the program, which would so get around the filter (reproduced with 0.8).
//
//     foundry-entry [--gate FD] [--listen PORT]… [--uid N] [--processes N] [--file-bytes N] [--memory N]
//     [--processors N] [--directory D] [--mark M] [--holder PID] [--columns N --rows N] -- PROGRAM …
//
// On the gate (AF_UNIX, SOCK_SEQPACKET): "R" with one descriptor for each --listen, in their order, goes out; "G" comes
// in; "T" with the master's end of the program's terminal goes out, where there is a size for one (it is made of the
// sandbox's own /dev/pts, as the program's user, so nothing of the host's terminals is inside); "E<text>" goes out
// when something fails. The gate's end ends this program at any moment, and with it everything
// in the sandbox: nothing runs on when the engine dies. (bubblewrap's --die-with-parent is no help there: killed while
// it makes its first process, it leaves that one waiting for ever.) Without a gate it starts at once.
//
// Single-threaded, static, no C++ library at run time. It runs with the sandbox's own filter and without privileges,
// but for CAP_SETUID, CAP_SETGID and CAP_SETPCAP where Foundry runs as root.

#include <arpa/inet.h>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int maxListeners = 64;
constexpr int backlog = 128;

struct Options {
    int gate = -1;
    int ports[maxListeners] = {};
    int portCount = 0;
    long uid = -1;
    long processes = 0;
    long long fileBytes = 0;
    long long memory = 0; // bytes of each process' own data
    int processors = 0;
    int columns = 0; // of a terminal; 0: none
    int rows = 0;
    const char *directory = nullptr;
    char **program = nullptr;
};

Options options;

[[noreturn]] void give_up(const char *what, const char *which)
{
    const int error = errno;
    char text[1024];
    const int length = snprintf(text, sizeof text, "E%s %s: %s", what, which, strerror(error));
    const size_t size = size_t(length) < sizeof text ? size_t(length) : sizeof text - 1;
    if (options.gate < 0 || send(options.gate, text, size, MSG_NOSIGNAL) < 0)
        dprintf(2, "foundry-entry: %s\n", text + 1);
    _exit(127);
}

long long number(const char *text)
{
    char *end = nullptr;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < 0) {
        errno = EINVAL;
        give_up("number", text);
    }
    return value;
}

void read_options(int argc, char **argv)
{
    int i = 1;
    for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
        const char *name = argv[i];
        const char *value = argv[i + 1];
        if (!strcmp(name, "--gate"))
            options.gate = int(number(value));
        else if (!strcmp(name, "--listen") && options.portCount < maxListeners)
            options.ports[options.portCount++] = int(number(value));
        else if (!strcmp(name, "--uid"))
            options.uid = long(number(value));
        else if (!strcmp(name, "--processes"))
            options.processes = long(number(value));
        else if (!strcmp(name, "--file-bytes"))
            options.fileBytes = number(value);
        else if (!strcmp(name, "--memory"))
            options.memory = number(value);
        else if (!strcmp(name, "--processors"))
            options.processors = int(number(value));
        else if (!strcmp(name, "--directory"))
            options.directory = value;
        else if (!strcmp(name, "--columns"))
            options.columns = int(number(value));
        else if (!strcmp(name, "--rows"))
            options.rows = int(number(value));
        else if (!strcmp(name, "--mark") || !strcmp(name, "--holder"))
            continue; // for the engine, which finds this process by it
        else {
            errno = EINVAL;
            give_up("option", name);
        }
    }
    if (i + 1 >= argc || strcmp(argv[i], "--") != 0) {
        errno = EINVAL;
        give_up("option", "--");
    }
    options.program = argv + i + 1;
}

int listen_on(int port)
{
    char shown[16];
    snprintf(shown, sizeof shown, "%d", port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1;
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<unsigned short>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes)
        || bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) || listen(fd, backlog))
        give_up("listen on", shown);
    return fd;
}

void hand_over(char word, const int *fds, int count)
{
    iovec data { &word, 1 };
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * maxListeners)] = {};
    msghdr message {};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (count > 0) {
        const size_t bytes = sizeof(int) * size_t(count);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(bytes);
        cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(bytes);
        memcpy(CMSG_DATA(header), fds, bytes);
    }
    if (sendmsg(options.gate, &message, MSG_NOSIGNAL) < 0)
        _exit(0); // the engine is gone
}

void hand_over_listeners()
{
    int fds[maxListeners];
    for (int i = 0; i < options.portCount; ++i)
        fds[i] = listen_on(options.ports[i]);
    hand_over('R', fds, options.portCount);
    for (int i = 0; i < options.portCount; ++i)
        close(fds[i]);
}

void wait_for_word()
{
    char word = 0;
    ssize_t got = 0;
    do {
        got = recv(options.gate, &word, 1, 0);
    } while (got < 0 && errno == EINTR);
    if (got != 1 || word != 'G')
        _exit(0);
}

void limit(__rlimit_resource resource, rlim_t value, const char *name)
{
    rlimit now {};
    getrlimit(resource, &now);
    const rlim_t bounded = value < now.rlim_max ? value : now.rlim_max;
    const rlimit wanted { bounded, bounded };
    if (setrlimit(resource, &wanted))
        give_up("limit", name);
}

// Build tools count the processors they may use. Which ones differs from sandbox to sandbox.
void use_few_processors()
{
    cpu_set_t may, use;
    CPU_ZERO(&may);
    CPU_ZERO(&use);
    if (sched_getaffinity(0, sizeof may, &may) || CPU_COUNT(&may) <= options.processors)
        return;
    int all[CPU_SETSIZE], count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &may))
            all[count++] = cpu;
    }
    unsigned first = 0;
    [[maybe_unused]] const ssize_t got = getrandom(&first, sizeof first, 0);
    for (int i = 0; i < options.processors; ++i)
        CPU_SET(all[(first % unsigned(count) + unsigned(i)) % unsigned(count)], &use);
    if (sched_setaffinity(0, sizeof use, &use))
        give_up("limit", "processors");
}

void set_limits()
{
    limit(RLIMIT_CORE, 0, "core");
    if (options.processes > 0)
        limit(RLIMIT_NPROC, rlim_t(options.processes), "processes");
    if (options.fileBytes > 0)
        limit(RLIMIT_FSIZE, rlim_t(options.fileBytes), "file-bytes");
    // Not RLIMIT_AS: Node and Java reserve far more than they use.
    if (options.memory > 0)
        limit(RLIMIT_DATA, rlim_t(options.memory), "memory");
    if (options.processors > 0)
        use_few_processors();
}

void drop_capabilities()
{
    __user_cap_header_struct header { _LINUX_CAPABILITY_VERSION_3, 0 };
    __user_cap_data_struct none[2] = {};
    if (syscall(SYS_capset, &header, none))
        give_up("drop", "capabilities");
}

void drop_root()
{
    if (options.uid >= 0) {
        for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); // best effort: without new privileges the rest is out of reach
        const auto id = static_cast<uid_t>(options.uid);
        if (setgroups(0, nullptr) || setresgid(id, id, id) || setresuid(id, id, id))
            give_up("become", "the sandbox's user");
    }
    drop_capabilities();
}

// In the program's own process and as its user, to whom the terminal then belongs.
void open_terminal()
{
    const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    const int locked = 0;
    winsize size {};
    size.ws_col = static_cast<unsigned short>(options.columns);
    size.ws_row = static_cast<unsigned short>(options.rows);
    if (master < 0 || ioctl(master, TIOCSPTLCK, &locked) || ioctl(master, TIOCSWINSZ, &size))
        give_up("open", "a terminal");
    const int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) || dup2(slave, 0) < 0 || dup2(slave, 1) < 0
        || dup2(slave, 2) < 0)
        give_up("open", "a terminal");
    hand_over('T', &master, 1);
    close(master);
}

[[noreturn]] void become_program()
{
    set_limits();
    drop_root();
    umask(022);
    if (options.directory && chdir(options.directory))
        give_up("enter", options.directory);
    if (options.gate >= 0 && options.columns > 0 && options.rows > 0)
        open_terminal();
    execvp(options.program[0], options.program);
    give_up("start", options.program[0]);
}

// Until the program ends or the engine's end of the gate is closed, and with it the namespace and all in it.
[[noreturn]] void collect_the_dead(pid_t program, int deaths)
{
    // A gate of -1 is passed by. The engine sends nothing more: what is left to see on the gate is its end.
    pollfd watched[] = { { deaths, POLLIN, 0 }, { options.gate, POLLIN, 0 } };
    for (;;) {
        int status = 0;
        const pid_t dead = waitpid(-1, &status, WNOHANG);
        if (dead == program)
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        if (dead > 0)
            continue;
        if (dead < 0 || poll(watched, 2, -1) < 0 || watched[1].revents)
            _exit(127);
        signalfd_siginfo told {};
        [[maybe_unused]] const ssize_t got = read(deaths, &told, sizeof told);
    }
}

} // namespace

int main(int argc, char **argv)
{
    read_options(argc, argv);
    if (options.gate >= 0) {
        fcntl(options.gate, F_SETFD, FD_CLOEXEC);
        hand_over_listeners();
        wait_for_word();
    }
    close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // nobody inside traces or reads this process
    sigset_t before, child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    const pid_t program = fork();
    if (program == 0) {
        sigprocmask(SIG_SETMASK, &before, nullptr);
        become_program();
    }
    if (program < 0)
        give_up("start", "a process");
    drop_capabilities();
    if (options.gate >= 0)
        options.gate = dup2(options.gate, 0);
    close_range(options.gate >= 0 ? 1 : 0, UINT_MAX, 0);
    collect_the_dead(program, signalfd(-1, &child, SFD_CLOEXEC));
}
