#!/bin/sh
# Makes one repository of a kind in the current folder: small, with the structure of a real one.
#     kinds.sh KIND
set -eu
git init -q -b main .
git config user.name "Ada Example"
git config user.email ada@example.org
ignore() { printf '%s\n' "$@" >.gitignore; }
case $1 in
cmake)
    mkdir src tests
    ignore build/
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(sum CXX)
enable_testing()
add_library(sum src/sum.cpp)
target_include_directories(sum PUBLIC src)
add_executable(sum-test tests/test.cpp)
target_link_libraries(sum-test PRIVATE sum)
add_test(NAME sum COMMAND sum-test)
END
    echo 'int sum(int a, int b);' >src/sum.h
    printf '#include "sum.h"\nint sum(int a, int b) { return a + b; }\n' >src/sum.cpp
    printf '#include "sum.h"\nint main() { return sum(2, 3) == 5 ? 0 : 1; }\n' >tests/test.cpp
    ;;
autotools)
    mkdir src
    ignore Makefile Makefile.in configure aclocal.m4 autom4te.cache/ '*.o' '*.log' '*.trs' .deps/ .dirstamp 'config.*' \
        install-sh missing depcomp compile test-driver 'configure~' sumtest
    printf 'AC_INIT([sum], [1.0])\nAM_INIT_AUTOMAKE([foreign subdir-objects])\nAC_PROG_CC\n' >configure.ac
    printf 'AC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n' >>configure.ac
    printf 'check_PROGRAMS = sumtest\nsumtest_SOURCES = src/test.c src/sum.c\nTESTS = sumtest\n' >Makefile.am
    echo 'int sum(int a, int b) { return a + b; }' >src/sum.c
    printf 'int sum(int, int);\nint main(void) { return sum(2, 3) == 5 ? 0 : 1; }\n' >src/test.c
    ;;
node)
    mkdir lib test
    ignore node_modules/
    echo '{"name":"sum","version":"1.0.0","type":"module","scripts":{"test":"node --test test"}}' >package.json
    printf '{"name":"sum","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"sum","version":"1.0.0"}}}' \
        >package-lock.json
    echo 'export const sum = (a, b) => a + b' >lib/sum.js
    printf "import test from 'node:test'\nimport assert from 'node:assert'\nimport { sum } from '../lib/sum.js'\n" \
        >test/sum.test.js
    echo "test('sum', () => assert.equal(sum(2, 3), 5))" >>test/sum.test.js
    ;;
typescript)
    mkdir src
    ignore node_modules/ dist/
    echo '{"name":"sum","version":"1.0.0","scripts":{"build":"tsc","test":"node dist/test.js"}}' >package.json
    echo '{"compilerOptions":{"strict":true,"target":"ES2020","module":"commonjs","outDir":"dist","types":[]}}' \
        >tsconfig.json
    echo 'export const sum = (a: number, b: number): number => a + b' >src/sum.ts
    printf 'import { sum } from "./sum"\nif (sum(2, 3) !== 5) throw new Error("sum")\n' >src/test.ts
    ;;
python)
    mkdir sums tests
    ignore __pycache__/ .venv/
    printf '[project]\nname = "sums"\nversion = "1.0"\n' >pyproject.toml
    echo 'def add(a, b): return a + b' >sums/__init__.py
    printf 'import unittest\nfrom sums import add\nclass T(unittest.TestCase):\n' >tests/test_sums.py
    printf '    def test_add(self): self.assertEqual(add(2, 3), 5)\n' >>tests/test_sums.py
    ;;
rust)
    mkdir -p src crates/sum/src
    ignore target/ Cargo.lock
    printf '[workspace]\nmembers = ["crates/sum"]\n[package]\nname = "app"\n' >Cargo.toml
    printf 'version = "1.0.0"\nedition = "2021"\n' >>Cargo.toml
    printf '[dependencies]\nsum = { path = "crates/sum" }\n' >>Cargo.toml
    printf '[package]\nname = "sum"\nversion = "1.0.0"\nedition = "2021"\n' >crates/sum/Cargo.toml
    echo 'pub fn sum(a: i32, b: i32) -> i32 { a + b }' >crates/sum/src/lib.rs
    printf 'fn main() { println!("{}", sum::sum(2, 3)); }\n' >src/main.rs
    printf '#[test]\nfn adds() { assert_eq!(sum::sum(2, 3), 5); }\n' >>src/main.rs
    ;;
go)
    mkdir sum
    printf 'module example.org/sum\n\ngo 1.19\n' >go.mod
    printf 'package sum\n\nfunc Sum(a, b int) int { return a + b }\n' >sum/sum.go
    printf 'package sum\n\nimport "testing"\n\n' >sum/sum_test.go
    printf 'func TestSum(t *testing.T) {\n\tif Sum(2, 3) != 5 {\n\t\tt.Fatal()\n\t}\n}\n' >>sum/sum_test.go
    ;;
maven)
    mkdir -p src/main/java/org/example src/test/java/org/example
    ignore target/
    cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId><artifactId>sum</artifactId><version>1.0</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
  </properties>
</project>
END
    printf 'package org.example;\npublic class Sum { public static int sum(int a, int b) { return a + b; } }\n' \
        >src/main/java/org/example/Sum.java
    ;;
monorepo)
    mkdir -p packages/core packages/web services/api
    ignore node_modules/ build/ __pycache__/
    echo '{"name":"all","private":true,"workspaces":["packages/*"]}' >package.json
    echo '{"name":"core","version":"1.0.0","main":"index.js"}' >packages/core/package.json
    echo 'exports.sum = (a, b) => a + b' >packages/core/index.js
    echo '{"name":"web","version":"1.0.0","dependencies":{"core":"1.0.0"}}' >packages/web/package.json
    echo "if (require('core').sum(2, 3) !== 5) process.exit(1)" >packages/web/test.js
    printf '[project]\nname = "api"\nversion = "1.0"\n' >services/api/pyproject.toml
    echo 'assert sum([2, 3]) == 5' >services/api/test.py
    printf 'services:\n  db:\n    image: postgres\n' >compose.yml
    ;;
submodules)
    mkdir -p ../library
    (cd ../library && git init -q -b main . && echo 'int sum(int a, int b) { return a + b; }' >sum.c && git add -A &&
        git -c user.name=Ada -c user.email=ada@example.org commit -q -m Library)
    git -c protocol.file.allow=always submodule --quiet add "$(cd ../library && pwd)" library
    printf 'int sum(int, int);\nint main(void) { return sum(2, 3) == 5 ? 0 : 1; }\n' >test.c
    # shellcheck disable=SC2016 # make reads it
    printf 'test: test.c library/sum.c\n\t$(CC) -o $@ $^ && ./$@\n' >Makefile
    ignore test
    printf '*.bin filter=lfs diff=lfs merge=lfs -text\n' >.gitattributes
    git lfs install --local >/dev/null
    printf 'large in spirit' >model.bin
    ;;
*)
    echo "no such kind: $1" >&2
    exit 2
    ;;
esac
git add -A
git commit -q -m First
