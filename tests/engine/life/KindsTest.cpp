// Ten repositories of different kinds, built and tested by an agent inside the sandbox with what the person has on this
// computer, and nothing configured by hand. A kind whose tools are not here is told as not tried.
#include "EngineDesk.h"

#include <QProcess>
#include <QStandardPaths>

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

QStringList notTried;

QStringList failures(EngineDesk &desk, const TaskId &task)
{
    QStringList failed;
    for (const TranscriptEntry &entry : desk.transcript(task)) {
        const auto *tool = std::get_if<ToolCall>(&entry.body);
        if (tool && tool->status != ToolStatus::completed)
            failed << tool->title + u": "_s + tool->output.right(1500);
    }
    return failed;
}

} // namespace

class KindsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isBuiltAndTested_data()
    {
        QTest::addColumn<QStringList>("needs"); // programs of the person
        QTest::addColumn<QStringList>("registries"); // that the dialog would offer
        QTest::addColumn<QString>("work");
        const auto kind = [](const char *name, const QStringList &needs, const QStringList &offered,
                             const QString &work) { QTest::newRow(name) << needs << offered << work; };
        kind("cmake", { u"cmake"_s, u"c++"_s }, {},
             u"run: cmake -S . -B build && cmake --build build\nrun: ctest --test-dir build"_s);
        kind("autotools", { u"autoreconf"_s, u"automake"_s, u"cc"_s }, {},
             u"run: autoreconf -i && ./configure -q && make -s\nrun: make -s check"_s);
        kind("node", { u"node"_s, u"npm"_s }, { u"npm"_s },
             u"run: npm ci --offline --no-audit --no-fund\nrun: npm test"_s);
        kind("typescript", { u"node"_s, u"tsc"_s }, { u"npm"_s }, u"run: tsc\nrun: node dist/test.js"_s);
        kind(
            "python", { u"python3"_s }, { u"pypi"_s },
            u"run: python3 -m venv --without-pip .venv\nrun: PYTHONPATH=. .venv/bin/python -m unittest discover -s tests"_s);
        kind("rust", { u"cargo"_s }, { u"crates"_s }, u"run: cargo build --offline\nrun: cargo test --offline"_s);
        kind("go", { u"go"_s }, { u"go"_s }, u"run: go build ./...\nrun: go test ./..."_s);
        kind("maven", { u"mvn"_s, u"javac"_s }, { u"maven"_s },
             u"run: mvn -q -o validate\nrun: javac -d target "
             "src/main/java/org/example/Sum.java"_s);
        kind(
            "monorepo", { u"npm"_s, u"python3"_s }, { u"npm"_s, u"pypi"_s },
            u"run: npm install --offline --no-package-lock --no-audit --no-fund\nrun: node packages/web/test.js && python3 services/api/test.py"_s);
        kind("submodules", { u"make"_s, u"cc"_s, u"git-lfs"_s }, {},
             u"run: make -s test\nrun: test \"$(cat model.bin)\" = 'large in spirit'"_s);
    }
    void isBuiltAndTested()
    {
        QFETCH(QStringList, needs);
        QFETCH(QStringList, registries);
        QFETCH(QString, work);
        const QString kind = QString::fromLatin1(QTest::currentDataTag());
        for (const QString &program : needs) {
            if (!QStandardPaths::findExecutable(program).isEmpty())
                continue;
            notTried << kind + u" (no "_s + program + u')';
            return;
        }
        EngineDesk desk;
        const QString clone = desk.folder(u"kinds/repository"_s);
        QVERIFY(QDir().mkpath(clone));
        QProcess making;
        making.setWorkingDirectory(clone);
        making.start(u"/bin/sh"_s, { QStringLiteral(FOUNDRY_KINDS), kind });
        QVERIFY(making.waitForFinished(EngineDesk::patience));
        QVERIFY2(making.exitCode() == 0, making.readAllStandardError().constData());
        desk.start();
        const auto opened = desk.command(command::OpenRepository { clone });
        QVERIFY2(!opened.failure, opened.failure ? qPrintable(opened.failure->chain()) : "");
        const RepositoryId repository { opened.created };
        auto asked = desk.ask(query::ProjectPlan { repository, u"main"_s });
        QVERIFY(asked);
        QStringList offered;
        for (const RegistryOffer &offer : std::get<answer::ProjectPlan>(*asked).registries)
            offered << offer.name;
        QCOMPARE(offered, registries);

        command::CreateTask more;
        more.repository = repository;
        more.registries = offered;
        const TaskId id = desk.create(u"Build and test\n"_s + work + u"\nrun: test -z \"$(git status --porcelain)\""_s,
                                      u"demonstration"_s, more);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready; }, 240'000));
        const QStringList failed = failures(desk, id);
        QVERIFY2(failed.isEmpty(), qPrintable(failed.join(u'\n')));
    }

    void cleanupTestCase()
    {
        for (const QString &kind : std::as_const(notTried))
            qInfo("not tried: %s", qPrintable(kind));
        QVERIFY(notTried.size() < 10);
    }
};

FOUNDRY_TEST_MAIN(KindsTest)
#include "KindsTest.moc"
