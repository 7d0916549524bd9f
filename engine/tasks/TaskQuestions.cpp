// Questions that a task has for the person: a host that was refused, a .foundry/config.toml that is new or has
// changed. They are facts of the task, so they survive a restart; each is asked once.
#include "HostRules.h"
#include "Keys.h"
#include "RegistryPresets.h"
#include "SandboxProcess.h"
#include "TaskActor.h"
#include "TaskLife.h"

#include <QHostAddress>

namespace foundry {

namespace {

struct Target {
    QString host;
    int port = 0;
};

// "host:port"; an IPv6 address without brackets.
Target targetOf(const QString &shown)
{
    const qsizetype colon = shown.lastIndexOf(u':');
    return { shown.left(colon), QStringView(shown).mid(colon + 1).toInt() };
}

// What is never reachable, whatever the answer: nobody is asked.
bool isUseless(const Target &target)
{
    const QHostAddress address(target.host);
    return target.port <= 0 || HostRules::normalized(target.host).isEmpty() || target.host == u"localhost"_s
        || target.host.endsWith(u".localhost"_s) || address.isLoopback() || address.isLinkLocal()
        || address == QHostAddress(QHostAddress::AnyIPv4) || address == QHostAddress(QHostAddress::AnyIPv6);
}

// The rule that lets it pass from now on.
QString ruleFor(const QString &shown)
{
    const Target target = targetOf(shown);
    const QString host = target.host.contains(u':') ? u'[' + target.host + u']' : target.host;
    return target.port == 443 || target.port == 80 ? host : host + u':' + QString::number(target.port);
}

const QString hostPrefix = u"host:"_s;
const QString projectPrefix = u"project:"_s;

} // namespace

QStringList TaskActor::allowedHosts() const
{
    const command::CreateTask &wish = m_facts->wish;
    QStringList hosts = wish.allowedHosts + registries::hostsOf(wish.registries) + m_facts->repositoryHosts;
    if (m_facts->projectAgreed) {
        const ProjectConfig &config = m_facts->project.config;
        hosts += registries::hostsOf(config.registries) + config.hosts;
    }
    hosts += m_facts->grantedHosts;
    hosts.removeDuplicates();
    return hosts;
}

Result<void> TaskActor::handle(const task::HostDenied &message)
{
    const QString &shown = message.host;
    const Target target = targetOf(shown);
    const bool known = m_facts->deniedHosts.contains(shown);
    const bool answered = m_facts->askedHosts.contains(shown) || m_facts->refusedHosts.contains(shown)
        || HostRules(allowedHosts()).allows(target.host, target.port)
        || HostRules(m_facts->quietHosts).allows(target.host, target.port);
    const bool asks = !answered && !isUseless(target) && !m_facts->archived
        && m_facts->askedHosts.size() < limits::openQuestions
        && m_facts->grantedHosts.size() + m_facts->refusedHosts.size() < limits::answeredHosts;
    if (known && !asks)
        return {};
    LifeFacts &facts = m_facts.edit();
    if (!known)
        facts.deniedHosts.append(shown);
    while (facts.deniedHosts.size() > limits::deniedHosts)
        facts.deniedHosts.removeFirst();
    if (asks) {
        facts.askedHosts.append(shown);
        facts.summary.unread = true;
    }
    return changed(asks);
}

Result<void> TaskActor::handle(const task::AnswerQuestion &message)
{
    Result<void> done;
    if (message.question.startsWith(hostPrefix))
        done = answerHost(message.question.mid(hostPrefix.size()), message.answer);
    else if (asksProject(*m_facts) && message.question == projectPrefix + m_facts->project.config.hash)
        done = answerProject(message.answer);
    return done ? changed() : done;
}

Result<void> TaskActor::answerHost(const QString &host, QuestionAnswer answer)
{
    LifeFacts &facts = m_facts.edit();
    if (facts.askedHosts.removeAll(host) == 0)
        return {}; // answered before
    if (answer == QuestionAnswer::no) {
        facts.refusedHosts.append(host);
        return {};
    }
    const QString rule = ruleFor(host);
    facts.deniedHosts.removeAll(host);
    facts.grantedHosts.append(rule);
    if (answer == QuestionAnswer::repository) {
        const repository::Remember remember { rule, {} };
        if (auto sent = send(keys::repositoryOf(facts.summary.repository), remember); !sent)
            return sent;
    }
    if (facts.sandboxMade) {
        const session::AllowHosts allow { allowedHosts() };
        if (auto sent = send(keys::sessionOf(facts.summary.id, facts.session.id), allow); !sent)
            return sent;
    }
    afterCommit([this] {
        if (m_setUp)
            m_setUp->allowHosts(allowedHosts());
    });
    return {};
}

Result<void> TaskActor::answerProject(QuestionAnswer answer)
{
    LifeFacts &facts = m_facts.edit();
    facts.projectAnswered = true;
    facts.projectAgreed = answer != QuestionAnswer::no;
    if (answer == QuestionAnswer::repository) {
        const repository::Remember remember { {}, facts.project.config.hash };
        if (auto sent = send(keys::repositoryOf(facts.summary.repository), remember); !sent)
            return sent;
    }
    return goOn();
}

Result<void> TaskActor::handle(const task::Skip &)
{
    if (!canSkip(*m_facts))
        return fail(codes::Task::wrongState, enumName(m_facts->summary.state));
    const QString step = m_facts->failedStep;
    LifeFacts &facts = m_facts.edit();
    facts.carried = facts.carried || step == enumName(Act::carryFiles);
    facts.setUpDone = facts.setUpDone || step == enumName(Act::setUp);
    if (auto noted = TaskStore(store()).skipLine(step, clock().now()); !noted)
        return noted;
    resumeFrom();
    if (auto gone = goOn(); !gone)
        return gone;
    return changed();
}

std::vector<TaskQuestion> TaskActor::questions() const
{
    std::vector<TaskQuestion> asked;
    if (m_facts->archived)
        return asked;
    if (asksProject(*m_facts)) {
        const ProjectConfig &config = m_facts->project.config;
        asked.push_back({ projectPrefix + config.hash, QuestionKind::project, m_facts->repositoryName, config.text });
    }
    for (const QString &host : m_facts->askedHosts)
        asked.push_back({ hostPrefix + host, QuestionKind::host, host, {} });
    return asked;
}

} // namespace foundry
