"""Rules for C++: rooms, time, coroutines, actors, git."""

import re

from rule import Rule
from source import Violation

# ---- rooms ---------------------------------------------------------------------------------------

PICTURE_CLASSES = (
    r"Qt(Gui|Qml|Quick|Widgets|QuickControls2)\b|Q(Gui)?Application\b|Q(Quick|Qml|JS)\w+|QImage|QPixmap|QColor|QFont\w*"
    r"|QIcon|QPainter\w*|QClipboard|QDesktopServices|QWindow|QScreen|QWidget|QCursor|QPalette|QTextDocument"
)


def no_way_up(tree):
    for source in tree.cpp():
        yield from source.violations(r'#\s*include\s*["<]\.\./', "includes by a way up: {0}")


def engine_has_no_face(tree):
    for source in tree.cpp("engine"):
        yield from source.violations(rf"#\s*include\s*<({PICTURE_CLASSES})(/\w+)?>", "the engine has no face: {0}")
    for source in tree.sources:
        if source.under("engine") and source.name == "CMakeLists.txt":
            yield from source.violations(
                r"Qt6::(Gui|Qml|Quick\w*|Widgets|Svg)\b", "the engine has no face: {0}", source.text
            )


def ui_knows_the_contract_only(tree):
    engine = {s.name for s in tree.cpp("engine") if s.ending == ".h" and not s.under("engine/contract")}
    rooms = {s.path.split("/")[1] for s in tree.sources if s.under("engine") and s.path.count("/") > 1} - {"contract"}
    mine = {s.name for s in tree.cpp("ui")}
    for source in tree.cpp("ui"):
        for line, match in source.find(r'#\s*include\s*"([^"]+)"'):
            name = match.group(1).rsplit("/", 1)[-1]
            if name in engine - mine:
                yield Violation(source.path, line, f"the window knows only the contract: {name} is the engine's")
    for source in tree.sources:
        if source.under("ui", "qml") and source.name == "CMakeLists.txt":
            for room in sorted(rooms | {"engine"}):
                name = "foundry-" + room.replace("_", "-")
                yield from source.violations(
                    rf"{name}(?![\w-])", "the window links only the contract: {0}", source.text
                )


def headers_have_one_name(tree):
    seen = {}
    for source in tree.cpp("app", "ui", "engine", "tests"):
        if source.ending == ".h":
            if source.name in seen:
                yield Violation(source.path, 0, f"there is {seen[source.name]} already: includes go by plain name")
            seen.setdefault(source.name, source.path)


# ---- time ----------------------------------------------------------------------------------------

TIME = (
    r"QDateTime::current\w*|QDate::currentDate|QTime::currentTime|\bQTimer\b|\bQBasicTimer\b|\bstartTimer\s*\(|\bQElapsedTimer\b"
    r"|\bQDeadlineTimer\b|(steady|system|high_resolution)_clock::now|\busleep\s*\(|\bnanosleep\s*\(|\bsleep_(for|until)\b"
    r"|QThread::m?u?sleep|\bclock_gettime\s*\(|\bgettimeofday\s*\(|std::time\s*\(|(?<![\w.>:])time\s*\(\s*(nullptr|NULL|0|&)"
)


# Programs of their own, which no actor waits for by a simulated clock.
PROGRAMS_OF_THEIR_OWN = ("engine/demo_agent", "engine/netns", "engine/keeper")


def time_enters(tree):
    for source in tree.cpp("engine"):
        if not source.under("engine/foundation", *PROGRAMS_OF_THEIR_OWN):
            yield from source.violations(TIME, "time comes from the Clock only: {0}", source.code)


# ---- coroutines ----------------------------------------------------------------------------------


def awaits_are_named(tree):
    for source in tree.cpp():
        for line, match in source.find(r"(?<!operator )\bco_await\s+([^;]*)", source.code):
            rest = match.group(1)
            operand = re.match(r"[\w.:*&]+(?:->[\w.:]+)*", rest)
            after = rest[operand.end() :].lstrip() if operand else rest
            if not operand or after[:1] in ("(", "{", "[", "<"):
                yield Violation(
                    source.path, line, f"nothing is called inside co_await, name it first: {rest.splitlines()[0]}"
                )
        for line, match in source.find(r"^.*\bco_await\b.*$", source.code):
            if re.search(r"\{\s*\.\w+\s*=|\[[^\]]*\]\s*\([^)]*\)\s*(mutable\s*)?(->[^{]*)?\{", match.group(0)):
                yield Violation(
                    source.path, line, "no lambda and no designated initialiser beside a co_await (GCC 12)"
                )


# ---- values and failures -------------------------------------------------------------------------


def no_default_over_enums(tree):
    for source in tree.cpp("app", "ui", "engine"):
        for line, match in source.find(r"\bswitch\s*\(", source.code):
            body = block_after(source.code, match.end() - 1)
            scoped = re.search(r"\bcase\s+(?!Qt::|Q[A-Z]\w*::|std::)[A-Za-z_][\w]*(::\w+)+\s*:", body)
            if scoped and re.search(r"\bdefault\s*:", body):
                yield Violation(source.path, line, "a switch over an enum names every enumerator and has no default")


def block_after(text, start):
    """From the first brace after `start` to its partner."""
    begin = text.find("{", start)
    depth = 0
    for at in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin : at + 1]
    return text[begin:]


def warnings_are_errors(tree):
    build = tree.get("CMakeLists.txt")
    for word in ("-Wall", "-Wextra", "-Wswitch-enum", "-Werror", "QT_NO_CAST_FROM_ASCII", "QT_NO_KEYWORDS"):
        if build is not None and not re.search(rf"{word}\b", build.text):
            yield Violation(build.path, 0, f"{word} is gone")
    for source in tree.sources:
        if source.name == "CMakeLists.txt" or source.ending == ".cmake":
            yield from source.violations(
                r"-Wno-(?!missing-field-initializers)[\w-]+|-w\b", "a warning is switched off: {0}", source.text
            )


# No exception crosses a room. These throw inside one, to unwind it, and catch at its door.
MAY_THROW = ("engine/foundation", "engine/workflows", "tests")


def errors_are_values(tree):
    for source in tree.cpp("app", "ui", "engine"):
        if not source.under(*MAY_THROW):
            yield from source.violations(r"(?<!std::re)\bthrow\b(?!\s*\()", "an error is a value: {0}", source.code)


def old_words(tree):
    for source in tree.cpp():
        yield from source.violations(r'"_qs\b', "spelt the old way: {0}")


# ---- stores and actors ---------------------------------------------------------------------------


def no_global_database(tree):
    for source in tree.cpp("app", "ui", "engine"):
        if not source.under("engine/storage"):
            yield from source.violations(
                r"\bQSqlDatabase\b|\bQSqlQuery\b|\bsqlite3_open\w*",
                "stores open through engine/storage: {0}",
                source.code,
            )
        yield from source.violations(
            r"^\s*(static|extern|inline|thread_local)\s+(thread_local\s+)?(std::\w+<\s*)?(Database|QSqlDatabase)\b[^()]*;",
            "a store belongs to one actor: {0}",
            source.code,
        )


# Where provisioning is the purpose (L04). Everything else says get or create, and means it.
MAY_GET_OR_CREATE = {
    "engine/actors": "the operation itself",
    "engine/EngineThread.cpp": "the coordinators that are there from the first start on",
    "engine/Engine.cpp": "the coordinators that are there from the first start on",
    "engine/organizations": "a repository's actor comes into being when the person opens it",
    "engine/tasks": "a task's sandbox and session, named by the task's key",
}


def get_or_create_is_listed(tree):
    for source in tree.cpp("app", "ui", "engine"):
        if not any(source.path == place or source.under(place) for place in MAY_GET_OR_CREATE):
            yield from source.violations(
                r"\bgetOrCreate\w*\s*[(<]", "only where provisioning is the purpose (L04): {0}", source.code
            )


def queues_have_plain_names(tree):
    for source in tree.cpp("engine"):
        yield from source.violations(
            r'\b[qQ]ueue\w*\s*(=|\(|\{)\s*u?"[^"]*[^A-Za-z"][^"]*"', "a queue has a plain camelCase name (L13): {0}"
        )


# ---- git -----------------------------------------------------------------------------------------

MAY_RUN_GIT = ("engine/git", "engine/sandboxes", "tests")


def git_has_one_door(tree):
    for source in tree.cpp("app", "ui", "engine"):
        if not source.under(*MAY_RUN_GIT, *PROGRAMS_OF_THEIR_OWN):
            yield from source.violations(
                r'"(/usr/bin/)?git"(_s)?\s*,\s*(\{|QStringList|u?"(?!_))', "git runs through engine/git only: {0}"
            )
            yield from source.violations(
                r'(start|startDetached|execute|setProgram)\s*\(\s*u?"git', "git runs through engine/git only: {0}"
            )


# ---- tests ---------------------------------------------------------------------------------------


def tests_are_strict(tree):
    for source in tree.cpp("tests"):
        if source.name.endswith("Test.cpp") and not re.search(
            r"\bFOUNDRY_\w*TEST_MAIN\b|installFatalWarnings", source.code
        ):
            yield Violation(source.path, 0, "a test runs under FOUNDRY_TEST_MAIN, so that a warning ends it")


def models_are_proved(tree):
    tests = [s.text for s in tree.cpp("tests") if "QAbstractItemModelTester" in s.text]
    for source in tree.cpp("ui"):
        for line, match in source.find(
            r"class\s+(\w+)\s*(?:final\s*)?:\s*public\s+(?:QAbstract\w*Model|QSortFilterProxyModel)\b", source.code
        ):
            if not any(match.group(1) in text for text in tests):
                yield Violation(source.path, line, f"no test tries {match.group(1)} under QAbstractItemModelTester")


RULES = [
    Rule(
        "noWayUp",
        no_way_up,
        bad=[{"engine/a/A.cpp": '#include "../b/B.h"'}],
        good=[{"engine/a/A.cpp": '#include "B.h"'}],
    ),
    Rule(
        "engineHasNoFace",
        engine_has_no_face,
        bad=[
            {"engine/a/A.h": "#include <QGuiApplication>"},
            {"engine/a/A.h": "#include <QtQuick/QQuickItem>"},
            {"engine/a/CMakeLists.txt": "foundry_room(NAME a LINKS Qt6::Gui)"},
        ],
        good=[{"engine/a/A.h": "#include <QString>\n// QImage is for the window\n"}],
    ),
    Rule(
        "windowKnowsTheContractOnly",
        ui_knows_the_contract_only,
        bad=[
            {"engine/tasks/Task.h": "", "ui/tasks/Row.h": '#include "Task.h"'},
            {"engine/tasks/Task.h": "", "ui/tasks/CMakeLists.txt": "foundry_room(NAME rows LINKS foundry-tasks)"},
        ],
        good=[
            {
                "engine/contract/include/foundry/Values.h": "",
                "ui/tasks/Row.h": "#include <foundry/Values.h>",
                "ui/tasks/CMakeLists.txt": "LINKS foundry-contract foundry-link",
            }
        ],
    ),
    Rule(
        "headersHaveOneName",
        headers_have_one_name,
        bad=[{"engine/a/Store.h": "", "engine/b/Store.h": ""}],
        good=[{"engine/a/Store.h": "", "engine/a/Store.cpp": ""}],
    ),
    Rule(
        "timeEntersByTheClock",
        time_enters,
        bad=[
            {"engine/a/A.cpp": "auto t = QDateTime::currentDateTimeUtc();"},
            {"engine/a/A.h": "QTimer m_timer;"},
            {"engine/a/A.cpp": "std::chrono::steady_clock::now()"},
            {"engine/a/A.cpp": "QElapsedTimer t;"},
        ],
        good=[{"engine/a/A.cpp": "m_clock.now(); // not QTimer\n", "engine/foundation/Clock.cpp": "QTimer t;"}],
    ),
    Rule(
        "awaitsAreNamed",
        awaits_are_named,
        bad=[
            {"engine/a/A.cpp": "auto r = co_await git.branches(path);"},
            {"engine/a/A.cpp": "co_await Sleep{5};"},
            {"engine/a/A.cpp": "if (!(co_await run(x))) {"},
            {"engine/a/A.cpp": "use(co_await a, [k] (int b) { return b; });"},
            {"engine/a/A.cpp": "auto v = Options{ .name = co_await name };"},
        ],
        good=[
            {
                "engine/a/A.cpp": "auto doing = git.branches(p);\nauto r = co_await doing;\nif (!(co_await doing)) return;"
                "\nauto operator co_await() & noexcept;\nauto s = std::move(co_await m_it->second);"
            }
        ],
    ),
    Rule(
        "switchesNameEveryEnumerator",
        no_default_over_enums,
        bad=[{"ui/a/A.cpp": "switch (s) { case TaskState::ready: return 1; default: return 0; }"}],
        good=[
            {"ui/a/A.cpp": "switch (role) { case TitleRole: return 1; default: return 0; }"},
            {"ui/a/A.cpp": "switch (e->type()) { case QEvent::Paint: return 1; default: return 0; }"},
        ],
    ),
    Rule(
        "warningsAreErrors",
        warnings_are_errors,
        bad=[
            {"CMakeLists.txt": "-Wall -Wextra -Wswitch-enum QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS"},
            {"engine/a/CMakeLists.txt": "target_compile_options(a PRIVATE -Wno-switch)"},
        ],
        good=[{"CMakeLists.txt": "-Wall -Wextra -Wswitch-enum -Werror QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS"}],
    ),
    Rule(
        "errorsAreValues",
        errors_are_values,
        bad=[{"engine/tasks/A.cpp": "throw std::runtime_error(x);"}],
        good=[{"engine/workflows/A.cpp": "throw Unwind {};"}],
    ),
    Rule(
        "noOldSpellings",
        old_words,
        bad=[{"ui/a/A.cpp": 'auto s = u"a"_q' + "s;"}, {"ui/a/A.cpp": 'f("b"_q' + "s)"}],
        good=[{"ui/a/A.cpp": 'auto s = u"a"_s; s.clear();'}],
    ),
    Rule(
        "L08_noGlobalDatabase",
        no_global_database,
        bad=[{"engine/tasks/A.cpp": "QSqlDatabase db;"}, {"engine/storage/A.cpp": "static Database theStore;"}],
        good=[{"engine/storage/A.h": "QSqlDatabase m_connection;\nstatic Database open(const QString &path);"}],
    ),
    Rule(
        "L04_getOrCreateIsListed",
        get_or_create_is_listed,
        bad=[{"engine/sessions/A.cpp": "registry.getOrCreate(key);"}, {"ui/a/A.cpp": "getOrCreate<Task>(key)"}],
        good=[{"engine/actors/Registry.cpp": "auto Registry::getOrCreate(Key key)"}],
    ),
    Rule(
        "L13_queuesHavePlainNames",
        queues_have_plain_names,
        bad=[{"engine/a/A.h": 'const auto queue = u"task.create"_s;'}],
        good=[{"engine/a/A.h": 'const auto queue = u"createTask"_s;'}],
    ),
    Rule(
        "gitHasOneDoor",
        git_has_one_door,
        bad=[
            {"engine/tasks/A.cpp": 'process.start(u"git"_s, { u"status"_s });'},
            {"ui/a/A.cpp": 'run(u"git"_s, QStringList { a });'},
        ],
        good=[
            {"engine/git/Git.cpp": 'process.start(u"git"_s, { u"status"_s });'},
            {"ui/a/A.cpp": 'if (name == u"git"_s)'},
        ],
    ),
    Rule(
        "testsAreStrict",
        tests_are_strict,
        bad=[{"tests/engine/a/ATest.cpp": "QTEST_MAIN(ATest)"}],
        good=[{"tests/engine/a/ATest.cpp": "FOUNDRY_TEST_MAIN(ATest)"}],
    ),
    Rule(
        "modelsAreProved",
        models_are_proved,
        bad=[{"ui/a/RowModel.h": "class RowModel : public QAbstractListModel\n{"}],
        good=[
            {
                "ui/a/RowModel.h": "class RowModel final : public QAbstractListModel\n{",
                "tests/ui/RowModelTest.cpp": "RowModel model; QAbstractItemModelTester tester(&model);",
            }
        ],
    ),
]
