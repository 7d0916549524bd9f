// foundry-attacker WHAT [ARGUMENT…]: tries one thing. "done …" and 0: it worked; the name of the error and 1: it did
// not.

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace {

int report(bool worked, const std::string &more = {})
{
    const int error = errno;
    if (worked)
        printf("done%s\n", (more.empty() ? more : " " + more).c_str());
    else
        printf("%s\n", strerrorname_np(error));
    fflush(stdout);
    return worked ? 0 : 1;
}

int readFile(const char *path)
{
    const int fd = open(path, O_RDONLY);
    char bytes[4096];
    const ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    std::string text(bytes, got > 0 ? size_t(got) : 0);
    if (!text.empty() && text.back() == '\n')
        text.pop_back();
    return report(got >= 0, text);
}

int writeFile(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CREAT, 0644);
    return report(fd >= 0 && write(fd, text, strlen(text)) == ssize_t(strlen(text)));
}

// Connects, sends a line, answers what comes back.
int talk(int fd, const sockaddr *address, socklen_t size)
{
    const timeval limit { 10, 0 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char bytes[4096];
    ssize_t got = -1;
    if (fd >= 0 && connect(fd, address, size) == 0 && send(fd, "hello\n", 6, MSG_NOSIGNAL) == 6)
        got = read(fd, bytes, sizeof bytes - 1);
    std::string text(bytes, got > 0 ? size_t(got) : 0);
    if (!text.empty() && text.back() == '\n')
        text.pop_back();
    return report(got >= 0, text);
}

int connectTo(const char *host, int port)
{
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<unsigned short>(port));
    inet_pton(AF_INET, host, &address.sin_addr);
    return talk(socket(AF_INET, SOCK_STREAM, 0), reinterpret_cast<const sockaddr *>(&address), sizeof address);
}

int connectUnix(const char *name, bool abstract)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path + (abstract ? 1 : 0), name, sizeof address.sun_path - 2);
    const auto size = socklen_t(offsetof(sockaddr_un, sun_path) + strlen(name) + (abstract ? 1 : 0));
    return talk(socket(AF_UNIX, SOCK_STREAM, 0), reinterpret_cast<const sockaddr *>(&address), size);
}

// Pushes a character into a terminal of our own, so that nothing else is hurt where it works.
int pushInput()
{
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) || unlockpt(terminal))
        return report(false);
    setsid();
    const int other = open(ptsname(terminal), O_RDWR);
    ioctl(other, TIOCSCTTY, 0);
    const char character = 'x';
    // High bits must not get past a filter: the kernel looks at the low half only.
    const bool plain = other >= 0 && ioctl(other, TIOCSTI, &character) == 0;
    const int error = errno;
    if (syscall(SYS_ioctl, other, 0x100000000UL | TIOCSTI, &character) == 0)
        return report(true, "by high bits");
    errno = error;
    return report(plain);
}

int rawCall(const std::string &name)
{
    char buffer[512] = {};
    const struct {
        const char *name;
        long number;
        long a, b, c, d, e;
    } calls[] = {
        { "io_uring_setup", SYS_io_uring_setup, 1, long(buffer), 0, 0, 0 },
        { "keyctl", SYS_keyctl, 0, -3, 1, 0, 0 }, // the session's keyring, made when missing
        { "add_key", SYS_add_key, long("user"), long("foundry"), long("x"), 1, -2 },
        { "bpf", SYS_bpf, 0, long(buffer), 0, 0, 0 },
        { "perf_event_open", SYS_perf_event_open, long(buffer), 0, -1, -1, 0 },
        { "userfaultfd", SYS_userfaultfd, 1, 0, 0, 0, 0 },
        { "unshare-user", SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0 },
        { "unshare-more", SYS_unshare, CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS, 0, 0, 0, 0 },
        { "clone-user", SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0 },
        { "mount", SYS_mount, long("none"), long("/tmp"), long("tmpfs"), 0, 0 },
        { "remount", SYS_mount, long("none"), long("/"), 0, MS_REMOUNT | MS_BIND, 0 },
        { "umount", SYS_umount2, long("/proc/sys"), MNT_DETACH, 0, 0, 0 },
        { "chroot", SYS_chroot, long("/tmp"), 0, 0, 0, 0 },
        { "open_tree", SYS_open_tree, AT_FDCWD, long("/"), 1, 0, 0 },
        { "setuid", SYS_setuid, 0, 0, 0, 0, 0 },
        { "mknod", SYS_mknodat, AT_FDCWD, long("/tmp/device"), S_IFBLK | 0600, 0x800, 0 },
        { "reboot", SYS_reboot, 0, 0, 0, 0, 0 },
        { "sethostname", SYS_sethostname, long("x"), 1, 0, 0, 0 },
        { "kexec_load", SYS_kexec_load, 0, 0, 0, 0, 0 },
        { "init_module", SYS_init_module, 0, 0, 0, 0, 0 },
    };
    for (const auto &call : calls) {
        if (name != call.name)
            continue;
        const long result = syscall(call.number, call.a, call.b, call.c, call.d, call.e);
        if (name == "clone-user" && result == 0)
            _exit(0);
        return report(result >= 0);
    }
    errno = EINVAL;
    return report(false);
}

// A call of the 32-bit kind, where the numbers are others: getpid is 20.
int oldCall()
{
#if defined(__x86_64__)
    long result = 20;
    asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    errno = int(-result);
    return report(result > 0);
#else
    errno = ENOSYS;
    return report(false);
#endif
}

// How many processes can be had, up to `wanted`. They wait for us and end with us.
int forkMany(int wanted)
{
    int ends[2];
    if (pipe(ends))
        return report(false);
    int made = 0;
    for (; made < wanted; ++made) {
        const pid_t pid = fork();
        if (pid < 0)
            break;
        if (pid == 0) {
            close(ends[1]);
            char byte = 0;
            [[maybe_unused]] const auto got = read(ends[0], &byte, 1);
            _exit(0);
        }
    }
    return report(true, std::to_string(made));
}

[[noreturn]] void forkForEver()
{
    for (;;) [[maybe_unused]]
        const pid_t pid = fork();
}

// Leaves processes behind that belong to no session, group or terminal of ours.
int daemonise(int count)
{
    for (int i = 0; i < count; ++i) {
        if (fork() != 0)
            continue;
        setsid();
        if (fork() != 0)
            _exit(0);
        setsid();
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        close(0);
        close(1);
        close(2);
        for (;;)
            sleep(1000);
    }
    while (wait(nullptr) > 0) { }
    return report(true);
}

int deepFolders(int depth)
{
    for (int i = 0; i < depth; ++i) {
        if (mkdir("d", 0700) || chdir("d"))
            return report(false);
    }
    return writeFile("x", "x");
}

int traceOwn()
{
    const pid_t pid = fork();
    if (pid == 0) {
        for (;;)
            pause();
    }
    const bool worked = ptrace(PTRACE_ATTACH, pid, 0, 0) == 0;
    const int error = errno;
    kill(pid, SIGKILL);
    errno = error;
    return report(worked);
}

int bindSocket(const char *name)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, name, sizeof address.sun_path - 1);
    return report(bind(socket(AF_UNIX, SOCK_STREAM, 0), reinterpret_cast<const sockaddr *>(&address), sizeof address)
                  == 0);
}

int largeFile(const char *path, long bytes)
{
    signal(SIGXFSZ, SIG_IGN);
    const int fd = open(path, O_WRONLY | O_CREAT, 0644);
    return report(fd >= 0 && pwrite(fd, "x", 1, bytes) == 1);
}

} // namespace

int main(int argc, char **argv)
{
    const std::string what = argc > 1 ? argv[1] : "";
    const char *first = argc > 2 ? argv[2] : "";
    const char *second = argc > 3 ? argv[3] : "";
    if (what == "read")
        return readFile(first);
    if (what == "write")
        return writeFile(first, second);
    if (what == "connect")
        return connectTo(first, atoi(second));
    if (what == "unix")
        return connectUnix(first, false);
    if (what == "abstract")
        return connectUnix(first, true);
    if (what == "signal")
        return report(kill(pid_t(atoi(first)), 0) == 0);
    if (what == "trace")
        return report(ptrace(PTRACE_ATTACH, pid_t(atoi(first)), 0, 0) == 0);
    if (what == "trace-own")
        return traceOwn();
    if (what == "socket")
        return report(socket(atoi(first), SOCK_RAW, atoi(second)) >= 0
                      || socket(atoi(first), SOCK_STREAM, atoi(second)) >= 0
                      || socket(atoi(first), SOCK_SEQPACKET, atoi(second)) >= 0);
    if (what == "tiocsti")
        return pushInput();
    if (what == "call")
        return rawCall(first);
    if (what == "old-call")
        return oldCall();
    if (what == "fork")
        return forkMany(atoi(first));
    if (what == "bomb")
        forkForEver();
    if (what == "daemonise")
        return daemonise(atoi(first));
    if (what == "deep")
        return deepFolders(atoi(first));
    if (what == "bind")
        return bindSocket(first);
    if (what == "large")
        return largeFile(first, atol(second));
    errno = EINVAL;
    return report(false);
}
