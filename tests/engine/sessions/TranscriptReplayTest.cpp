// What a loaded session repeats: nothing is appended twice, nothing stored is lost.
#include "FatalWarnings.h"
#include "Mirror.h"
#include "TranscriptReducer.h"

using namespace foundry;
using test::Mirror;

namespace {

acp::ToolUpsert tool(const QString &id, ToolStatus status, const QString &title = u"Run"_s)
{
    acp::ToolUpsert upsert;
    upsert.id = id;
    upsert.title = title;
    upsert.status = status;
    return upsert;
}

using Updates = std::vector<AcpUpdate>;

// Two turns as the agent knows them.
Updates history()
{
    return {
        acp::UserText { u"first"_s, u"u1"_s },
        acp::AgentText { u"One."_s, u"m1"_s },
        acp::UserText { u"second "_s, u"u2"_s },
        acp::UserText { u"wish"_s, u"u2"_s },
        acp::AgentThought { u"Let me see."_s, {} },
        acp::AgentText { u"I run it now."_s, u"m2"_s },
        tool(u"t1"_s, ToolStatus::completed),
        acp::AgentText { u"It works. All is well."_s, u"m3"_s },
        tool(u"t2"_s, ToolStatus::completed, u"Clean up"_s),
    };
}

struct Session {
    TranscriptReducer reducer { u"/w"_s };
    Mirror mirror;

    Session()
    {
        mirror.take(reducer.personPrompted(u"first"_s, 1));
        mirror.take(reducer.update(acp::AgentText { u"One."_s, u"m1"_s }, 2));
        mirror.take(reducer.turnEnded(u"end_turn"_s, 3));
        mirror.take(reducer.personPrompted(u"second wish"_s, 4));
    }
    void play(const Updates &updates)
    {
        for (const AcpUpdate &update : updates)
            mirror.take(reducer.update(update, 5));
    }
    // The program is killed and started again.
    void restart(bool interrupted)
    {
        const QJsonObject state = reducer.state();
        std::vector<TranscriptEntry> live(mirror.entries.begin() + TranscriptReducer::firstLive(state),
                                          mirror.entries.end());
        auto restored = TranscriptReducer::restore(u"/w"_s, state, reducer.facts(), std::move(live));
        QVERIFY(restored);
        reducer = std::move(*restored);
        if (interrupted)
            mirror.take(reducer.turnBroken(NoticeKind::interrupted, std::nullopt, 6));
    }
    void load(const Updates &repeated)
    {
        reducer.beginReplay();
        for (const AcpUpdate &update : repeated) {
            const auto changes = reducer.update(update, 7);
            QVERIFY(changes.empty());
        }
        mirror.take(reducer.endReplay(8));
        mirror.check(reducer.total());
    }
    QStringList tools() const
    {
        QStringList ids;
        for (const TranscriptEntry &entry : mirror.entries) {
            if (const auto *call = std::get_if<ToolCall>(&entry.body))
                ids << call->id;
        }
        return ids;
    }
};

} // namespace

class TranscriptReplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsCompleteStaysAsItIs()
    {
        Session session;
        session.play({ acp::AgentText { u"I run it "_s, u"m2"_s }, acp::AgentText { u"now."_s, u"m2"_s } });
        session.mirror.take(session.reducer.turnEnded(u"cancelled"_s, 6));
        session.restart(false);
        const auto before = session.mirror.entries;
        session.load(history());
        QCOMPARE(session.mirror.entries, before);
    }

    // Killed after each update, within a message too: after loading all is there, once.
    void whatWasMissedIsAddedWhereverItStopped()
    {
        const Updates all = history();
        const Updates last(all.begin() + 4, all.end());
        for (size_t seen = 0; seen <= last.size(); ++seen) {
            for (const bool half : { false, true }) {
                Session session;
                session.play(Updates(last.begin(), last.begin() + qsizetype(seen)));
                if (half && seen < last.size()) { // half of the next text
                    AcpUpdate next = last[seen];
                    if (auto *said = std::get_if<acp::AgentText>(&next))
                        said->text.truncate(said->text.size() / 2);
                    else if (auto *call = std::get_if<acp::ToolUpsert>(&next))
                        call->status = ToolStatus::inProgress;
                    session.play({ next });
                }
                session.restart(true);
                const auto before = session.mirror.entries;
                session.load(all);
                QCOMPARE(session.mirror.said(1), u"One."_s);
                QCOMPARE(session.mirror.said(2), u"I run it now.It works. All is well."_s);
                QCOMPARE(session.tools(), QStringList({ u"t1"_s, u"t2"_s }));
                for (size_t i = 0; i < before.size(); ++i)
                    QCOMPARE(session.mirror.entries[i].kind, before[i].kind);
                // and once more, as after a second kill
                const auto loaded = session.mirror.entries;
                session.restart(false);
                session.load(all);
                QCOMPARE(session.mirror.entries, loaded);
            }
        }
    }

    void otherPiecesAreTheSameText()
    {
        Session session;
        session.play({ acp::AgentText { u"I run "_s, u"a"_s }, acp::AgentText { u"it now."_s, u"b"_s },
                       tool(u"t1"_s, ToolStatus::completed), acp::AgentText { u"It works."_s, u"c"_s } });
        session.restart(true);
        session.load({ acp::UserText { u"first"_s, {} }, acp::AgentText { u"One."_s, {} },
                       acp::UserText { u"second wish"_s, {} },
                       acp::AgentText { u"I run it now.\n\nIt works. All is well."_s, {} },
                       tool(u"t1"_s, ToolStatus::completed) });
        QCOMPARE(session.mirror.said(2), u"I run it now.It works. All is well."_s);
        QCOMPARE(session.tools(), QStringList { u"t1"_s });
    }

    void otherWordsKeepOurs()
    {
        Session session;
        session.play(
            { acp::AgentText { u"I said this."_s, {} }, tool(u"ours"_s, ToolStatus::completed, u"Clean up"_s) });
        session.restart(true);
        const auto before = session.mirror.entries;
        session.load({ acp::UserText { u"first"_s, {} }, acp::UserText { u"second wish"_s, {} },
                       acp::AgentText { u"I said something else."_s, {} },
                       tool(u"renumbered"_s, ToolStatus::completed, u"Clean up"_s) });
        QCOMPARE(session.mirror.entries, before);
    }

    void anAgentThatForgotTheLastPromptAddsNothing()
    {
        Session session; // the last prompt reads like the first one
        session.mirror.take(session.reducer.turnBroken(NoticeKind::interrupted, std::nullopt, 5));
        session.mirror.take(session.reducer.personPrompted(u"first"_s, 6));
        session.restart(true);
        const auto before = session.mirror.entries;
        session.load({ acp::UserText { u"first"_s, u"u1"_s }, acp::AgentText { u"One."_s, u"m1"_s } });
        QCOMPARE(session.mirror.entries, before);
        session.load({});
        QCOMPARE(session.mirror.entries, before);
    }

    void factsApplyDuringAReplay()
    {
        Session session;
        session.reducer.beginReplay();
        session.reducer.update(acp::CommandsSet { { { u"init"_s, {}, {} } } }, 5);
        QCOMPARE(session.reducer.facts().commands.size(), size_t(1));
        QVERIFY(session.reducer.endReplay(6).empty());
        QVERIFY(session.reducer.endReplay(6).empty()); // without a beginning
        QCOMPARE(session.reducer.update(acp::AgentText { u"x"_s, {} }, 7).size(), size_t(1)); // live again
    }

    // What the real agents repeated after a crash in these recordings.
    void recordedLoadsAddNothingTwice()
    {
        int loads = 0;
        for (const QString &file : test::recordings(QStringLiteral(FOUNDRY_RECORDED))) {
            const auto frames = test::recorded(QStringLiteral(FOUNDRY_RECORDED) + u'/' + file);
            for (const auto &[fromAgent, frame] : frames)
                loads += !fromAgent && frame[u"method"].toString() == u"session/load" ? 1 : 0;
            TranscriptReducer reducer({});
            Mirror mirror;
            test::playRecorded(frames, reducer, mirror);
            mirror.check(reducer.total());
            for (int turn = 1; turn <= reducer.turn(); ++turn)
                QVERIFY2(mirror.said(turn).count(u"Finished."_s) <= 1, qPrintable(file));
        }
        QVERIFY(loads >= 2);
    }
};

FOUNDRY_TEST_MAIN(TranscriptReplayTest)
#include "TranscriptReplayTest.moc"
