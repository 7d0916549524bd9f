#include "FatalWarnings.h"

#include <Inspector.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace foundry;

namespace {

ActorSummary actorNamed(const QString &id, const QString &kind, const QString &status)
{
    ActorSummary actor;
    actor.id = id;
    actor.kind = kind;
    actor.key = { u"org"_s, u"local"_s, id };
    actor.status = status;
    return actor;
}

} // namespace

// The inspector's view against an engine that answers by hand.
class InspectorViewTest : public QObject {
    Q_OBJECT

    EngineLink m_link;
    std::vector<Query> m_asked;
    std::vector<Command> m_submitted;

    void answerList(std::vector<ActorSummary> actors, int all)
    {
        const int found = int(actors.size());
        m_link.answer({ m_asked.back().id, AnswerBody(answer::Actors { std::move(actors), found, 1, all }) });
    }
    static QString textAt(const InspectorLines &lines, int row, int role)
    {
        return lines.data(lines.index(row), role).toString();
    }

private Q_SLOTS:
    void initTestCase()
    {
        connect(&m_link, &EngineLink::asked, this, [this](const Query &query) { m_asked.push_back(query); });
        connect(&m_link, &EngineLink::submitted, this,
                [this](const Command &command) { m_submitted.push_back(command); });
    }
    void init()
    {
        m_asked.clear();
        m_submitted.clear();
    }

    void theListIsSearchedByTheEngine()
    {
        Inspector inspector(&m_link, [](const Failure &failure) { return failure.detail; });
        InspectorLines &lines = *inspector.actors();
        QAbstractItemModelTester tester(&lines, QAbstractItemModelTester::FailureReportingMode::Fatal);
        inspector.look();
        QCOMPARE(m_asked.size(), size_t(1)); // nothing is chosen: no details
        answerList({ actorNamed(u"a"_s, u"Task"_s, u"awake"_s), actorNamed(u"b"_s, u"Task"_s, u"damaged"_s) }, 2);
        QCOMPARE(lines.count(), 2);
        QCOMPARE(textAt(lines, 1, InspectorLines::ToneRole), u"negative"_s);
        QCOMPARE(inspector.totals(), u"2 actors, 1 awake"_s);
        inspector.setFind(u"b"_s);
        const Query late = m_asked.back();
        inspector.setFind(u"bb"_s);
        QCOMPARE(std::get<query::Actors>(m_asked.back().body).find, u"bb"_s);
        answerList({}, 2);
        m_link.answer({ late.id, AnswerBody(answer::Actors {}) }); // an older answer changes nothing
        QCOMPARE(lines.count(), 0);
        inspector.setFind(QString(1000, u'x'));
        QCOMPARE(inspector.find().size(), Inspector::findCharacters);
    }

    void theChosenOneSaysWhyItDoesNotMove()
    {
        Inspector inspector(&m_link, [](const Failure &failure) { return failure.detail; });
        QAbstractItemModelTester tester(inspector.entries(), QAbstractItemModelTester::FailureReportingMode::Fatal);
        inspector.choose(u"a"_s);
        answer::ActorDetails details;
        details.actor = actorNamed(u"a"_s, u"Task"_s, u"awake"_s);
        details.run = RunSummary {};
        details.run->status = u"failed"_s;
        details.run->waitsFor = u"a person, at push"_s;
        for (int number = 1; number <= 3; ++number) {
            RunEntry entry;
            entry.number = number;
            entry.kind = u"step"_s;
            entry.line.name = u"push"_s;
            entry.line.status = number < 3 ? StepStatus::done : StepStatus::failed;
            details.run->entries.push_back(entry);
        }
        details.deadLetters.push_back(
            { 7, u"prompt"_s, u"{}"_s, failure(codes::Actor::poisoned, u"it throws"_s), 3, 0, {} });
        m_link.answer({ m_asked.back().id, AnswerBody(details) });
        QCOMPARE(inspector.entries()->count(), 3);
        QCOMPARE(inspector.entries()->data(inspector.entries()->index(0), InspectorLines::NumberRole).toInt(), 3);
        QVERIFY(inspector.why().contains(u"a person, at push"));
        QCOMPARE(inspector.tone(), u"negative"_s);
        QVERIFY(inspector.controls().contains(u"Retry the step"));
        QVERIFY(!inspector.controls().contains(u"Resume the run"));
        QCOMPARE(inspector.letters()->count(), 1);
        inspector.settle(7, true);
        const auto &settle = std::get<command::SettleDeadLetter>(m_submitted.back().body);
        QVERIFY(settle.retry && settle.number == 7 && settle.actor == u"a");
        inspector.control(u"Skip the step"_s);
        QCOMPARE(std::get<command::ControlRun>(m_submitted.back().body).control, command::RunControl::skipStep);
        m_link.deliver(Event(
            event::CommandFinished { m_submitted.back().id, failure(codes::Workflow::misuse, u"not now"_s), {} }));
        QCOMPARE(inspector.trouble(), u"not now"_s);
        inspector.destroyChosen();
        QCOMPARE(std::get<command::DestroyActor>(m_submitted.back().body).actor, u"a"_s);
        QVERIFY(inspector.chosen().isEmpty());
        QCOMPARE(inspector.entries()->count(), 0);
    }
};

FOUNDRY_TEST_MAIN(InspectorViewTest)
#include "InspectorViewTest.moc"
