// Law 9: a warning of ours or of Qt's ends the test, unless the test named it first with
// QTest::ignoreMessage. Use FOUNDRY_TEST_MAIN instead of QTEST_MAIN.
#pragma once

#include <QCoreApplication>
#include <QTest>

namespace foundry::test {

// Ends the program on every warning that a test did not name. `allowed` in FatalWarnings.cpp lists
// third-party lines with reasons.
void installFatalWarnings();

// Runs the event loop for a moment.
void settle();

} // namespace foundry::test

// What a test left behind (a program that was killed at its very end) is told of and deleted before the program ends,
// so that a leak report shows only what is lost.
#define FOUNDRY_TEST_MAIN(TestClass)                                                                                   \
    int main(int argc, char **argv)                                                                                    \
    {                                                                                                                  \
        QCoreApplication app(argc, argv);                                                                              \
        foundry::test::installFatalWarnings();                                                                         \
        int failures = 0;                                                                                              \
        {                                                                                                              \
            TestClass test;                                                                                            \
            failures = QTest::qExec(&test, argc, argv);                                                                \
        }                                                                                                              \
        foundry::test::settle();                                                                                       \
        return failures;                                                                                               \
    }
