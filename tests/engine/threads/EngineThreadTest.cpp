// The engine's thread: started, asked from several threads at once, and stopped at any moment.
#include "EngineThread.h"
#include "FatalWarnings.h"

#include <QMutex>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <thread>

using namespace foundry;

class EngineThreadTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<EngineThread> m_engine;
    QMutex m_mutex; // events come on the engine's thread, as to app/EngineBridge
    std::vector<Event> m_events;
    std::vector<Answer> m_answers; // on this thread

    bool has(const std::function<bool(const Event &)> &fits)
    {
        const QMutexLocker lock(&m_mutex);
        return std::ranges::any_of(m_events, fits);
    }
    bool isReady()
    {
        return has([](const Event &event) { return std::holds_alternative<event::EngineReady>(event); });
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_events.clear();
        m_answers.clear();
        EngineSettings settings;
        settings.dataFolder = m_folder->filePath(u"data"_s);
        settings.configuration = m_folder->filePath(u"config.toml"_s);
        m_engine = std::make_unique<EngineThread>(settings);
        connect(
            m_engine.get(), &EngineThread::told, this,
            [this](const Event &event) {
                const QMutexLocker lock(&m_mutex);
                m_events.push_back(event);
            },
            Qt::DirectConnection);
        connect(
            m_engine.get(), &EngineThread::answered, this,
            [this](const Answer &answer) { m_answers.push_back(answer); }, Qt::QueuedConnection);
    }
    void cleanup()
    {
        m_engine.reset();
        m_folder.reset();
    }

    void severalThreadsAskAtOnce()
    {
        constexpr int askers = 4;
        constexpr int each = 50;
        m_engine->start();
        QTRY_VERIFY_WITH_TIMEOUT(isReady(), 30'000);
        std::vector<std::thread> threads;
        for (int i = 0; i < askers; ++i) {
            threads.emplace_back([this, i] {
                for (int j = 0; j < each; ++j)
                    m_engine->ask(Query { QueryId { u"%1/%2"_s.arg(i).arg(j) }, query::Workbench {} });
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QTRY_COMPARE_WITH_TIMEOUT(m_answers.size(), size_t(askers * each), 30'000);
        for (const Answer &answer : m_answers)
            QVERIFY(answer.body);
        m_engine->stop();
    }

    // What was asked before is answered or dropped; nothing is touched that has gone.
    void itStopsAtAnyMoment()
    {
        for (int round = 0; round < 6; ++round) {
            if (round > 0) {
                cleanup();
                init();
            }
            m_engine->start();
            if (round % 3 != 0)
                QTRY_VERIFY_WITH_TIMEOUT(isReady(), 30'000);
            std::thread asker([this] {
                for (int i = 0; i < 200; ++i)
                    m_engine->ask(Query { QueryId { QString::number(i) }, query::Workbench {} });
            });
            if (round % 2 == 0)
                asker.join();
            m_engine->stop();
            if (asker.joinable())
                asker.join();
            m_engine->stop(); // once more is nothing
        }
    }

    void oneThatWasNeverStartedIsNothing()
    {
        m_engine->stop();
        m_engine.reset();
        QVERIFY(m_events.empty());
    }
};

FOUNDRY_TEST_MAIN(EngineThreadTest)
#include "EngineThreadTest.moc"
