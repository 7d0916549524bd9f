// The person's words to a task. What runs is in TaskSteps.cpp, what is shown in TaskTimeline.cpp.
#include "TaskActor.h"

#include "Keys.h"
#include "OrganizationMessages.h"
#include "TaskLife.h"

namespace foundry {

namespace {

constexpr auto stopDeadline = std::chrono::seconds(30);

} // namespace

TaskActor::TaskActor(TaskServices services)
    : WorkflowActor({ nameOf<task::Go>() })
    , m_services(std::move(services))
{
}

Result<void> TaskActor::onCreate(const QJsonObject &input)
{
    task::Birth birth;
    if (!json::fromJson(input, birth))
        return fail(codes::Actor::badMessage, u"task input"_s);
    LifeFacts &facts = m_facts.edit();
    facts.summary = birth.summary;
    facts.wish = birth.wish;
    facts.wish.prompt.clear(); // a row: it may be long
    facts.repositoryName = birth.repositoryName;
    facts.uncommitted = birth.uncommitted;
    facts.pullHead = birth.head;
    facts.session.id = birth.session;
    facts.session.agent = birth.wish.agent;
    facts.since = birth.summary.createdAt;
    return TaskStore(store()).addPrompt(randomness().id(), birth.wish.prompt);
}

Result<void> TaskActor::onWake()
{
    m_asking.clear();
    return changed(false); // nothing that was only in memory is shown as if it still were
}

Result<QJsonValue> TaskActor::onMessage(const Message &message)
{
    return dispatch<task::Message>(message, [this](const auto &m) { return handle(m); });
}

Result<void> TaskActor::goOn()
{
    return send(self(), task::Go {});
}

void TaskActor::resumeFrom()
{
    LifeFacts &facts = m_facts.edit();
    facts.summary.overlay = TaskOverlay::none;
    facts.summary.failure.reset();
    facts.failedStep.clear();
    facts.hold = false;
    m_stopping = false;
}

Result<void> TaskActor::handle(const task::Prompt &message)
{
    if (m_facts->archived)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    if (message.text.trimmed().isEmpty())
        return fail(codes::Task::promptEmpty);
    if (message.text.size() > limits::promptCharacters)
        return fail(codes::Task::promptTooLarge,
                    u"%1 of at most %2"_s.arg(message.text.size()).arg(limits::promptCharacters));
    if (auto added = TaskStore(store()).addPrompt(message.commandId, message.text); !added)
        return added;
    LifeFacts &facts = m_facts.edit();
    if (facts.summary.overlay != TaskOverlay::none)
        dropPublishing(); // the person goes on elsewhere instead of publishing again
    facts.interrupted = false; // writing something new leaves the interrupted turn as it is
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Result<void> TaskActor::handle(const task::EditPrompt &message)
{
    if (auto edited = TaskStore(store()).editPrompt(message.prompt, message.text); !edited)
        return edited;
    return changed(false);
}

void TaskActor::stopWork()
{
    m_stopping = true;
    if (m_facts->running == Act::turn) {
        // The agent is asked first; what it does not end by itself is ended by force (AcpTimes::cancel).
        sendEphemeral(keys::sessionOf(m_facts->summary.id, m_facts->session.id), session::Cancel {});
        return;
    }
    afterCommit([this] {
        if (const auto stop = std::exchange(m_onStop, {}))
            stop();
    });
}

Result<void> TaskActor::handle(const task::Stop &)
{
    if (m_facts->running == Act::wait && !m_facts->publish && m_facts->turns > 0)
        return {}; // nothing runs: stopping twice is no error
    m_facts.edit().hold = true;
    stopWork();
    if (m_facts->running == Act::wait) { // nothing has begun yet: what is next is decided anew
        if (auto gone = goOn(); !gone)
            return gone;
    }
    return changed();
}

Result<void> TaskActor::handle(const task::Retry &)
{
    if (m_facts->summary.overlay == TaskOverlay::none)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Result<void> TaskActor::handle(const task::Resume &message)
{
    if (!m_facts->interrupted)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    TaskStore rows(store());
    auto text = message.how == command::Resume::sendAgain ? rows.promptText(m_facts->lastPrompt)
                                                          : u"Continue where you stopped."_s;
    if (!text)
        return std::unexpected(text.error());
    const QString prompt = randomness().id();
    if (auto added = rows.addPrompt(prompt, *text, true); !added)
        return added;
    LifeFacts &facts = m_facts.edit();
    facts.interrupted = false;
    if (message.how == command::Resume::goOn) {
        const bool again = facts.lastPrompt == facts.continuation; // it is still the first one's work
        facts.interruptedPrompt = again ? facts.interruptedPrompt : facts.lastPrompt;
        facts.continuation = prompt;
    }
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Result<void> TaskActor::handle(const task::Publish &message)
{
    if (m_facts->archived || m_facts->publish || m_facts->running != Act::wait)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    if (!hasUnpublished(*m_facts))
        return fail(codes::Task::nothingToPublish);
    if (auto begun = beginPublish(message.to, message.message); !begun)
        return begun;
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Result<void> TaskActor::beginPublish(command::PublishTo to, QString message)
{
    PublishWish wish { to, message.trimmed(), clock().now(), Act::snapshot, {} };
    if (wish.message.isEmpty()) {
        auto proposed = commitMessage();
        if (!proposed)
            return std::unexpected(proposed.error());
        wish.message = *proposed;
    }
    if (!m_facts->sandboxMade)
        wish.next = Act::commit; // released meanwhile: the last snapshot is what there is
    m_facts.edit().publish = wish;
    return {};
}

void TaskActor::dropPublishing()
{
    LifeFacts &facts = m_facts.edit();
    facts.publish.reset();
    facts.opening.reset();
    facts.merging.reset();
    facts.bringing.reset();
}

Result<QString> TaskActor::commitMessage() const
{
    auto prompt = firstPrompt();
    if (!prompt)
        return prompt;
    return proposedMessage(m_facts->summary, *prompt);
}

Result<void> TaskActor::archive()
{
    LifeFacts &facts = m_facts.edit();
    facts.archived = true;
    facts.archiveMerged = false; // once: who brings it back wants it back
    dropPublishing();
    facts.summary.unread = false;
    facts.snapshotDue = facts.sandboxMade && facts.turns > 0;
    facts.releaseAfter = clock().now() + std::chrono::milliseconds(undoWindow).count();
    stopWork();
    resumeFrom();
    m_facts.edit().hold = true;
    if (auto set = schedule(u"release"_s, facts.releaseAfter, task::Due {}); !set)
        return set;
    return goOn();
}

Result<void> TaskActor::handle(const task::Archive &message)
{
    if (m_facts->archived)
        return {};
    if (!message.evenUnpublished && (hasUnpublished(*m_facts) || m_facts->running == Act::turn))
        return fail(codes::Task::unpublishedWork, u"%1 files"_s.arg(m_facts->summary.changes.files));
    if (auto done = archive(); !done)
        return done;
    return changed();
}

Result<void> TaskActor::handle(const task::Unarchive &)
{
    if (!m_facts->archived || m_facts->deleted)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    LifeFacts &facts = m_facts.edit();
    facts.archived = false;
    resumeFrom();
    m_facts.edit().hold = true; // prompts that waited do not start by themselves
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Result<void> TaskActor::handle(const task::Delete &)
{
    if (m_facts->deleted)
        return {};
    if (!m_facts->archived) {
        if (auto done = archive(); !done)
            return done;
    }
    LifeFacts &facts = m_facts.edit();
    facts.deleted = true;
    facts.purgeAt = clock().now() + std::chrono::milliseconds(restoreWindow).count();
    if (auto set = schedule(u"purge"_s, facts.purgeAt, task::Due {}); !set)
        return set;
    return changed();
}

Result<void> TaskActor::handle(const task::Restore &)
{
    if (!m_facts->deleted)
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    LifeFacts &facts = m_facts.edit();
    facts.deleted = false;
    facts.archived = false;
    facts.purgeAt = 0;
    resumeFrom();
    m_facts.edit().hold = true;
    if (auto dropped = cancelSchedule(u"purge"_s); !dropped)
        return dropped;
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Result<void> TaskActor::handle(const task::Rename &message)
{
    const QString title = message.title.simplified();
    if (title.isEmpty())
        return fail(codes::Task::titleEmpty);
    m_facts.edit().summary.title = title.left(limits::titleCharacters);
    return changed(false);
}

Result<void> TaskActor::handle(const task::Mark &message)
{
    if (m_facts->summary.unread == message.unread)
        return {};
    m_facts.edit().summary.unread = message.unread;
    return changed(false);
}

Result<void> TaskActor::handle(const task::SessionTold &message)
{
    const bool newlyAsking = m_asking.isEmpty() && !message.asking.isEmpty();
    m_asking = message.asking;
    m_doing = message.doing;
    if (m_facts->session != message.info)
        m_facts.edit().session = message.info;
    if (message.heard && !m_facts->started)
        m_facts.edit().started = true;
    if (newlyAsking)
        m_facts.edit().summary.unread = true;
    return changed(newlyAsking);
}

Result<void> TaskActor::handle(const task::Prepare &)
{
    if (m_facts->archived || (m_facts->summary.overlay != TaskOverlay::none && !m_facts->sandboxMade))
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    if (m_facts->sandboxMade)
        return {};
    m_facts.edit().placeWanted = true;
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

Result<void> TaskActor::handle(const task::Due &)
{
    return goOn();
}

Result<void> TaskActor::changed(bool active)
{
    const Millis now = clock().now();
    auto waiting = TaskStore(store()).waiting();
    if (!waiting)
        return std::unexpected(waiting.error());
    if (m_facts->queued != int(waiting->size()))
        m_facts.edit().queued = int(waiting->size());
    TaskSummary summary = summarise(*m_facts, m_asking, m_doing, now);
    if (active)
        summary.activeAt = now;
    if (summary != m_facts->summary)
        m_facts.edit().summary = summary;
    if (summary != *m_told) {
        m_told.edit() = summary;
        if (auto sent = send(keys::localOrganization(), organization::TaskSummarised { summary }); !sent)
            return sent;
    }
    tell(event::TaskDetailsChanged { details() });
    return {};
}

} // namespace foundry
