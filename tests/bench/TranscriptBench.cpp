// How long a transcript takes to open, and how many chunks of text a second it takes in.
#include "LineDiff.h"
#include "MarkdownBlocks.h"
#include "SampleTask.h"
#include "TranscriptModel.h"

#include <QCoreApplication>

#include <benchmark/benchmark.h>

using namespace foundry;
using namespace foundry::test;

namespace {

void openTranscript(benchmark::State &state)
{
    EngineLink link;
    SampleTask sample(&link);
    sample.playMany(state.range(0));
    for (auto _ : state) {
        TranscriptModel model(&link, [](const Failure &failure) { return failure.name(); });
        model.setSession(sample.summary.id, sample.summary.session);
        benchmark::DoNotOptimize(model.index(model.rowCount() - 1).data(TranscriptModel::TextRole));
    }
}
BENCHMARK(openTranscript)->Arg(100)->Arg(100'000);

// One message that grows to `range` characters in chunks of 20, drawn block by block.
void streamChunks(benchmark::State &state)
{
    const QString piece = u"twenty characters..\n"_s;
    qint64 chunks = 0;
    for (auto _ : state) {
        EngineLink link;
        SampleTask sample(&link);
        TranscriptModel model(&link, [](const Failure &failure) { return failure.name(); });
        model.setSession(sample.summary.id, sample.summary.session);
        QObject::connect(&link, &EngineLink::received, &model, [&](const Event &event) {
            if (const auto *changed = std::get_if<event::TranscriptChanged>(&event))
                model.receive(*changed);
        });
        sample.tell({ EntryUpserted { sample.entry(EntryKind::agentMessage, MessageText {}) } });
        MarkdownBlocks blocks;
        blocks.setOpen(true);
        QObject::connect(&model, &TranscriptModel::dataChanged, &blocks,
                         [&] { blocks.setText(model.index(0).data(TranscriptModel::TextRole).toString()); });
        for (qint64 length = 0; length < state.range(0); length += piece.size(), ++chunks) {
            const QString text = chunks % 10 == 9 ? u"\nnew paragraph text\n"_s : piece;
            sample.tell({ TextAppended { 0, length, text } });
        }
    }
    state.SetItemsProcessed(chunks);
}
BENCHMARK(streamChunks)->Arg(2'000)->Arg(20'000)->Arg(200'000);

void diffOfTexts(benchmark::State &state)
{
    QString before;
    for (qint64 line = 0; line < state.range(0); ++line)
        before += u"line %1 of a file\n"_s.arg(line);
    QString after = before;
    after.replace(u"7 of"_s, u"seven of"_s);
    for (auto _ : state)
        benchmark::DoNotOptimize(diffTexts(before, after));
}
BENCHMARK(diffOfTexts)->Arg(100)->Arg(5'000);

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
