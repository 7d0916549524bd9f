"""Lessons (shared/design/lessons.md) that are laws about source text."""

import re

from rule import Rule
from source import Violation

# ---- L07: scalars are state, rows are the store's --------------------------------------------------

# What the state may hold a list of, with the reason why it is bounded and is no history.
SHORT_LISTS = {
    "actions": "what a task can be asked for now, each once",
    "agentHosts": "what one agent needs, from its catalogue entry",
    "quietHosts": "the same",
    "agentPorts": "the same",
    "deniedHosts": "each host once, cut at a limit",
    "askedHosts": "open questions, at most limits::openQuestions",
    "grantedHosts": "answers of the person, with refusedHosts at most limits::answeredHosts",
    "refusedHosts": "the same",
    "repositoryHosts": "answers of the person, at most limits::answeredHosts",
    "agreedProjects": "hashes, the newest repository::Birth::maxAgreed",
    "allowedHosts": "what the task says, from its own bounded lists",
}
LISTS = r"\b(?:Q(?:List|StringList|Map|Hash|Set|JsonArray|Vector)|std::(?:vector|list|deque|map|set|unordered_\w+))\b"


def scalars_are_state(tree):
    kept = set()
    for source in tree.cpp("engine"):
        for _, match in source.find(r"\bState<\s*([\w:]+)\s*>\s+m_\w+", source.code):
            kept.add(match.group(1).rsplit("::", 1)[-1])
    for source in tree.cpp("engine"):
        for line, match in source.find(r"\bstruct\s+(\w+)\s*(?=\{)", source.code):
            if match.group(1) not in kept:
                continue
            body = source.code[match.end() :].split("\n};", 1)[0]
            for offset, text in enumerate(body.split("\n")):
                member = re.search(rf"{LISTS}[^;()]*?\b(\w+)\s*(?:=[^;]*|\{{[^;]*)?;", text)
                if member and member.group(1) not in SHORT_LISTS:
                    told = f"what has rows is in the store, not in the state (L07): {text.strip()}"
                    yield Violation(source.path, line + offset, told)


# ---- L09: one writer a table -----------------------------------------------------------------------

WRITES = r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z][a-z_]+)\b"


def one_writer_a_table(tree):
    rooms = {}
    for source in tree.cpp("app", "ui", "engine"):
        room = "/".join(source.path.split("/")[:2])
        for line, match in source.find(WRITES):
            table = match.group(1)
            if table.startswith("sqlite_"):
                continue
            first = rooms.setdefault(table, room)
            if first != room:
                yield Violation(source.path, line, f"{table} is written by {first} already: one writer a table (L09)")


# ---- L10: one cadence an actor ---------------------------------------------------------------------


def one_cadence_an_actor(tree):
    for source in tree.cpp("engine"):
        if source.under("engine/actors"):
            continue
        calls = list(source.find(r"(?<![\w.>:])every\s*\(", source.code))
        for line, _ in calls[1:]:
            yield Violation(source.path, line, "one periodic job an actor: a second is a child of its own (L10)")


# ---- L19: one contract -----------------------------------------------------------------------------

MAY_TAKE_COMMANDS = ("engine/contract", "engine/foundation")


def one_contract(tree):
    """Commands and queries are visited in one place each; nothing beside them leads to an actor."""
    homes = {"CommandBody": set(), "QueryBody": set()}
    for source in tree.cpp("engine"):
        if source.under(*MAY_TAKE_COMMANDS):
            continue
        for line, match in source.find(r"std::visit\s*\([^;]*?\b(command|query)\s*\.\s*body\b", source.code):
            body = "CommandBody" if match.group(1) == "command" else "QueryBody"
            homes[body].add(source.path)
            if len(homes[body]) > 1:
                first = sorted(homes[body])[0]
                yield Violation(source.path, line, f"{body} has its one way in already: {first} (L19)")
    for source in tree.cpp("app", "ui"):
        yield from source.violations(
            r"\b(ActorSystem|askMessage|sendMessage|CommandRouter|QueryRouter)\b",
            "the way in is the contract: {0} (L19)",
            source.code,
        )


RULES = [
    Rule(
        "L07_scalarsAreState",
        scalars_are_state,
        bad=[
            {
                "engine/a/A.h": "struct Facts {\n    int turn = 0;\n    std::vector<Line> lines;\n};\n"
                "class A { State<Facts> m_facts { *this }; };"
            },
            {"engine/a/A.h": "struct B {\n    QStringList history;\n};\nState<a::B> m_b { *this };"},
        ],
        good=[
            {
                "engine/a/A.h": "struct Facts {\n    int turn = 0;\n    QStringList agentHosts;\n};\n"
                "struct Page {\n    std::vector<Line> lines;\n};\nclass A { State<Facts> m_facts { *this }; };"
            }
        ],
    ),
    Rule(
        "L09_oneWriterATable",
        one_writer_a_table,
        bad=[
            {
                "engine/a/A.cpp": 'Sql add { "a", "INSERT INTO task VALUES (?1)" };',
                "engine/b/B.cpp": 'Sql cut { "b", "DELETE FROM task WHERE id = ?1" };',
            }
        ],
        good=[
            {
                "engine/a/A.cpp": 'Sql add { "a", "INSERT INTO task VALUES (?1)" };',
                "engine/a/C.cpp": 'Sql cut { "c", "UPDATE task SET a = 1" };',
                "engine/b/B.cpp": 'Sql read { "b", "SELECT * FROM task" };',
            }
        ],
    ),
    Rule(
        "L10_oneCadenceAnActor",
        one_cadence_an_actor,
        bad=[{"engine/a/A.cpp": "every(u, first, hour, Tick {});\nevery(v, first, day, Tock {});"}],
        good=[{"engine/a/A.cpp": "every(u, first, hour, Tick {});", "engine/b/B.cpp": "every(v, first, day, T {});"}],
    ),
    Rule(
        "L19_oneContract",
        one_contract,
        bad=[
            {"ui/a/A.cpp": "ActorSystem system(options);"},
            {
                "engine/CommandRouter.cpp": "std::visit([](auto &) {}, command.body);",
                "engine/tasks/Other.cpp": "std::visit([](auto &) {}, command.body);",
            },
        ],
        good=[
            {
                "engine/CommandRouter.cpp": "std::visit([](auto &) {}, command.body);",
                "engine/QueryRouter.cpp": "std::visit([](auto &) {}, query.body);",
                "ui/a/A.cpp": "link.submit(command);",
            }
        ],
    ),
]
