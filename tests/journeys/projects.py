"""Ten kinds of projects, small but built as real ones are: an agent builds and tests each inside the sandbox, with
nothing configured by hand. Programs come from Debian, packages from the repository itself or a cache of the person's:
no registry is asked. A kind whose programs this system does not have is skipped, and says so."""

import glob
import os
import shutil
import subprocess

import foundry_window as window
from journey import Skipped, run
from kinds_of_clones import write
from screen import LABEL

C_LIBRARY = {
    "include/greet.h": "#pragma once\nconst char *greet(void);\n",
    "src/greet.c": '#include "greet.h"\nconst char *greet(void) { return "hello"; }\n',
    "tests/check.c": '#include "greet.h"\n#include <string.h>\nint main(void) { return strcmp(greet(), "hello"); }\n',
}


def needs(*programs):
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        raise Skipped(", ".join(missing))


def built_and_tested(journey, files, command, prepare=None, clone=None):
    """The person's repository, and a task in it whose agent builds and tests. `prepare`: done in the clone before."""
    if clone is None:
        clone, _ = journey.repository()
    for name, text in files.items():
        write(clone, name, text)
    if prepare is not None:
        prepare(clone)
    journey.git("add", "-A", at=clone)
    journey.git("commit", "-q", "-m", "The project", at=clone)
    screen = journey.start()
    window.open_repository(screen, clone)
    with journey.step(command):
        prompt = f"Build and test\nrun: ({command}) >said.txt 2>&1; echo $? >result.txt\nsay: It is built and tested.\n"
        window.create_task(screen, prompt)
        screen.expect(LABEL, "It is built and tested.", 150)
        window.state(screen, "Ready", 60)
        (result,) = glob.glob(os.path.join(journey.folder, "**", "checkout", "result.txt"), recursive=True)
        with open(os.path.join(os.path.dirname(result), "said.txt"), encoding="utf-8", errors="replace") as file:
            said = file.read()
        with open(result, encoding="utf-8") as file:
            assert file.read().strip() == "0", said[-4000:]
        journey.picture("tested")
    return said


def in_clone(journey, clone, *command):
    done = subprocess.run(
        command, cwd=clone, env=journey.desk.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def cpp_with_cmake(journey):
    needs("cmake", "c++")
    files = {
        "CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(greet CXX)\nenable_testing()\n"
        "add_subdirectory(lib)\nadd_subdirectory(tests)\n",
        "lib/CMakeLists.txt": "add_library(greet greet.cpp)\ntarget_include_directories(greet PUBLIC .)\n",
        "lib/greet.h": "#pragma once\n#include <string>\nstd::string greet(const std::string &name);\n",
        "lib/greet.cpp": '#include "greet.h"\nstd::string greet(const std::string &name)\n'
        '{\n    return "hello, " + name;\n}\n',
        "tests/CMakeLists.txt": "add_executable(check check.cpp)\ntarget_link_libraries(check PRIVATE greet)\n"
        "add_test(NAME greets COMMAND check)\n",
        "tests/check.cpp": '#include <greet.h>\nint main() { return greet("you") == "hello, you" ? 0 : 1; }\n',
        ".gitignore": "/build/\n",
    }
    said = built_and_tested(
        journey, files, "cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure"
    )
    assert "100% tests passed, 0 tests failed out of 1" in said, said


def c_with_autotools(journey):
    needs("autoreconf", "automake", "cc", "make")
    files = {
        **C_LIBRARY,
        "configure.ac": "AC_INIT([greet], [1.0])\nAM_INIT_AUTOMAKE([foreign subdir-objects])\nAC_PROG_CC\n"
        "AC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n",
        "Makefile.am": "AM_CPPFLAGS = -I$(srcdir)/include\nbin_PROGRAMS = greet\ngreet_SOURCES = src/greet.c src/main.c\n"
        "check_PROGRAMS = tests/check\ntests_check_SOURCES = tests/check.c src/greet.c\nTESTS = tests/check\n",
        "src/main.c": '#include "greet.h"\n#include <stdio.h>\nint main(void) { return puts(greet()) < 0; }\n',
    }
    said = built_and_tested(journey, files, "autoreconf -i && ./configure -q && make -s && make -s check && ./greet")
    assert "# PASS:  1" in said and said.rstrip().endswith("hello"), said


NODE_TEST = (
    "const test = require('node:test')\nconst assert = require('node:assert')\nconst { greet } = require('../lib')\n"
    "test('greets', () => assert.strictEqual(greet('you'), 'hello, you'))\n"
)


def pack(journey, clone, source):
    """An npm package in the repository's own vendor folder, as some repositories have them."""
    os.makedirs(os.path.join(clone, "vendor"), exist_ok=True)
    in_clone(journey, clone, "npm", "pack", "--silent", "--pack-destination", "vendor", source)
    (name,) = os.listdir(os.path.join(clone, "vendor"))
    return "file:vendor/" + name


def node_with_a_dependency(journey):
    needs("node", "npm")
    files = {
        "lib/index.js": "const { join } = require('words')\nexports.greet = (name) => join('hello', name)\n",
        "test/greet.test.js": NODE_TEST,
        ".gitignore": "node_modules/\n",
    }

    def prepare(clone):
        words = os.path.join(journey.folder, "words")
        write(words, "package.json", '{"name": "words", "version": "1.0.0", "main": "index.js"}\n')
        write(words, "index.js", "exports.join = (...all) => all.join(', ')\n")
        packed = pack(journey, clone, words)
        write(
            clone,
            "package.json",
            '{"name": "greet", "version": "1.0.0", "scripts": {"test": "node --test"}, '
            f'"dependencies": {{"words": "{packed}"}}}}\n',
        )
        in_clone(journey, clone, "npm", "install", "--package-lock-only", "--offline", "--silent")

    said = built_and_tested(journey, files, "npm ci --offline --no-audit --no-fund && npm test", prepare)
    assert "# pass 1" in said, said


def typescript(journey):
    needs("node", "npm")
    compiler = os.path.join(os.environ["FOUNDRY_NPM_DIR"], "node_modules", "typescript")
    if not os.path.isdir(compiler):
        needs("typescript of npm")
    files = {
        "src/index.ts": "export function greet(name: string): string {\n  return `hello, ${name}`\n}\n",
        "test/greet.test.js": NODE_TEST.replace("../lib", "../dist"),
        "tsconfig.json": '{"compilerOptions": {"outDir": "dist", "strict": true, "target": "es2022", '
        '"module": "commonjs", "types": []}, "include": ["src"]}\n',
        ".gitignore": "node_modules/\ndist/\n",
    }

    def prepare(clone):
        packed = pack(journey, clone, compiler)
        write(
            clone,
            "package.json",
            '{"name": "greet", "version": "1.0.0", "scripts": {"build": "tsc", "test": "node --test"}, '
            f'"devDependencies": {{"typescript": "{packed}"}}}}\n',
        )
        in_clone(journey, clone, "npm", "install", "--package-lock-only", "--offline", "--silent")

    said = built_and_tested(
        journey, files, "npm ci --offline --no-audit --no-fund && npm run build && npm test", prepare
    )
    assert "# pass 1" in said, said


def python(journey):
    needs("python3")
    files = {
        "pyproject.toml": '[project]\nname = "greeting"\nversion = "1.0"\n',
        "src/greeting/__init__.py": 'def greet(name):\n    return f"hello, {name}"\n',
        "tests/test_greet.py": "import unittest\n\nfrom greeting import greet\n\n\nclass Greets(unittest.TestCase):\n"
        '    def test_it(self):\n        self.assertEqual(greet("you"), "hello, you")\n',
        ".gitignore": "__pycache__/\n",
    }
    said = built_and_tested(journey, files, "PYTHONPATH=src python3 -m unittest discover -s tests")
    assert "Ran 1 test" in said, said


def rust(journey):
    needs("cargo", "rustc")
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["greet", "hello"]\nresolver = "2"\n',
        "greet/Cargo.toml": '[package]\nname = "greet"\nversion = "1.0.0"\nedition = "2021"\n',
        "greet/src/lib.rs": 'pub fn greet(name: &str) -> String {\n    format!("hello, {name}")\n}\n\n'
        '#[test]\nfn greets() {\n    assert_eq!(greet("you"), "hello, you");\n}\n',
        "hello/Cargo.toml": '[package]\nname = "hello"\nversion = "1.0.0"\nedition = "2021"\n\n'
        '[dependencies]\ngreet = { path = "../greet" }\n',
        "hello/src/main.rs": 'fn main() {\n    println!("{}", greet::greet("you"));\n}\n',
        ".gitignore": "/target/\n",
    }
    said = built_and_tested(journey, files, "cargo test && cargo run -q -p hello")
    assert "1 passed; 0 failed" in said and said.rstrip().endswith("hello, you"), said


def go(journey):
    needs("go")
    files = {
        "go.mod": "module example.com/greet\n\ngo 1.19\n",
        "greet/greet.go": 'package greet\n\nfunc Greet(name string) string {\n\treturn "hello, " + name\n}\n',
        "greet/greet_test.go": 'package greet\n\nimport "testing"\n\nfunc TestGreet(t *testing.T) {\n'
        '\tif Greet("you") != "hello, you" {\n\t\tt.Fail()\n\t}\n}\n',
        "main.go": 'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/greet/greet"\n)\n\nfunc main() {\n'
        '\tfmt.Println(greet.Greet("you"))\n}\n',
    }
    said = built_and_tested(journey, files, "go vet ./... && go test ./... && go run .")
    assert "ok  \texample.com/greet/greet" in said and said.rstrip().endswith("hello, you"), said


def java_with_maven(journey):
    needs("mvn", "javac")
    debian = "/usr/share/maven-repo"  # what Debian serves of Maven's central repository
    if not glob.glob(debian + "/org/apache/maven/plugins/maven-surefire-plugin"):
        needs("libsurefire-java")

    def plugin(name):
        versions = os.listdir(f"{debian}/org/apache/maven/plugins/{name}")
        newest = max(versions, key=lambda v: [int(part) for part in v.split(".") if part.isdigit()])
        return (
            f"<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>{name}</artifactId>"
            f"<version>{newest}</version></plugin>"
        )

    plugins = "".join(map(plugin, ("maven-resources-plugin", "maven-compiler-plugin", "maven-surefire-plugin")))
    files = {
        "pom.xml": '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>com.example</groupId><artifactId>greet</artifactId><version>1.0</version>"
        "<properties><maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target>"
        "<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>"
        "<dependencies><dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.x</version>"
        f"<scope>test</scope></dependency></dependencies><build><plugins>{plugins}</plugins></build></project>\n",
        "src/main/java/com/example/Greet.java": "package com.example;\n\npublic class Greet {\n"
        '    public static String greet(String name) {\n        return "hello, " + name;\n    }\n}\n',
        "src/test/java/com/example/GreetTest.java": "package com.example;\n\nimport static org.junit.Assert.assertEquals;\n"
        "import org.junit.Test;\n\npublic class GreetTest {\n    @Test\n    public void greets() {\n"
        '        assertEquals("hello, you", Greet.greet("you"));\n    }\n}\n',
        ".gitignore": "/target/\n",
    }
    cache = os.path.join(journey.desk.environment["HOME"], ".m2", "repository")
    os.makedirs(os.path.dirname(cache))
    # As if it had been built before. Links that lead to packages which are not installed are left out.
    subprocess.run(["cp", "-rL", debian, cache], stderr=subprocess.DEVNULL, check=False)
    said = built_and_tested(journey, files, "mvn -B -o test")
    assert "Tests run: 1, Failures: 0" in said and "BUILD SUCCESS" in said, said


def a_monorepo(journey):
    needs("node", "npm", "cc", "make")
    files = {
        **{"native/" + name: text for name, text in C_LIBRARY.items()},
        "native/Makefile": "check: check.run\n\t./check.run\ncheck.run: src/greet.c tests/check.c\n"
        "\t$(CC) -Iinclude -o $@ $^\n",
        "package.json": '{"name": "all", "private": true, "workspaces": ["packages/*"], '
        '"scripts": {"test": "npm test --workspaces"}}\n',
        "packages/words/package.json": '{"name": "words", "version": "1.0.0", "scripts": {"test": "node -e 0"}}\n',
        "packages/words/index.js": "exports.join = (...all) => all.join(', ')\n",
        "packages/greet/package.json": '{"name": "greet", "version": "1.0.0", "scripts": {"test": "node --test"}, '
        '"dependencies": {"words": "1.0.0"}}\n',
        "packages/greet/lib/index.js": "exports.greet = (name) => require('words').join('hello', name)\n",
        "packages/greet/test/greet.test.js": NODE_TEST,
        ".gitignore": "node_modules/\n*.run\n",
    }

    def prepare(clone):
        in_clone(journey, clone, "npm", "install", "--package-lock-only", "--offline", "--silent")

    said = built_and_tested(
        journey, files, "npm ci --offline --no-audit --no-fund && npm test && make -C native check", prepare
    )
    assert "# pass 1" in said and "./check.run" in said, said


def with_submodules_and_lfs(journey):
    needs("cc", "make", "git-lfs")
    part, _ = journey.repository("part")
    for name, text in C_LIBRARY.items():
        write(part, name, text)
    journey.git("add", "-A", at=part)
    journey.git("commit", "-q", "-m", "The part", at=part)
    journey.git("push", "-q", "origin", "main", at=part)
    clone, _ = journey.repository()
    journey.git("lfs", "install", "--local", at=clone)
    journey.git("lfs", "track", "*.bin", at=clone)
    journey.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", part + ".git", "part", at=clone)
    files = {
        "table.bin": "row\n" * 50_000,
        "Makefile": "check: check.run\n\t./check.run\n\ttest $$(wc -l <table.bin) = 50000\n"
        "check.run: part/src/greet.c part/tests/check.c\n\t$(CC) -Ipart/include -o $@ $^\n",
        ".gitignore": "*.run\n",
    }
    said = built_and_tested(journey, files, "make check", clone=clone)
    assert "test $(wc -l <table.bin) = 50000" in said, said


if __name__ == "__main__":
    run(
        cpp_with_cmake,
        c_with_autotools,
        node_with_a_dependency,
        typescript,
        python,
        rust,
        go,
        java_with_maven,
        a_monorepo,
        with_submodules_and_lfs,
    )
