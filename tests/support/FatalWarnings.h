// Law 9: a warning of ours or of Qt's ends the test, unless the test named it first with
// QTest::ignoreMessage. Use FOUNDRY_TEST_MAIN instead of QTEST_MAIN.
#pragma once

#include <QCoreApplication>
#include <QTest>

namespace foundry::test {

// Ends the program on every warning that a test did not name. `allowed` in FatalWarnings.cpp lists
// third-party lines with reasons.
void installFatalWarnings();

} // namespace foundry::test

#define FOUNDRY_TEST_MAIN(TestClass)                                                                                   \
    int main(int argc, char **argv)                                                                                    \
    {                                                                                                                  \
        QCoreApplication app(argc, argv);                                                                              \
        foundry::test::installFatalWarnings();                                                                         \
        TestClass test;                                                                                                \
        return QTest::qExec(&test, argc, argv);                                                                        \
    }
