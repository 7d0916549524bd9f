"""Rules for every kind of file."""

import re

from rule import Rule
from source import Violation

SELF = "tests/rules"  # the rules name what they forbid


def own(tree):
    return [s for s in tree.sources if not s.under(SELF) and s.path != "LICENSE"]


def left_over_words(tree):
    for source in own(tree):
        yield from source.violations(r"\b(TODO|FIXME|XXX|HACK)\b", "unfinished: {0}", source.text)


def escape_hatches(tree):
    words = r"\bNOLINT\w*|\bQSKIP\b|\bQEXPECT_FAIL\b|qmllint +disable|clang-format +off|diagnostic +ignored|noqa|\bskipTest\b"
    for source in own(tree):
        if source.path != "STYLE.md":
            yield from source.violations(words, "goes round a check: {0}", source.text)


# One string that cannot be broken, an address, a closed list of codes.
LONG_BY_NATURE = r'R"|"[^"]{70,}"|https?://|^enum class '


# A binding of QML has no good place to break.
LINE_LIMIT = {".cpp": 120, ".h": 120, ".py": 120, ".sh": 120, ".qml": 160}


def lines_fit(tree):
    for source in tree.sources:
        limit = LINE_LIMIT.get(source.ending, 10**6)
        for number, line in enumerate(source.lines, 1):
            if len(line) > limit and not re.search(LONG_BY_NATURE, line):
                yield Violation(source.path, number, f"{len(line)} characters; at most {limit}")


def files_fit(tree):
    for source in tree.sources:
        length = len(source.lines)
        if (source.is_cpp or source.is_qml or source.ending == ".py") and length > 700:
            yield Violation(source.path, 0, f"{length} lines: past 500 a file asks to be two, past 700 it has to")


def small_files(tree):
    for path, size in tree.sizes.items():
        if size > 1024 * 1024:
            yield Violation(path, 0, f"{size} bytes; at most 1 MiB")


# Split, so that this file does not hold what it looks for.
PLACES = "|".join(
    [
        "/wo" + r"rk/(main|shared|\.)",
        "/ro" + r"ot/",
        "bash_" + "jobs",
        r"\bfa" + "rm-[a-z]",
    ]
)
HOSTS = "|".join(
    [
        r"registry\.np" + "mjs",
        r"deb\.deb" + "ian",
        r"py" + r"pi\.org",
        r"crates\." + "io",
        r"proxy\.gol" + "ang",
        "--regi" + "stry",
    ]
)


# What a person may allow a task to reach: public names, contacted by nothing of ours.
REGISTRY_DATA = "engine/projects/RegistryData.h"


def no_machine_places(tree):
    for source in tree.sources:
        yield from source.violations(PLACES, "a place of one machine: {0}", source.text)
        if source.path != REGISTRY_DATA:
            yield from source.violations(HOSTS, "a registry's address: {0}", source.text)


def sql_is_certain(tree):
    for source in own(tree):
        if not source.under("tests") and (source.ending == ".sql" or source.is_cpp):
            yield from source.violations(r"IF\s+NOT\s+EXISTS", "hides what is there: {0}", flags=re.IGNORECASE)


SLEEPS = (
    r"\bqWait\s*\(|\bqSleep\s*\(|\busleep\s*\(|\bnanosleep\s*\(|\bsleep_for\b|\bsleep_until\b|\btime\.sleep\b"
    r"|QThread::m?u?sleep|(?<![\w.>])sleep\s*\(\s*\d"
)


# Where time itself has to pass: to show that something does not happen, or in a program that is not a test.
MAY_SLEEP = {
    "tests/engine/sandboxes/SandboxProcessTest.cpp": "a paused process tells nothing for a while",
    "tests/qml/window/WindowTest.cpp": "law 12: no frame is drawn for a second at rest",
    "tests/engine/sandboxes/NetworkProxyTest.cpp": "no connection past the limit is taken for a while",
    "tests/engine/sandboxes/attacker/attacker.cpp": "the attacker, a program of its own",
}


def tests_wait_for_states(tree):
    for source in tree.sources:
        looked_at = source.is_cpp or source.ending in (".py", ".qml")
        if source.under("tests") and not source.under(SELF) and source.path not in MAY_SLEEP and looked_at:
            text = source.code if source.is_cpp else source.text
            yield from source.violations(SLEEPS, "sleeps instead of waiting for a state: {0}", text)


RULES = [
    Rule(
        "nothingUnfinished",
        left_over_words,
        bad=[{"engine/A.h": "// TO" + "DO later"}, {"README.md": "FIX" + "ME"}, {"qml/A.qml": "// X" + "XX"}],
        good=[{"engine/A.h": "int hackney;"}],
    ),
    Rule(
        "noWayRoundTheChecks",
        escape_hatches,
        bad=[
            {"engine/A.h": "int i; // NO" + "LINT"},
            {"tests/a/ATest.cpp": "QSK" + 'IP("no display")'},
            {"qml/A.qml": "// qmllint" + " disable"},
            {"tests/j.py": "self.skip" + "Test('x')"},
        ],
        good=[{"engine/A.h": "// a person may skip a step"}],
    ),
    Rule(
        "linesFit",
        lines_fit,
        bad=[{"engine/A.cpp": "x" * 121}, {"qml/A.qml": "y" * 161}],
        good=[{"engine/A.cpp": "x" * 120}],
    ),
    Rule("filesFit", files_fit, bad=[{"engine/A.cpp": "\n" * 701}], good=[{"engine/A.cpp": "\n" * 600}]),
    Rule("filesAreSmall", small_files, bad=[{"resources/a.bin": "x" * 1100000}], good=[{"resources/a.bin": "x"}]),
    Rule(
        "noPlaceOfOneMachine",
        no_machine_places,
        bad=[
            {"dev": "cd /wo" + "rk/main"},
            {"README.md": "npm --regi" + "stry x"},
            {"tests/ATest.cpp": 'u"/ro' + 'ot/x"'},
        ],
        good=[{"engine/A.cpp": 'u"/home/ada/shop"_s; u"/tmp"_s; u"framework/main"_s'}],
    ),
    Rule(
        "sqlIsCertain",
        sql_is_certain,
        bad=[
            {"engine/storage/sql/a.sql": "CREATE TABLE if not  exists t(a)"},
            {"engine/A.cpp": 'u"CREATE TABLE IF NOT EXISTS t"'},
        ],
        good=[{"engine/A.cpp": "// IF NOT EXISTS is never used\n"}],
    ),
    Rule(
        "testsWaitForStates",
        tests_wait_for_states,
        bad=[
            {"tests/ATest.cpp": "QTest::qW" + "ait(50);"},
            {"tests/journeys/a.py": "time.sl" + "eep(1)"},
            {"tests/ATest.cpp": "std::this_thread::sleep_" + "for(1s);"},
        ],
        good=[{"tests/ATest.cpp": 'QTRY_COMPARE(a, b); QTest::qWaitFor(f); run(u"sleep 5"_s); clock.sleep(5s);'}],
    ),
]
