// The transcript's rows: appended, replaced, paged, whole.
#include "FatalWarnings.h"

#include "TranscriptStore.h"

#include <QTemporaryDir>

using namespace foundry;

namespace {

TranscriptEntry message(qint64 position, const QString &text)
{
    TranscriptEntry entry;
    entry.position = position;
    entry.kind = EntryKind::agentMessage;
    entry.turn = 1;
    entry.open = true;
    entry.body = MessageText { text };
    return entry;
}

} // namespace

class TranscriptStoreTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Database> m_database;
    int m_stores = 0;

private Q_SLOTS:
    void init()
    {
        m_database.reset();
        auto opened = Database::open(m_folder.filePath(u"%1.sqlite"_s.arg(++m_stores)));
        QVERIFY(opened);
        m_database = std::move(*opened);
        QVERIFY(Migrator(TranscriptStore::migrations()).migrate(*m_database));
    }

    void everyKindComesBackAsItWas()
    {
        TranscriptStore store(*m_database);
        std::vector<TranscriptEntry> entries { message(0, u"Hello **you**"_s) };
        ToolCall tool {
            u"t"_s,   u"Edit"_s, u"edit"_s, ToolStatus::completed, { u"a:1"_s }, { { u"a"_s, u"x"_s, u"y"_s, false } },
            u"out"_s, u"{}"_s,   7
        };
        const std::vector<EntryBody> bodies {
            std::vector<PlanItem> { { u"p"_s, u"high"_s, PlanStatus::inProgress } }, tool,
            Permission { u"r"_s, u"t"_s, u"Run?"_s, { { u"a"_s, u"Allow"_s, u"allow_once"_s } }, u"a"_s, false },
            Notice { NoticeKind::agentExited, u"n"_s, failure(codes::Agent::exited, u"3"_s) },
            TurnEnd { u"end_turn"_s, 9 }
        };
        const std::array kinds { EntryKind::plan, EntryKind::toolCall, EntryKind::permission, EntryKind::notice,
                                 EntryKind::turnEnd };
        for (size_t i = 0; i < bodies.size(); ++i) {
            TranscriptEntry entry;
            entry.position = qint64(i) + 1;
            entry.kind = kinds.at(i);
            entry.body = bodies[i];
            entries.push_back(entry);
        }
        for (const TranscriptEntry &entry : entries)
            QVERIFY(store.apply({ EntryUpserted { entry } }));
        QCOMPARE(*store.page(0, 100), entries);
        QCOMPARE(*store.total(), 6);
    }

    void textGrowsWhereItStands_data()
    {
        QTest::addColumn<QString>("first");
        QTest::newRow("plain") << u"abc"_s;
        QTest::newRow("beyond the basic plane") << u"a\U0001F600b"_s;
        QTest::newRow("empty") << u""_s;
    }

    void textGrowsWhereItStands()
    {
        QFETCH(QString, first);
        TranscriptStore store(*m_database);
        QVERIFY(store.apply({ EntryUpserted { message(0, first) }, TextAppended { 0, first.size(), u" more"_s } }));
        QCOMPARE(std::get<MessageText>(store.page(0, 1)->front().body).text, first + u" more"_s);
    }

    void aGapInTheTextIsRefused()
    {
        TranscriptStore store(*m_database);
        QVERIFY(store.apply({ EntryUpserted { message(0, u"abc"_s) } }));
        QVERIFY(!store.apply({ TextAppended { 0, 2, u"x"_s } }));
        QVERIFY(!store.apply({ TextAppended { 5, 0, u"x"_s } }));
        QCOMPARE(std::get<MessageText>(store.page(0, 1)->front().body).text, u"abc"_s);
    }

    void pagesAreBounded()
    {
        TranscriptStore store(*m_database);
        const auto refused = store.page(0, limits::transcriptPage + 1);
        QVERIFY(!refused && refused.error().is(codes::Session::pageTooLarge));
        for (int i = 0; i < 5; ++i)
            QVERIFY(store.apply({ EntryUpserted { message(i, QString::number(i)) } }));
        const auto page = store.page(3, 10);
        QCOMPARE(page->size(), size_t(2));
        QCOMPARE(page->front().position, 3);
    }
};

FOUNDRY_TEST_MAIN(TranscriptStoreTest)
#include "TranscriptStoreTest.moc"
