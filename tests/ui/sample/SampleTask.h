// A task as the engine would tell it, and an engine's end that answers for it: for tests and benches of
// what the window shows.
#pragma once

#include <EngineLink.h>

#include <QObject>

namespace foundry::test {

class SampleTask : public QObject {
    Q_OBJECT

public:
    static constexpr Millis noon = 1'800'000'000'000;

    explicit SampleTask(EngineLink *link, QObject *parent = nullptr);

    TaskSummary summary;
    TaskDetails details;
    std::vector<TranscriptEntry> entries;
    quint64 revision = 0;
    std::vector<ChangedFile> files;
    std::vector<FileDiff> diffs;
    std::vector<CommandBody> commands; // everything that was submitted
    int pages = 0; // transcript pages that were asked for
    bool holdAnswers = false; // queries wait for release()
    std::optional<Failure> refuse; // every command is answered with it

    // The picture of the design: a turn that waits for an answer about a host.
    void playLogin();
    // After playLogin: a second turn with every kind of Markdown.
    void playTalk();
    // After playLogin: what went wrong, and a turn to resume.
    void playFailure();
    // `count` short entries, a prompt every ten.
    void playMany(qint64 count);

    void release();
    void tellSummary();
    void tellDetails();
    // Puts changes into the transcript and, unless `lost`, tells them.
    void tell(std::vector<TranscriptChange> changes, bool lost = false);
    TranscriptEntry entry(EntryKind kind, EntryBody body, int turn = 1) const; // at the next position

    template <class Body> const Body *last() const
    {
        return commands.empty() ? nullptr : std::get_if<Body>(&commands.back());
    }

private:
    void answer(const Query &query);
    Result<AnswerBody> reply(const QueryBody &body) const;
    void add(EntryKind kind, EntryBody body, int turn = 1, Millis after = 0);

    EngineLink *m_link;
    std::vector<Query> m_held;
};

} // namespace foundry::test
