#!/usr/bin/env bash
# Makes the Debian package and looks at it: called by ./dev package, which has installed what is needed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
folder=$PWD/build/release

desktop-file-validate packaging/debian/*.desktop
appstreamcli validate --no-net packaging/debian/*.metainfo.xml

if [ ! -f "$folder/build.ninja" ]; then cmake --preset release; fi
cmake --build "$folder" -j "$(nproc)"
rm -f "$folder"/*.deb
(cd "$folder" && cpack -G DEB >/dev/null)

made=("$folder"/*.deb)
contents=$(dpkg --contents "${made[0]}")
for wanted in ./usr/bin/foundry ./usr/libexec/foundry/foundry-demo-agent ./usr/libexec/foundry/foundry-entry \
    ./usr/libexec/foundry/foundry-keeper ./usr/libexec/foundry/foundry-views ./usr/libexec/foundry/foundry-renew \
    ./usr/share/applications/ ./usr/share/metainfo/ ./usr/share/icons/hicolor/scalable/apps/foundry.svg; do
    [[ $contents == *" $wanted"* ]] || {
        echo "package: $wanted is missing from ${made[0]}" >&2
        exit 1
    }
done
dpkg --info "${made[0]}" | sed -n 's/^ \(Version\|Installed-Size\|Depends\): /\1: /p'
echo "${made[0]}"
