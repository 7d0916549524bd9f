#include "ProjectOffer.h"

namespace foundry {

ProjectOffer::ProjectOffer(EngineLink *link, FailureWords words, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_words(std::move(words))
{
}

void ProjectOffer::look(const RepositoryId &repository, const QString &branch)
{
    if (repository != m_repository)
        m_off.clear();
    m_repository = repository;
    m_branch = branch;
    m_plan = {};
    m_use = false;
    Q_EMIT changed();
    if (repository.isEmpty() || branch.isEmpty())
        return;
    m_link->ask(query::ProjectPlan { repository, branch }, this,
                [this, repository, branch](const Result<AnswerBody> &answer) {
                    const auto *plan = answer ? std::get_if<answer::ProjectPlan>(&*answer) : nullptr;
                    if (!plan || repository != m_repository || branch != m_branch)
                        return; // what cannot be read is said by the task's first step
                    m_plan = *plan;
                    m_use = plan->agreed;
                    Q_EMIT changed();
                });
}

void ProjectOffer::take(command::CreateTask &task) const
{
    for (const RegistryOffer &offer : m_plan.registries) {
        if (!m_off.contains(offer.name))
            task.registries << offer.name;
    }
    if (m_use)
        task.projectAgreed = m_plan.hash;
    task.projectLeftOut = m_plan.agreed && !m_use;
}

QVariantList ProjectOffer::registries() const
{
    QVariantList list;
    for (const RegistryOffer &offer : m_plan.registries)
        list << QVariantMap { { u"title"_s, offer.title },
                              { u"because"_s, offer.because },
                              { u"on"_s, !m_off.contains(offer.name) } };
    return list;
}

QStringList ProjectOffer::chosenTitles() const
{
    QStringList titles;
    for (const RegistryOffer &offer : m_plan.registries) {
        if (!m_off.contains(offer.name))
            titles << offer.title;
    }
    return titles;
}

void ProjectOffer::choose(int registry, bool on)
{
    if (registry < 0 || registry >= int(m_plan.registries.size()))
        return;
    const QString name = m_plan.registries[size_t(registry)].name;
    m_off.removeAll(name);
    if (!on)
        m_off.append(name);
    Q_EMIT changed();
}

QString ProjectOffer::configWants() const
{
    QStringList wants;
    if (!m_plan.setUp.isEmpty())
        wants << tr("a set-up script");
    if (m_plan.carry.size() == 1)
        wants << tr("%1 of your clone").arg(m_plan.carry.first());
    else if (m_plan.carry.size() > 1)
        wants << tr("%1 files of your clone").arg(m_plan.carry.size());
    if (m_plan.hosts.size() == 1)
        wants << m_plan.hosts.first();
    else if (m_plan.hosts.size() > 1)
        wants << tr("%1 hosts").arg(m_plan.hosts.size());
    return wants.join(u", "_s);
}

void ProjectOffer::setUseConfig(bool use)
{
    if (use == m_use)
        return;
    m_use = use;
    Q_EMIT changed();
}

QString ProjectOffer::problem() const
{
    return m_plan.trouble ? m_words(*m_plan.trouble) : QString();
}

QString ProjectOffer::containers() const
{
    if (m_plan.docker.isEmpty())
        return {};
    return tr("%1: containers cannot run inside the sandbox, because their service has all rights on this computer. "
              "Services that you start yourself can be reached by their local port.")
        .arg(m_plan.docker);
}

} // namespace foundry
