// What a receiver of transcript changes holds: applies them as the store and the window do, strictly.
#pragma once

#include "Recorded.h"
#include "TranscriptReducer.h"

#include <QJsonArray>
#include <QTest>

namespace foundry::test {

struct Mirror {
    std::vector<TranscriptEntry> entries;

    void take(const std::vector<TranscriptChange> &changes)
    {
        for (const TranscriptChange &change : changes) {
            if (const auto *upserted = std::get_if<EntryUpserted>(&change)) {
                const TranscriptEntry &entry = upserted->entry;
                QVERIFY(entry.position >= 0 && entry.position <= qint64(entries.size())); // no gap
                if (entry.position == qint64(entries.size())) {
                    entries.push_back(entry);
                } else {
                    QCOMPARE(entry.kind, entries[size_t(entry.position)].kind); // an entry never changes its kind
                    entries[size_t(entry.position)] = entry;
                }
            } else if (const auto *appended = std::get_if<TextAppended>(&change)) {
                QVERIFY(appended->position < qint64(entries.size()));
                QString &text = std::get<MessageText>(entries[size_t(appended->position)].body).text;
                QCOMPARE(appended->offset, text.size());
                text += appended->text;
            }
        }
    }

    void check(qint64 total) const
    {
        QCOMPARE(qint64(entries.size()), total);
        QStringList calls;
        int turn = 0;
        for (size_t i = 0; i < entries.size(); ++i) {
            QCOMPARE(entries[i].position, qint64(i));
            QVERIFY(entries[i].turn >= turn);
            if (entries[i].turn > turn)
                calls.clear();
            turn = entries[i].turn;
            QVERIFY(!entries[i].open || i + 1 == entries.size()); // only the last one grows
            if (const auto *call = std::get_if<ToolCall>(&entries[i].body)) {
                QVERIFY2(!calls.contains(call->id), qPrintable(call->id)); // once a turn
                calls << call->id;
            }
        }
    }

    QString text(size_t position) const { return std::get<MessageText>(entries.at(position).body).text; }
    QString said(int turn) const
    {
        QString all;
        for (const TranscriptEntry &entry : entries) {
            if (entry.kind == EntryKind::agentMessage && entry.turn == turn)
                all += std::get<MessageText>(entry.body).text;
        }
        return all;
    }
    std::vector<EntryKind> kinds() const
    {
        std::vector<EntryKind> all;
        for (const TranscriptEntry &entry : entries)
            all.push_back(entry.kind);
        return all;
    }
};

// Plays a recording of one session as the session actor would, loads included. Answers with the number of
// prompts that were sent.
inline int playRecorded(const std::vector<RecordedFrame> &frames, TranscriptReducer &reducer, Mirror &mirror)
{
    int prompts = 0;
    QJsonValue promptId = QJsonValue::Undefined;
    QJsonValue loadId = QJsonValue::Undefined;
    QJsonObject waiting;
    Millis at = 1;
    for (const auto &[fromAgent, frame] : frames) {
        const QString method = frame[u"method"].toString();
        const QJsonValue id = frame[u"id"];
        ++at;
        if (!fromAgent && method == u"session/prompt" && reducer.inTurn()) {
            waiting = frame; // over HTTP it overtook the end of the turn before
        } else if (!fromAgent && method == u"session/prompt") {
            ++prompts;
            promptId = id;
            mirror.take(reducer.personPrompted(frame[u"params"][u"prompt"][0][u"text"].toString(), at));
        } else if (!fromAgent && method == u"session/load") {
            if (reducer.inTurn())
                mirror.take(reducer.turnBroken(NoticeKind::interrupted, std::nullopt, at));
            loadId = id;
            reducer.beginReplay();
        } else if (fromAgent && method == u"session/update") {
            mirror.take(reducer.update(readUpdate(frame[u"params"][u"update"].toObject()), at));
        } else if (fromAgent && method == u"session/request_permission") {
            PermissionAsked asked;
            asked.requestId = u"p%1"_s.arg(at);
            asked.toolCall = readToolCall(frame[u"params"][u"toolCall"].toObject());
            mirror.take(reducer.permissionAsked(asked, at));
            mirror.take(reducer.permissionAnswered(asked.requestId, u"allow"_s, at));
        } else if (fromAgent && method.isEmpty() && id == promptId) {
            promptId = QJsonValue::Undefined;
            mirror.take(reducer.turnEnded(frame[u"result"][u"stopReason"].toString(u"error"_s), at));
            if (!waiting.isEmpty()) {
                ++prompts;
                const QJsonObject prompt = std::exchange(waiting, {});
                promptId = prompt[u"id"];
                mirror.take(reducer.personPrompted(prompt[u"params"][u"prompt"][0][u"text"].toString(), at));
            }
        } else if (fromAgent && method.isEmpty() && id == loadId) {
            loadId = QJsonValue::Undefined;
            mirror.take(reducer.endReplay(at));
        }
    }
    if (reducer.inTurn())
        mirror.take(reducer.turnBroken(NoticeKind::agentExited, std::nullopt, at));
    return prompts;
}

} // namespace foundry::test
