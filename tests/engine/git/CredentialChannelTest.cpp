// The channel of one git run's secret: answered once, to the right host, and for no longer than the run.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "CredentialChannel.h"
#include "GitWorld.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace foundry;
using namespace foundry::test;

namespace {

const QByteArray secret = "ghu_notToBeSeenAnywhere";

GitCredential credential()
{
    return { u"https"_s, u"github.example"_s, u"x-access-token"_s, secret };
}
QByteArray question(const QByteArray &protocol, const QByteArray &host)
{
    return "protocol=" + protocol + "\nhost=" + host + "\n\n";
}

// Asks as a process that inherited the other end, and reads to its end.
QByteArray ask(CredentialChannel &channel, const QByteArray &text)
{
    const int end = fcntl(channel.theirs(), F_DUPFD_CLOEXEC, 20);
    QByteArray answer;
    if (::send(end, text.constData(), size_t(text.size()), MSG_NOSIGNAL) == text.size()) {
        const bool over = QTest::qWaitFor(
            [&] {
                char bytes[512];
                ssize_t got = 0;
                while ((got = ::recv(end, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
                    answer.append(bytes, qsizetype(got));
                return got == 0;
            },
            10'000);
        if (!over)
            answer = "no end";
    }
    ::close(end);
    return answer;
}

} // namespace

class CredentialChannelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itsHostIsAnswered()
    {
        auto channel = CredentialChannel::open(credential());
        QVERIFY(channel);
        QVERIFY(!channel->wasAsked());
        QCOMPARE(ask(*channel, question("https", "github.example")),
                 "username=x-access-token\npassword=" + secret + '\n');
        QVERIFY(channel->wasAsked());
    }

    void nobodyElseIs_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("another host") << question("https", "evil.example");
        QTest::newRow("a host that begins so") << question("https", "github.example.evil");
        QTest::newRow("a host below") << question("https", "x.github.example");
        QTest::newRow("another port") << question("https", "github.example:8443");
        QTest::newRow("without encryption") << question("http", "github.example");
        QTest::newRow("upper case") << question("https", "GitHub.example");
        QTest::newRow("no host") << QByteArray("protocol=https\n\n");
        QTest::newRow("two hosts") << QByteArray("protocol=https\nhost=evil.example\nhost=github.example\n\n");
        QTest::newRow("another user") << QByteArray("protocol=https\nhost=github.example\nusername=mallory\n\n");
        QTest::newRow("no words of git") << QByteArray("GET / HTTP/1.1\n\n");
        QTest::newRow("too long") << QByteArray("path=" + QByteArray(CredentialChannel::maxRequest, 'x'));
    }
    void nobodyElseIs()
    {
        QFETCH(QByteArray, text);
        auto channel = CredentialChannel::open(credential());
        QCOMPARE(ask(*channel, text), QByteArray());
        // And there is no second try.
        QCOMPARE(ask(*channel, question("https", "github.example")), QByteArray());
    }

    void aSecondAskerGetsNothing()
    {
        auto channel = CredentialChannel::open(credential());
        QVERIFY(ask(*channel, question("https", "github.example")).contains(secret));
        QCOMPARE(ask(*channel, question("https", "github.example")), QByteArray());
    }

    void afterTheRunThereIsNobody()
    {
        auto channel = CredentialChannel::open(credential());
        const int kept = fcntl(channel->theirs(), F_DUPFD_CLOEXEC, 20); // by a process that outlives the run
        channel.reset();
        char byte = 0;
        QCOMPARE(::recv(kept, &byte, 1, 0), 0); // ended, not waiting
        QCOMPARE(::send(kept, "x", 1, MSG_NOSIGNAL), -1);
        ::close(kept);
    }

    void whatGitCouldNotBeToldIsRefused()
    {
        GitCredential broken = credential();
        broken.secret = "one\nusername=two";
        QVERIFY(!CredentialChannel::open(broken));
        broken.secret = "";
        QVERIFY(!CredentialChannel::open(broken));
        broken = credential();
        broken.host = u"github.example\nhost=evil"_s;
        QVERIFY(!CredentialChannel::open(broken));
    }

    // Through git itself: it asks its helper, which has the channel as it inherits it.
    void gitFillsItsCredentialFromIt()
    {
        GitWorld world;
        SystemClock clock;
        ProcessRunner processes(clock);
        GitRunner runner(processes, u"git"_s, world.environment());
        GitCall call;
        call.arguments = { u"credential"_s, u"fill"_s };
        call.credential = credential();
        call.input = question("https", "github.example");
        const auto filled = await(runner.run(call));
        VERIFY_RESULT(filled);
        QVERIFY2(filled->output.contains("password=" + secret), filled->output.constData());
        call.input = question("https", "evil.example");
        const auto refused = await(runner.run(call));
        QVERIFY(!refused);
        QVERIFY(!refused.error().detail.contains(QString::fromUtf8(secret)));
    }

    // Neither its arguments nor its environment have it: an alias shows what a program below git sees.
    void theSecretIsInNoArgumentAndNoEnvironment()
    {
        GitWorld world;
        SystemClock clock;
        ProcessRunner processes(clock);
        GitRunner runner(processes, u"git"_s, world.environment());
        GitCall call;
        call.arguments = { u"look"_s };
        call.settings = { { u"alias.look"_s, u"!cat /proc/self/environ /proc/$PPID/cmdline /proc/$PPID/environ"_s } };
        call.credential = credential();
        const auto looked = await(runner.run(call));
        VERIFY_RESULT(looked);
        QVERIFY(looked->output.contains("GIT_TERMINAL_PROMPT=0"));
        QVERIFY(looked->output.contains("credential.helper"));
        QVERIFY(!looked->output.contains(secret));
        QVERIFY(!looked->output.contains("ASKPASS"));
    }
};

FOUNDRY_TEST_MAIN(CredentialChannelTest)
#include "CredentialChannelTest.moc"
