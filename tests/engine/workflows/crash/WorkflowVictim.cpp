// workflow-victim FOLDER TURNS: a workflow that books TURNS payments, each with an effect outside (a line in
// FOLDER/outside) and one inside (a balance, a receipt sent to another actor). Ends with 0 when all of it is done,
// having written FOLDER/result. KillTest kills it at any moment.
#include "ActorSystem.h"
#include "WorkflowActor.h"

#include <QCoreApplication>
#include <QFile>

#include <cstdio>

using namespace std::chrono_literals;

namespace foundry {

struct Receipt {
    static constexpr auto name = "receipt";
    int turn = 0;
};
FOUNDRY_JSON(Receipt, turn)

struct Books {
    int balance = 0;
    int receipts = 0;
    int lastReceipt = -1;
    bool inOrder = true;
};
FOUNDRY_JSON(Books, balance, receipts, lastReceipt, inOrder)

namespace {

QString folder;
int turns = 0;

class VictimActor final : public WorkflowActor {
public:
    VictimActor()
        : WorkflowActor(QStringList())
    {
    }
    State<Books> books { *this };
    bool isDone() const { return workflowView().status() == RunStatus::done; }

protected:
    Async<Result<int>> pay(StepRun &run)
    {
        QFile outside(folder + u"/outside"_s);
        if (!outside.open(QIODevice::Append))
            co_return fail(codes::Program::dataFolder, outside.fileName());
        outside.write(run.idempotencyKey().section(u'/', 1).toLatin1() + '\n');
        outside.close();
        auto pause = clock().sleep(1ms);
        co_await pause;
        co_return 1;
    }
    Flow<Result<LoopTurn<int>>> turn(WorkflowContext &context, int number)
    {
        StepOptions options;
        options.retry = RetryPolicy::forEver();
        options.retry.firstDelay = 5ms;
        options.retry.cap = 5ms;
        auto paying = context.step<int>(
            u"pay"_s, options, [this](StepRun &run) { return pay(run); },
            [this, number](int amount) -> Result<void> {
                books.edit().balance += amount;
                return send(ActorRef { u"Victim"_s, { u"book"_s }, {} }, Receipt { number });
            });
        auto paid = co_await paying;
        if (!paid)
            co_return std::unexpected(paid.error());
        co_return number + 1 < turns ? LoopTurn<int>::next(number + 1) : LoopTurn<int>::end(number + 1);
    }
    Workflow run(WorkflowContext &context) override
    {
        if (self().key != ActorKey { u"main"_s })
            co_return Result<void>();
        auto paying = context.loop<int>(u"turns"_s, 0,
                                        [this](WorkflowContext &inner, int number) { return turn(inner, number); });
        auto paid = co_await paying;
        co_return paid ? Result<void>() : std::unexpected(paid.error());
    }
    Result<QJsonValue> onMessage(const Message &message) override
    {
        return dispatch<std::variant<Receipt>>(message, [this](const Receipt &receipt) {
            Books &changed = books.edit();
            ++changed.receipts;
            changed.inOrder = changed.inOrder && receipt.turn == changed.lastReceipt + 1;
            changed.lastReceipt = receipt.turn;
        });
    }
};

// Asks again and again whether all of it is done.
class Watch {
public:
    explicit Watch(ActorSystem &system, Clock &clock)
        : m_system(system)
        , m_clock(clock)
    {
        look();
    }

private:
    void look()
    {
        m_system.visit<VictimActor>(ActorRef { u"Victim"_s, { u"main"_s }, {} }, [this](Result<VictimActor *> main) {
            if (main && (*main)->isDone())
                lookAtBook((*main)->books->balance);
            else
                again();
        });
    }
    void lookAtBook(int balance)
    {
        m_system.visit<VictimActor>(ActorRef { u"Victim"_s, { u"book"_s }, {} },
                                    [this, balance](Result<VictimActor *> book) {
                                        if (!book || (*book)->books->receipts < turns) {
                                            again();
                                            return;
                                        }
                                        QFile result(folder + u"/result"_s);
                                        if (result.open(QIODevice::WriteOnly)) {
                                            result.write(QStringLiteral("%1 %2 %3")
                                                             .arg(balance)
                                                             .arg((*book)->books->receipts)
                                                             .arg(int((*book)->books->inOrder))
                                                             .toLatin1());
                                            result.close();
                                        }
                                        m_system.drain([] { QCoreApplication::exit(0); });
                                    });
    }
    void again()
    {
        m_next = m_clock.after(20ms, [this] { look(); });
    }
    ActorSystem &m_system;
    Clock &m_clock;
    Alarm m_next;
};

} // namespace
} // namespace foundry

int main(int argc, char **argv)
{
    using namespace foundry;
    QCoreApplication app(argc, argv);
    folder = app.arguments().value(1);
    turns = app.arguments().value(2).toInt();
    SystemClock clock;
    ThreadedSync sync(1);
    Randomness randomness;
    ActorSystem system(ActorSystemOptions { folder, clock, sync, randomness, {} });
    system.registerKind<VictimActor>(u"Victim"_s);
    if (auto started = system.start(); !started) {
        std::fprintf(stderr, "%s\n", qPrintable(started.error().chain()));
        return 2;
    }
    for (const QString &name : { u"main"_s, u"book"_s }) {
        if (!system.getOrCreate(u"Victim"_s, { name }))
            return 3;
    }
    Watch watch(system, clock);
    return app.exec();
}
