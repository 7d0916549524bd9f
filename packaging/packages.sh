# shellcheck shell=bash
# The Debian packages that Foundry needs, by what for. Read by ./dev; one list, so that the README need not repeat it.
# shellcheck disable=SC2034

# To build.
build_packages=(
g++ cmake ninja-build ccache mold pkg-config git
qt6-base-dev qt6-declarative-dev qt6-declarative-dev-tools qt6-svg-dev
libcmark-gfm-dev libcmark-gfm-extensions-dev libtomlplusplus-dev libseccomp-dev libvterm-dev
libsqlite3-dev libbenchmark-dev qtkeychain-qt6-dev
)

# To run. The QML modules are one package each: Controls does not bring its siblings along.
run_packages=(
bubblewrap git
libqt6svg6
qml6-module-qtquick qml6-module-qtquick-window qml6-module-qtquick-controls qml6-module-qtquick-templates
qml6-module-qtquick-layouts qml6-module-qtquick-shapes qml6-module-qtquick-dialogs qml6-module-qtqml
qml6-module-qtqml-models qml6-module-qtqml-workerscript qml6-module-qtcore qml6-module-qt-labs-settings
qml6-module-qt-labs-qmlmodels qml6-module-qt-labs-folderlistmodel
fonts-inter fonts-jetbrains-mono fonts-noto-color-emoji
)

# To test: a display without a screen, a session bus, a keychain and the accessibility bus.
test_packages=(
xvfb openssh-client gnupg at-spi2-core dbus gnome-keyring python3 python3-gi
qml6-module-qttest lighttpd libfaketime git-lfs
)

# What the ten kinds of projects are built with that agents are given in tests/journeys/projects.py. Only ./dev check
# installs them; without one, ./dev test skips its kind and says so.
project_packages=(
make autoconf automake cargo golang-go
maven default-jdk-headless junit4 libsurefire-java libmaven-compiler-plugin-java libmaven-resources-plugin-java
)

# To check and to package.
check_packages=(clang-format-19 clang-tidy-19 shellcheck desktop-file-utils appstream)
package_packages=(dpkg-dev file desktop-file-utils appstream)
