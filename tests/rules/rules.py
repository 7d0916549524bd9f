#!/usr/bin/env python3
"""The laws that targets cannot hold, each a test of its own.

    rules.py ROOT [--rule NAME]   check the tree: every rule, or one
    rules.py --self-test          prove that each rule catches its examples and lets the good ones pass
    rules.py --list               the rules' names

With --rule the rule's own examples are tried first: a rule that catches nothing is no rule.
"""

import sys

import cpp_rules
import lesson_rules
import qml_rules
import tree_rules
from source import Tree

RULES = {rule.name: rule for module in (tree_rules, cpp_rules, qml_rules, lesson_rules) for rule in module.RULES}


def prove(rule):
    """What is wrong with the rule itself, as sentences."""
    if not rule.bad:
        yield f"{rule.name}: has no example that it catches"
    for number, texts in enumerate(rule.bad, 1):
        if not list(rule.check(Tree.of(texts))):
            yield f"{rule.name}: does not catch its example {number}: {texts}"
    for number, texts in enumerate(rule.good, 1):
        for violation in rule.check(Tree.of(texts)):
            yield f"{rule.name}: takes offence at its good example {number}: {violation}"


def main(arguments):
    if "--list" in arguments:
        print("\n".join(RULES))
        return 0
    chosen = RULES.values()
    if "--rule" in arguments:
        chosen = [RULES[arguments[arguments.index("--rule") + 1]]]
    wrong = [text for rule in chosen for text in prove(rule)]
    if "--self-test" not in arguments:
        tree = Tree.read(arguments[0])
        if len(tree.sources) < 20:
            wrong.append(f"only {len(tree.sources)} sources found in {arguments[0]}: is this the tree?")
        for rule in chosen:
            for violation in rule.check(tree):
                wrong.append(f"{violation}  [{rule.name}]")
    for text in wrong:
        print(text)
    print(f"{len(chosen)} rules, {len(wrong)} violations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
