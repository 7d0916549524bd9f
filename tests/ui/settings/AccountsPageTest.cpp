// Signing in to GitHub: the words for each phase and account, and what a person's presses ask of the engine.
#include "AccountsPage.h"
#include "FatalWarnings.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace foundry;

namespace {

struct Scene {
    EngineLink link;
    AccountsPage page { &link, [](const Failure &failure) { return failure.name(); } };
    QAbstractItemModelTester accounts { page.accounts(), QAbstractItemModelTester::FailureReportingMode::Fatal };
    QAbstractItemModelTester ways { page.ways(), QAbstractItemModelTester::FailureReportingMode::Fatal };
    std::vector<Command> commands;
    GitHubAccounts all;

    Scene()
    {
        QObject::connect(&link, &EngineLink::submitted, &page,
                         [this](const Command &command) { commands.push_back(command); });
        QObject::connect(&link, &EngineLink::asked, &page,
                         [this](const Query &query) { link.answer({ query.id, AnswerBody(all) }); });
        all.setup.hosts = { { u"github.com"_s,
                              { { SignInWay::browser, {}, {} },
                                { SignInWay::token, {}, {} },
                                { SignInWay::ghProgram, {}, failure(codes::GitHub::ghMissing) } } },
                            { u"git.example.com"_s, { { SignInWay::ghProgram, u"ada"_s, {} } } } };
        link.deliver(event::EngineReady {});
    }
    void tell(SignInPhase phase, SignInWay way = SignInWay::browser, std::optional<Failure> why = {})
    {
        SignInProgress progress;
        progress.phase = phase;
        progress.way = way;
        progress.host = u"github.com"_s;
        progress.failure = std::move(why);
        link.deliver(event::SignInChanged { progress });
    }
    void have(AccountState state, std::optional<Failure> why = {})
    {
        AccountSummary mona;
        mona.id = { u"github.com-1"_s };
        mona.host = u"github.com"_s;
        mona.login = u"mona"_s;
        mona.state = state;
        mona.failure = std::move(why);
        all.accounts = { mona };
        link.deliver(event::AccountsChanged { all.accounts, all.setup });
    }
    QVariant account(int role) { return page.accounts()->index(0, 0).data(role); }
    template <class C> const C *last() const
    {
        return commands.empty() ? nullptr : std::get_if<C>(&commands.back().body);
    }
};

} // namespace

class AccountsPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWayThatIsNotPossibleSaysWhy()
    {
        Scene scene;
        QCOMPARE(scene.page.ways()->rowCount(), 3);
        const QModelIndex gh = scene.page.ways()->index(2, 0);
        QCOMPARE(gh.data(WayLines::PossibleRole).toBool(), false);
        QCOMPARE(gh.data(WayLines::NoteRole).toString(), u"github.ghMissing"_s);
        scene.page.chooseHost(u"git.example.com"_s);
        QCOMPARE(scene.page.ways()->rowCount(), 1);
        QCOMPARE(scene.page.hostRow(), 1);
        QVERIFY(scene.page.ways()->index(0, 0).data(WayLines::NoteRole).toString().startsWith(u"As ada."_s));
    }

    void aPressStartsTheWayOfItsRow()
    {
        Scene scene;
        scene.page.start(0, u"never sent"_s);
        const auto *browser = scene.last<command::StartGitHubSignIn>();
        QVERIFY(browser && browser->way == SignInWay::browser && browser->token.isEmpty());
        QCOMPARE(browser->host, u"github.com"_s);
        const QSignalSpy taken(&scene.page, &AccountsPage::tokenTaken);
        scene.page.start(1, u"ghp_x"_s);
        QCOMPARE(scene.last<command::StartGitHubSignIn>()->token, u"ghp_x"_s);
        QCOMPARE(taken.size(), 0);
        scene.link.deliver(event::CommandFinished { scene.commands.back().id, {}, {} });
        QCOMPARE(taken.size(), 1);
        scene.page.start(7, {});
        QCOMPARE(scene.commands.size(), size_t(2));
    }

    void aRefusedBeginningIsSaid()
    {
        Scene scene;
        scene.page.start(0, {});
        scene.link.deliver(
            event::CommandFinished { scene.commands.back().id, failure(codes::GitHub::notConfigured), {} });
        QCOMPARE(scene.page.problem(), u"github.notConfigured"_s);
        scene.tell(SignInPhase::starting);
        QCOMPARE(scene.page.problem(), QString());
    }

    void everyPhaseHasItsStepAndItsWords()
    {
        Scene scene;
        QCOMPARE(scene.page.step(), AccountsPage::Step::Choose);
        for (const SignInPhase phase :
             { SignInPhase::starting, SignInPhase::exchanging, SignInPhase::identifying, SignInPhase::keeping }) {
            scene.tell(phase);
            QCOMPARE(scene.page.step(), AccountsPage::Step::Working);
            QVERIFY(!scene.page.line().isEmpty());
        }
        scene.tell(SignInPhase::waiting);
        QCOMPARE(scene.page.step(), AccountsPage::Step::Waiting);
        const QString browser = scene.page.line();
        scene.tell(SignInPhase::waiting, SignInWay::device);
        QVERIFY(scene.page.line() != browser);
        scene.tell(SignInPhase::keychainAsks, SignInWay::browser, failure(codes::Keychain::locked));
        QCOMPARE(scene.page.step(), AccountsPage::Step::Keychain);
        QCOMPARE(scene.page.problem(), u"keychain.locked"_s);
        scene.page.keepForThisRun();
        QCOMPARE(scene.last<command::AnswerKeychain>()->answer, command::KeychainAnswer::thisRunOnly);
        scene.page.tryKeychain();
        QCOMPARE(scene.last<command::AnswerKeychain>()->answer, command::KeychainAnswer::retry);
        scene.tell(SignInPhase::failed, SignInWay::browser, failure(codes::GitHub::accessDenied));
        QCOMPARE(scene.page.step(), AccountsPage::Step::Failed);
        QCOMPARE(scene.page.problem(), u"github.accessDenied"_s);
        scene.tell(SignInPhase::done);
        QCOMPARE(scene.page.step(), AccountsPage::Step::Done);
    }

    void anAccountSaysHowItIs()
    {
        Scene scene;
        QVERIFY(scene.page.me().isEmpty() && !scene.page.hasAny());
        scene.have(AccountState::ready);
        QCOMPARE(scene.page.me(), u"mona"_s);
        QCOMPARE(scene.account(AccountLines::RemedyRole).toString(), u"Check"_s);
        scene.have(AccountState::keychain, failure(codes::Keychain::locked));
        QCOMPARE(scene.account(AccountLines::RemedyRole).toString(), u"Try again"_s);
        QVERIFY(scene.page.hasTrouble());
        scene.have(AccountState::signedOut, failure(codes::GitHub::unauthorized));
        QCOMPARE(scene.account(AccountLines::RemedyRole).toString(), u"Sign in again"_s);
        QCOMPARE(scene.account(AccountLines::ToneRole).toString(), u"negative"_s);
        QCOMPARE(scene.account(AccountLines::ProblemRole).toString(), u"github.unauthorized"_s);
        QVERIFY(scene.page.me().isEmpty() && scene.page.hasAny());
        scene.page.signOut(u"github.com-1"_s);
        QCOMPARE(scene.last<command::SignOutGitHub>()->account.value, u"github.com-1"_s);
    }
};

FOUNDRY_TEST_MAIN(AccountsPageTest)
#include "AccountsPageTest.moc"
