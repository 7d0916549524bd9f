#include "StoredObjects.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>

namespace foundry {

namespace {

// For each line "aa/bb/id size": "y", line break and the content, or "n" and a line break.
constexpr char script[] = R"sh(set -u
while read -r name size; do
  found=
  for root in "$@"; do
    file=${root:+$root/}.git/lfs/objects/$name
    if [ -f "$file" ] && [ "$(stat -c %s -- "$file")" = "$size" ]; then
      found=$file
      break
    fi
  done
  if [ -n "$found" ]; then echo y && cat -- "$found"; else echo n; fi
done
)sh";

// Cuts the stream into files.
class ObjectWriter {
public:
    explicit ObjectWriter(std::vector<WantedObject> wanted)
        : m_wanted(std::move(wanted))
    {
    }

    // False: `failure` says why; what follows is not wanted.
    bool take(const QByteArray &bytes)
    {
        for (qsizetype at = 0; at < bytes.size();) {
            if (m_failure)
                return false;
            if (m_next >= m_wanted.size())
                return fails(failure(codes::Git::corrupt, u"more than was asked for"_s));
            if (!m_file) {
                if (!takeMark(bytes.at(at++)))
                    return false;
                continue;
            }
            const qsizetype part = qsizetype(qMin<qint64>(bytes.size() - at, m_left));
            m_sum.addData(QByteArrayView(bytes).sliced(at, part));
            if (m_file->write(bytes.constData() + at, part) != part)
                return fails(failure(codes::Storage::unavailable, m_file->errorString()));
            at += part;
            m_left -= part;
            m_done += part;
            if (m_left == 0 && !finish())
                return false;
        }
        return true;
    }
    bool isComplete() const { return !m_failure && m_next == m_wanted.size(); }
    std::optional<Failure> failed() const { return m_failure; }
    const QStringList &missing() const { return m_missing; }
    qint64 done() const { return m_done; }

private:
    bool fails(Failure why)
    {
        m_failure = std::move(why);
        m_file.reset();
        return false;
    }
    bool takeMark(char mark)
    {
        m_mark += mark;
        if (m_mark.size() < 2)
            return true;
        const QByteArray said = std::exchange(m_mark, {});
        if (said == "n\n") {
            m_missing << m_wanted[m_next++].oid;
            return true;
        }
        return said == "y\n" ? begin() : fails(failure(codes::Git::corrupt, u"the checkout answers nonsense"_s));
    }
    bool begin()
    {
        const WantedObject &one = m_wanted[m_next];
        const QString folder = QFileInfo(one.place).path();
        m_file = std::make_unique<QTemporaryFile>(folder + u"/.foundry-XXXXXX"_s);
        m_sum.reset();
        m_left = one.size;
        if (!QDir().mkpath(folder) || !m_file->open())
            return fails(failure(codes::Storage::unavailable, one.place));
        return true;
    }
    bool finish()
    {
        const WantedObject &one = m_wanted[m_next++];
        if (QString::fromLatin1(m_sum.result().toHex()) != one.oid)
            return fails(failure(codes::Git::corrupt, u"the content of %1 is another one"_s.arg(one.oid)));
        // For whoever runs in a sandbox as well, which may be another user.
        m_file->setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther);
        const std::unique_ptr<QTemporaryFile> file = std::move(m_file);
        QFile::remove(one.place); // one of another size
        if (!file->flush() || !file->rename(one.place))
            return fails(failure(codes::Storage::unavailable, one.place));
        file->setAutoRemove(false);
        return true;
    }

    std::vector<WantedObject> m_wanted;
    size_t m_next = 0;
    QByteArray m_mark;
    std::unique_ptr<QTemporaryFile> m_file;
    QCryptographicHash m_sum { QCryptographicHash::Sha256 };
    qint64 m_left = 0;
    qint64 m_done = 0;
    QStringList m_missing;
    std::optional<Failure> m_failure;
};

} // namespace

Async<Result<QStringList>> takeObjects(Clock &clock, SandboxProvider &provider, SandboxRecord record,
                                       std::vector<WantedObject> wanted, std::function<void(double)> progress)
{
    qint64 total = 0;
    QByteArray list;
    for (const WantedObject &one : wanted) {
        total += one.size;
        list += one.oid.left(2).toLatin1() + '/' + one.oid.mid(2, 2).toLatin1() + '/' + one.oid.toLatin1() + ' '
            + QByteArray::number(one.size) + '\n';
    }
    if (total > maxObjectsHome)
        co_return fail(codes::Git::tooLarge, u"%1 bytes in Git LFS, the limit is %2"_s.arg(total).arg(maxObjectsHome));
    SandboxCommand command;
    command.program = u"/bin/sh"_s;
    command.arguments = { u"-c"_s, QString::fromLatin1(script), u"sh"_s, QString() };
    for (const SandboxModule &module : record.modules)
        command.arguments << module.path;
    command.environment = { { u"PATH"_s, u"/usr/local/bin:/usr/bin:/bin"_s } };
    command.readOnlyCheckout = true;
    auto started = provider.start(record, command);
    if (!started)
        co_return std::unexpected(started.error());
    const std::unique_ptr<SandboxProcess> process = std::move(*started); // dropped, it ends
    ObjectWriter writer(std::move(wanted));
    Promise<Result<SandboxExit>> ended;
    process->output = [&writer, ended, total, progress](const QByteArray &bytes) {
        if (!writer.take(bytes))
            ended.set(std::unexpected(*writer.failed()));
        else if (progress && total > 0)
            progress(double(writer.done()) / double(total));
    };
    process->finished = [ended](SandboxExit exit) { ended.set(std::move(exit)); };
    process->write(list);
    process->closeInput();
    const Alarm limit = clock.after(objectsHomeTime, [ended] {
        ended.set(fail(codes::Process::timedOut, u"bringing Git LFS files home"_s, Retry::transient));
    });
    auto exit = co_await ended;
    process->output = {};
    if (!exit) {
        auto killing = process->kill();
        co_await killing;
        co_return std::unexpected(exit.error());
    }
    if (exit->failure)
        co_return std::unexpected(*exit->failure);
    if (!writer.isComplete())
        co_return fail(codes::Git::corrupt, u"the checkout's Git LFS files ended early"_s);
    co_return writer.missing();
}

} // namespace foundry
