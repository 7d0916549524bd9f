// foundry-views: copy-on-write views of the person's caches, and then another program (bubblewrap), which binds them
// into a sandbox. bubblewrap 0.8 knows no overlay, and inside its sandbox nothing may mount any more, so this goes
// before it: a mount namespace of its own, an overlay for each view, exec.
//
//     foundry-views [--map UID] [--view LOWER FOLDER]… -- PROGRAM …
//
// FOLDER holds upper/, work/, lower/ and view/; what is written inside stays in upper/, LOWER is never changed. As an
// ordinary user it makes a user namespace in which that user stays who they are. As root, --map shows what belongs to
// LOWER's owner as belonging to UID (an idmapped mount), who is the one that works inside and could write nothing
// else. A view that cannot be had is told on standard error and left out: view/ stays an empty, private folder.
//
// Single-threaded, static, no C++ library at run time.

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <linux/mount.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" int mount(const char *, const char *, const char *, unsigned long, const void *) noexcept;

namespace {

constexpr unsigned long recursive = 16384, privately = 1 << 18; // MS_REC, MS_PRIVATE: <sys/mount.h> and
                                                                // <linux/mount.h> do not go together
constexpr int maxOption = 4096 * 4;

void tell(const char *what, const char *which)
{
    dprintf(2, "foundry-views: %s %s: %s\n", what, which, strerror(errno));
}

bool write_file(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool good = fd >= 0 && write(fd, text, strlen(text)) == ssize_t(strlen(text));
    if (fd >= 0)
        close(fd);
    return good;
}

bool enter_own_mounts()
{
    const uid_t uid = geteuid();
    const gid_t gid = getegid();
    if (unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER))
        return false;
    char text[64];
    if (uid != 0) {
        snprintf(text, sizeof text, "%u %u 1\n", uid, uid);
        if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", text))
            return false;
        snprintf(text, sizeof text, "%u %u 1\n", gid, gid);
        if (!write_file("/proc/self/gid_map", text))
            return false;
    }
    return mount("", "/", nullptr, recursive | privately, nullptr) == 0;
}

// A user namespace in which `outside` appears as `inside`; its descriptor, or -1.
int user_namespace(uid_t outside, gid_t outside_group, long inside)
{
    int ready[2], done[2];
    if (pipe2(ready, O_CLOEXEC) || pipe2(done, O_CLOEXEC))
        return -1;
    const pid_t child = fork();
    if (child == 0) {
        close(done[1]);
        char word = 0;
        const bool made = unshare(CLONE_NEWUSER) == 0;
        if (write(ready[1], made ? "y" : "n", 1) != 1 || read(done[0], &word, 1) < 0)
            _exit(1);
        _exit(0);
    }
    close(done[0]);
    close(ready[1]);
    char word = 'n';
    int fd = -1;
    if (child > 0 && read(ready[0], &word, 1) == 1 && word == 'y') {
        char path[64], map[64];
        snprintf(path, sizeof path, "/proc/%d/uid_map", child);
        snprintf(map, sizeof map, "%u %ld 1\n", outside, inside);
        bool good = write_file(path, map);
        snprintf(path, sizeof path, "/proc/%d/gid_map", child);
        snprintf(map, sizeof map, "%u %ld 1\n", outside_group, inside);
        good = good && write_file(path, map);
        snprintf(path, sizeof path, "/proc/%d/ns/user", child);
        fd = good ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    }
    const int error = errno;
    close(done[1]);
    close(ready[0]);
    if (child > 0)
        waitpid(child, nullptr, 0);
    errno = error;
    return fd;
}

// `lower` once more at `place`, with its owner seen as `uid`.
bool mount_mapped(const char *lower, const char *place, long uid)
{
    struct stat info {};
    if (stat(lower, &info))
        return false;
    const int space = user_namespace(info.st_uid, info.st_gid, uid);
    if (space < 0)
        return false;
    const int tree = int(syscall(SYS_open_tree, AT_FDCWD, lower, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    mount_attr attributes {};
    attributes.attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY;
    attributes.userns_fd = static_cast<unsigned>(space);
    const bool good = tree >= 0
        && syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0
        && syscall(SYS_move_mount, tree, "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH) == 0;
    const int error = errno;
    close(space);
    if (tree >= 0)
        close(tree);
    errno = error;
    return good;
}

// As overlayfs reads a path: with colons, commas and backslashes escaped.
void append_path(char *option, const char *name, const char *path, const char *part)
{
    size_t at = strlen(option);
    at += size_t(snprintf(option + at, maxOption - at, "%s%s=", at ? "," : "", name));
    for (const char *text : { path, part }) {
        for (; *text && at + 3 < maxOption; ++text) {
            if (*text == ':' || *text == ',' || *text == '\\')
                option[at++] = '\\';
            option[at++] = *text;
        }
    }
    option[at] = 0;
}

void make_view(const char *lower, const char *folder, long map)
{
    char place[PATH_MAX], mapped[PATH_MAX];
    static char option[maxOption];
    option[0] = 0;
    snprintf(place, sizeof place, "%s/view", folder);
    snprintf(mapped, sizeof mapped, "%s/lower", folder);
    if (map >= 0 && !mount_mapped(lower, mapped, map)) {
        tell("no view of", lower);
        return;
    }
    append_path(option, "lowerdir", map >= 0 ? mapped : lower, "");
    append_path(option, "upperdir", folder, "/upper");
    append_path(option, "workdir", folder, "/work");
    if (geteuid() != 0)
        strcat(option, ",userxattr");
    if (mount("overlay", place, "overlay", 0, option))
        tell("no view of", lower);
}

} // namespace

int main(int argc, char **argv)
{
    long map = -1;
    int i = 1;
    bool first = true;
    while (i < argc && strcmp(argv[i], "--") != 0) {
        if (!strcmp(argv[i], "--map") && i + 1 < argc) {
            map = atol(argv[i + 1]);
            i += 2;
            continue;
        }
        if (strcmp(argv[i], "--view") != 0 || i + 2 >= argc) {
            errno = EINVAL;
            tell("option", argv[i]);
            return 127;
        }
        if (first && !enter_own_mounts()) {
            tell("no views here", "");
            while (i < argc && strcmp(argv[i], "--") != 0)
                ++i;
            break;
        }
        first = false;
        make_view(argv[i + 1], argv[i + 2], map);
        i += 3;
    }
    if (i + 1 >= argc)
        return 127;
    execv(argv[i + 1], argv + i + 1);
    tell("start", argv[i + 1]);
    return 127;
}
