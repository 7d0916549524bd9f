// Git LFS from end to end: content comes from the clone or from where the remote keeps it, the agent has real files,
// and what it changes is published as a pointer with its content beside it.
#include "EngineDesk.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

QByteArray noise(int seed)
{
    QRandomGenerator random { quint32(seed) };
    QByteArray bytes(200'000, Qt::Uninitialized);
    for (char &c : bytes)
        c = char(random.generate());
    return bytes;
}

QString oidOf(const QByteArray &content)
{
    return QString::fromLatin1(QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex());
}

QString objectIn(const QString &lfs, const QByteArray &content)
{
    const QString oid = oidOf(content);
    return u"%1/objects/%2/%3/%4"_s.arg(lfs, oid.left(2), oid.mid(2, 2), oid);
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

const QByteArray picture = noise(1), sound = noise(2);

// The person's clone, as git-lfs leaves it: "big/picture.bin" and "sound.bin" are kept by LFS, and the remote has both.
void keepBigFiles(EngineDesk &desk)
{
    EngineDesk::git(desk.clone(), { u"lfs"_s, u"install"_s, u"--local"_s });
    desk.write(desk.clone() + u"/.gitattributes"_s, "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    desk.write(desk.clone() + u"/big/picture.bin"_s, picture);
    desk.write(desk.clone() + u"/sound.bin"_s, sound);
    EngineDesk::git(desk.clone(), { u"add"_s, u"-A"_s });
    EngineDesk::git(desk.clone(), { u"commit"_s, u"-q"_s, u"-m"_s, u"Big files"_s });
    EngineDesk::git(desk.clone(), { u"push"_s, u"-q"_s, u"origin"_s, u"main"_s });
    QCOMPARE(read(objectIn(desk.remote() + u"/lfs"_s, picture)), picture);
}

// As a clone that was made without content (GIT_LFS_SKIP_SMUDGE): git-lfs would make an object of a file's content
// whenever git looks at it.
void forget(EngineDesk &desk, const QString &path, const QByteArray &content)
{
    QVERIFY(QFile::remove(objectIn(desk.clone() + u"/.git/lfs"_s, content)));
    desk.write(desk.clone() + u'/' + path,
               "version https://git-lfs.github.com/spec/v1\noid sha256:" + oidOf(content).toLatin1() + "\nsize "
                   + QByteArray::number(content.size()) + '\n');
}

QString sumLine(const QString &path, const QByteArray &content)
{
    return u"run: echo '%1  %2' | sha256sum -c\n"_s.arg(oidOf(content), path);
}

int failedTools(EngineDesk &desk, const TaskId &id)
{
    int failed = 0;
    for (const TranscriptEntry &entry : desk.transcript(id)) {
        const auto *tool = std::get_if<ToolCall>(&entry.body);
        failed += tool && tool->status == ToolStatus::failed ? 1 : 0;
    }
    return failed;
}

QString lfsNote(EngineDesk &desk, const TaskId &id)
{
    for (const SourceNote &note : desk.details(id).notes) {
        if (note.kind == SourceNoteKind::lfsPointers)
            return note.subject;
    }
    return u"none"_s;
}

// PATH without git-lfs.
QString pathWithout(EngineDesk &desk)
{
    const QString folder = desk.folder(u"programs"_s);
    QDir().mkpath(folder);
    for (const QFileInfo &program : QDir(u"/usr/bin"_s).entryInfoList(QDir::Files)) {
        if (!program.fileName().startsWith(u"git-lfs"))
            QFile::link(program.filePath(), folder + u'/' + program.fileName());
    }
    return folder;
}

} // namespace

class LfsLifeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contentComesAlongAndChangesArePublished()
    {
        EngineDesk desk;
        keepBigFiles(desk);
        desk.start();
        desk.open();
        const TaskId id = desk.create(
            u"Work on big files\n"_s + sumLine(u"big/picture.bin"_s, picture) + sumLine(u"sound.bin"_s, sound)
            + u"run: test -z \"$(git status --porcelain)\"\n"
              "run: git rm -q sound.bin\n"
              "run: yes agent | head -c 150000 >big/picture.bin\n"
              "run: yes new | head -c 120000 >new.bin && git add -A && git commit -q -m 'By the agent'\n"
              "run: yes newer | head -c 110000 >new.bin\n"_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);
        QCOMPARE(lfsNote(desk, id), u"none"_s);
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, u"Bigger"_s }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));

        const QString branch = desk.task(id).branch;
        const QByteArray changed = QByteArray("agent\n").repeated(25'000);
        const QByteArray between = QByteArray("new\n").repeated(30'000);
        const QByteArray last = QByteArray("newer\n").repeated(20'000).first(110'000);
        const QString pointer = EngineDesk::git(desk.remote(), { u"show"_s, branch + u":big/picture.bin"_s });
        QVERIFY2(pointer.contains(u"oid sha256:"_s + oidOf(changed)), qPrintable(pointer.left(200)));
        for (const QByteArray &content : { changed, between, last }) // what only the agent's commit names as well
            QCOMPARE(read(objectIn(desk.remote() + u"/lfs"_s, content)), content);
        // Another clone has it all.
        EngineDesk::git({},
                        { u"clone"_s, u"-q"_s, u"-c"_s, u"filter.lfs.smudge=git-lfs smudge -- %f"_s, u"-b"_s, branch,
                          desk.remote(), desk.folder(u"other"_s) });
        QCOMPARE(read(desk.folder(u"other/new.bin"_s)), last);
    }

    void whatTheCloneHasNotComesFromTheRemote()
    {
        EngineDesk desk;
        keepBigFiles(desk);
        forget(desk, u"sound.bin"_s, sound);
        desk.start();
        desk.open();
        const TaskId id
            = desk.create(u"Look\n"_s + sumLine(u"big/picture.bin"_s, picture) + sumLine(u"sound.bin"_s, sound));
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);
        QVERIFY(!QFileInfo::exists(objectIn(desk.clone() + u"/.git/lfs"_s, sound))); // the clone is read only
    }

    void whatNobodyHasIsAPointerAndSaid()
    {
        EngineDesk desk;
        keepBigFiles(desk);
        forget(desk, u"sound.bin"_s, sound);
        QVERIFY(QFile::remove(objectIn(desk.remote() + u"/lfs"_s, sound)));
        desk.start();
        desk.open();
        const TaskId id
            = desk.create(u"Look\n"_s + sumLine(u"big/picture.bin"_s, picture)
                          + u"run: grep -q 'oid sha256' sound.bin\nrun: test -z \"$(git status --porcelain)\"\n"_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);
        QVERIFY2(lfsNote(desk, id).contains(u"failed to fetch"_s), qPrintable(lfsNote(desk, id)));
    }

    void withoutGitLfsTheTaskSaysSo()
    {
        EngineDesk desk;
        keepBigFiles(desk);
        desk.environment.insert(u"PATH"_s, pathWithout(desk));
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Look\nrun: grep -q 'oid sha256' sound.bin\nwrite a.txt: one\n"_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);
        QCOMPARE(lfsNote(desk, id), u"noProgram"_s);
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, u"A file"_s }).failure);
        QVERIFY(desk.untilState(id, TaskState::published)); // nothing of LFS changed
    }

    void theCloneGetsTheContentWithTheBranch()
    {
        EngineDesk desk;
        keepBigFiles(desk);
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Change\nrun: yes agent | head -c 150000 >sound.bin\n"_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::clone, u"Sound"_s }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        EngineDesk::git(desk.clone(), { u"checkout"_s, u"-q"_s, desk.task(id).branch });
        QCOMPARE(read(desk.clone() + u"/sound.bin"_s), QByteArray("agent\n").repeated(25'000));
    }

    void aPointerWithoutContentIsNotPublished()
    {
        EngineDesk desk;
        keepBigFiles(desk);
        desk.start();
        desk.open();
        const TaskId id
            = desk.create(u"Pretend\n"
                          "run: printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%064d\\nsize "
                          "12345\\n' 7 >false.bin\n"_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, u"False"_s }).failure);
        QVERIFY(desk.untilFailed(id));
        const QString chain = desk.task(id).failure->chain();
        QVERIFY2(chain.contains(u"have no content here"_s), qPrintable(chain));
        QVERIFY(desk.remoteCommits(desk.task(id).branch).isEmpty());
    }
};

FOUNDRY_TEST_MAIN(LfsLifeTest)
#include "LfsLifeTest.moc"
