#include "Superseded.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace foundry::simulation {

namespace {

constexpr Sql superseded { "superseded.all",
                           "SELECT argument FROM workflow_audit WHERE action = 'superseded' ORDER BY number" };

QString pathOf(const QString &scope, const QString &name)
{
    return scope.isEmpty() ? name : scope + u'/' + name;
}

} // namespace

Result<Superseded> Superseded::read(Database &store)
{
    const auto lines = store.all(
        superseded, [](const Row &row) { return QJsonDocument::fromJson(row.blob(0)).array().first().toObject(); });
    if (!lines)
        return std::unexpected(lines.error());
    Superseded all;
    for (const QJsonObject &line : *lines) {
        ++all.m_count;
        const QString name = line.value(u"name"_s).toString();
        const int before = all.m_paths[pathOf(line.value(u"scope"_s).toString(), name)]++;
        const QString status = line.value(u"status"_s).toString();
        if (status == u"skipped"_s && name.contains(u"undo"_s))
            all.m_skipped.append(undoMark(name, before));
        if (line.value(u"kind"_s).toString() == u"receive"_s && status == u"done"_s) {
            const QJsonObject message = line.value(u"result"_s).toArray().first().toObject();
            ++all.m_returned[message.value(u"payload"_s).toObject().value(u"id"_s).toInt()];
        }
    }
    return all;
}

int Superseded::generation(const QString &scope, const QString &name) const
{
    const auto count = [this](const QString &path) {
        const auto found = m_paths.find(path);
        return found == m_paths.end() ? 0 : found->second;
    };
    int sum = count(pathOf(scope, name));
    // What holds it: the joins, and the loops without the number of the turn.
    for (qsizetype end = scope.indexOf(u'/'); !scope.isEmpty(); end = scope.indexOf(u'/', end + 1)) {
        const QString part = scope.left(end < 0 ? scope.size() : end);
        const qsizetype turn = part.lastIndexOf(u'#');
        sum += count(turn > part.lastIndexOf(u'/') ? part.left(turn) : part);
        if (end < 0)
            break;
    }
    return sum;
}

QString Superseded::labelInside(const QString &scope, const QString &loop) const
{
    const QString turns = pathOf(scope, loop) + u'#';
    int sum = generation(scope, loop);
    for (auto inside = m_paths.lower_bound(turns); inside != m_paths.end() && inside->first.startsWith(turns); ++inside)
        sum += inside->second;
    return labelOf(sum);
}

int Superseded::returned(int go) const
{
    const auto found = m_returned.find(go);
    return found == m_returned.end() ? 0 : found->second;
}

QString Superseded::undoMark(const QString &name, int generation)
{
    const QString mark = name.mid(name.indexOf(u"undo")); // without the branch's scope
    const qsizetype colon = mark.indexOf(u':');
    return mark.startsWith(u"undo:") ? mark.left(colon) + labelOf(generation) + mark.mid(colon)
                                     : mark + labelOf(generation);
}

} // namespace foundry::simulation
