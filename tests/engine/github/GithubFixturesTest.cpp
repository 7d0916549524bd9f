// What GitHub itself published as its answers (examples of its OpenAPI description, payloads of its webhooks, recorded
// exchanges) through our readers. Rows are asked for by GraphQL: the same facts under the names that it has for them.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GithubAnswers.h"
#include "OAuth.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>

using namespace foundry;

namespace {

const QString npm = QStringLiteral(FOUNDRY_NPM_DIR "/node_modules/@octokit/");

QJsonDocument jsonOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s: %s", qPrintable(path), qPrintable(file.errorString()));
    QJsonParseError error;
    QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
    if (document.isNull())
        qFatal("%s: %s", qPrintable(path), qPrintable(error.errorString()));
    return document;
}

QStringList jsonFiles(const QString &folder)
{
    QStringList files;
    for (QDirIterator all(npm + folder, { u"*.json"_s }, QDir::Files, QDirIterator::Subdirectories); all.hasNext();)
        files.append(all.next());
    files.removeIf([](const QString &file) { return file.endsWith(u"package.json"); });
    files.sort();
    return files;
}

QJsonObject named(const QJsonValue &repository)
{
    return { { u"nameWithOwner"_s, repository.toObject().value(u"full_name") } };
}

QJsonObject pullNode(const QJsonObject &rest)
{
    const QJsonObject head = rest.value(u"head").toObject();
    const QJsonObject base = rest.value(u"base").toObject();
    const QJsonValue mergeable = rest.value(u"mergeable");
    const bool merged = rest.value(u"merged").toBool() || rest.value(u"merged_at").isString();
    return { { u"id"_s, rest.value(u"node_id") },
             { u"number"_s, rest.value(u"number") },
             { u"title"_s, rest.value(u"title") },
             { u"url"_s, rest.value(u"html_url") },
             { u"state"_s, merged ? u"MERGED"_s : rest.value(u"state").toString().toUpper() },
             { u"isDraft"_s, rest.value(u"draft") },
             { u"createdAt"_s, rest.value(u"created_at") },
             { u"updatedAt"_s, rest.value(u"updated_at") },
             { u"additions"_s, rest.value(u"additions") },
             { u"deletions"_s, rest.value(u"deletions") },
             { u"changedFiles"_s, rest.value(u"changed_files") },
             { u"author"_s, rest.value(u"user") },
             { u"repository"_s, named(base.value(u"repo")) },
             { u"headRepository"_s, head.value(u"repo").isObject() ? named(head.value(u"repo")) : QJsonValue() },
             { u"baseRefName"_s, base.value(u"ref") },
             { u"headRefName"_s, head.value(u"ref") },
             { u"headRefOid"_s, head.value(u"sha") },
             { u"mergeable"_s,
               mergeable.isBool() ? (mergeable.toBool() ? u"MERGEABLE"_s : u"CONFLICTING"_s) : u"UNKNOWN"_s },
             { u"labels"_s, QJsonObject { { u"nodes"_s, rest.value(u"labels") } } } };
}

QJsonObject repositoryNode(const QJsonObject &rest)
{
    const QJsonObject permissions = rest.value(u"permissions").toObject();
    return { { u"id"_s, rest.value(u"node_id") },
             { u"nameWithOwner"_s, rest.value(u"full_name") },
             { u"description"_s, rest.value(u"description") },
             { u"url"_s, rest.value(u"html_url") },
             { u"isPrivate"_s, rest.value(u"private") },
             { u"isArchived"_s, rest.value(u"archived") },
             { u"isFork"_s, rest.value(u"fork") },
             { u"viewerPermission"_s, permissions.value(u"push").toBool() ? u"WRITE"_s : u"READ"_s },
             { u"diskUsage"_s, rest.value(u"size") },
             { u"pushedAt"_s, rest.value(u"pushed_at") },
             { u"defaultBranchRef"_s, QJsonObject { { u"name"_s, rest.value(u"default_branch") } } } };
}

struct Counts {
    int pulls = 0;
    int repositories = 0;
    int people = 0;
    QSet<QString> states;
};

// Only https is kept of what GitHub says: a browser and git are given it.
QString address(const QJsonObject &rest)
{
    const QString said = rest.value(u"html_url").toString();
    return said.startsWith(u"https://") ? said : QString();
}

bool fits(const QString &read, const QJsonValue &said)
{
    return read == said.toString().left(limits::forgeText);
}

// Empty: read as it was said; else what was not.
QString readPull(const QJsonObject &rest)
{
    const auto row = pullRequestOf(pullNode(rest));
    const QString what = rest.value(u"html_url").toString();
    if (!row)
        return what + u" is no pull request"_s;
    if (!fits(row->title, rest.value(u"title")) || row->number != rest.value(u"number").toInt()
        || row->url != address(rest))
        return what + u": title, number or address"_s;
    if (row->createdAt <= 0 || row->updatedAt < row->createdAt)
        return what + u": times"_s;
    if (row->headCommit.isEmpty() || row->headBranch.isEmpty() || row->baseBranch.isEmpty())
        return what + u": branches"_s;
    const qsizetype labels = std::min<qsizetype>(rest.value(u"labels").toArray().size(), limits::pullRequestLabels);
    if (qsizetype(row->labels.size()) != labels)
        return what + u": labels"_s;
    const bool colours = std::all_of(row->labels.begin(), row->labels.end(),
                                     [](const PullRequestLabel &label) { return !label.colour.isEmpty(); });
    return colours ? QString() : what + u": colours"_s;
}

QString readRepository(const QJsonObject &rest)
{
    const auto read = repositoryOf(repositoryNode(rest));
    const QString what = rest.value(u"full_name").toString();
    if (!read)
        return what + u" is no repository"_s;
    const bool good = read->name == what && fits(read->description, rest.value(u"description"))
        && read->isPrivate == rest.value(u"private").toBool() && read->url == address(rest)
        && read->cloneUrl == (address(rest).isEmpty() ? QString() : address(rest) + u".git"_s);
    return good ? QString() : what;
}

// Whoever is in it, however deep.
QString readAll(const QJsonValue &value, Counts &counts)
{
    if (value.isArray()) {
        for (const QJsonValue each : value.toArray()) {
            if (const QString wrong = readAll(each, counts); !wrong.isEmpty())
                return wrong;
        }
    }
    if (!value.isObject())
        return {};
    const QJsonObject object = value.toObject();
    const bool hasNode = object.value(u"node_id").isString() && object.value(u"html_url").isString();
    QString wrong;
    if (hasNode && object.contains(u"head")
        && named(object.value(u"base").toObject().value(u"repo")).value(u"nameWithOwner").isString()) {
        ++counts.pulls;
        counts.states.insert(object.value(u"state").toString());
        wrong = readPull(object);
    } else if (hasNode && object.contains(u"full_name") && object.contains(u"owner")) {
        ++counts.repositories;
        wrong = readRepository(object);
    } else if (hasNode && object.value(u"type").toString() == u"User" && object.contains(u"login")) {
        ++counts.people;
        const auto who = oauth::readIdentity({ 200, {}, QJsonDocument(object).toJson() });
        const bool good
            = who && who->login == object.value(u"login").toString() && who->id == object.value(u"id").toInteger();
        wrong = good ? QString() : object.value(u"html_url").toString();
    }
    for (auto it = object.begin(); wrong.isEmpty() && it != object.end(); ++it)
        wrong = readAll(it.value(), counts);
    return wrong;
}

QString told(const Counts &counts)
{
    return u"%1 pull requests, %2 repositories, %3 people"_s.arg(counts.pulls)
        .arg(counts.repositories)
        .arg(counts.people);
}

} // namespace

class GithubFixturesTest : public QObject {
    Q_OBJECT

    QJsonObject m_description;

    // What a $ref stands for.
    QJsonObject resolved(const QJsonObject &object) const
    {
        QJsonObject found = object;
        while (found.contains(u"$ref")) {
            QJsonValue value = m_description;
            for (const QString &part : found.value(u"$ref").toString().mid(2).split(u'/'))
                value = value.toObject().value(part);
            found = value.toObject();
        }
        return found;
    }
    // Every example of an answer: its status and its body.
    std::vector<std::pair<int, QJsonValue>> examples() const
    {
        std::vector<std::pair<int, QJsonValue>> all;
        for (const QJsonValue path : m_description.value(u"paths").toObject()) {
            for (const QJsonValue operation : path.toObject()) {
                const QJsonObject responses = operation.toObject().value(u"responses").toObject();
                for (auto it = responses.begin(); it != responses.end(); ++it) {
                    const QJsonObject content = resolved(it->toObject()).value(u"content").toObject();
                    const QJsonObject json = content.value(u"application/json").toObject();
                    for (const QJsonValue example : json.value(u"examples").toObject())
                        all.emplace_back(it.key().toInt(), resolved(example.toObject()).value(u"value"));
                }
            }
        }
        return all;
    }

private Q_SLOTS:
    void initTestCase() { m_description = jsonOf(npm + u"openapi/generated/api.github.com.json"_s).object(); }

    void theExamplesOfTheDescription()
    {
        Counts counts;
        int answers = 0, refusals = 0;
        for (const auto &[status, body] : examples()) {
            const HttpAnswer answer { status, {}, {} };
            QVERIFY(!limitSigns(answer, body.toObject(), 0).limited);
            if (status >= 200 && status < 300) {
                const QString wrong = readAll(body, counts);
                QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
                ++answers;
            } else if (status >= 400 && body.isObject()) {
                const Failure failure = failureOf(answer, body.toObject());
                QVERIFY(failure.detail.contains(body.toObject().value(u"message").toString().simplified().left(60)));
                ++refusals;
            }
        }
        QVERIFY2(answers > 800 && refusals > 5, qPrintable(u"%1 %2"_s.arg(answers).arg(refusals)));
        QVERIFY2(counts.pulls >= 10 && counts.repositories >= 100 && counts.people >= 200, qPrintable(told(counts)));
    }

    void theDescriptionsLinkHeaders()
    {
        const QJsonObject link
            = m_description.value(u"components").toObject().value(u"headers").toObject().value(u"link").toObject();
        const QByteArray example = link.value(u"example").toString().toLatin1();
        QVERIFY(!example.isEmpty());
        QCOMPARE(nextLink(example), "https://api.github.com/resource?page=2");
    }

    void thePayloadsOfWebhooks()
    {
        Counts counts;
        int payloads = 0;
        const QStringList files = jsonFiles(u"webhooks-examples/api.github.com"_s);
        QCOMPARE(files.size(), 1); // all events, each with its examples
        for (const QJsonValue event : jsonOf(files.front()).array()) {
            for (const QJsonValue payload : event.toObject().value(u"examples").toArray()) {
                const QString wrong = readAll(payload, counts);
                QVERIFY2(wrong.isEmpty(), qPrintable(event.toObject().value(u"name").toString() + u": "_s + wrong));
                ++payloads;
            }
        }
        QVERIFY2(payloads > 300 && counts.pulls >= 29 && counts.repositories > 300 && counts.people > 300,
                 qPrintable(u"%1: %2"_s.arg(payloads).arg(told(counts))));
        QVERIFY(counts.states.contains(u"open"_s) && counts.states.contains(u"closed"_s));
    }

    void theRecordedExchanges()
    {
        Counts counts;
        int files = 0;
        for (const QString &file : jsonFiles(u"fixtures/scenarios"_s)) {
            const QJsonDocument document = jsonOf(file);
            const QString wrong
                = document.isArray() ? readAll(document.array(), counts) : readAll(document.object(), counts);
            QVERIFY2(wrong.isEmpty(), qPrintable(file + u": "_s + wrong));
            ++files;
        }
        QVERIFY2(files > 40 && counts.repositories > 20 && counts.people > 20,
                 qPrintable(u"%1: %2"_s.arg(files).arg(told(counts))));
    }
};

FOUNDRY_TEST_MAIN(GithubFixturesTest)
#include "GithubFixturesTest.moc"
