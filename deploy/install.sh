#!/bin/bash
# Install tracuu from this bundle, without Internet: ./install.sh [FOLDER]   (default /opt/tracuu)
#
# Needs Debian's python3 of the version that the bundle is for, nothing else. What lies in FOLDER from an earlier version
# is replaced, and put back when something goes wrong; settings and data lie elsewhere and are not touched.
set -euo pipefail
umask 022 # the service is not the user who installs
folder=$(realpath -m "${1:-/opt/tracuu}")
cd "$(dirname "$0")"

wanted=$(cat python-version)
fail() { echo "install.sh: $*" >&2; exit 1; }
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

[ "$(uname -m)" = "$(cat machine)" ] || fail "this bundle is for $(cat machine), this machine is $(uname -m)"
# Debian's own first: one in somebody's home folder is hidden from the service
for python in "/usr/bin/python$wanted" "python$wanted" python3 none; do
    if [ "$(version_of "$python")" = "$wanted" ]; then break; fi
done
[ "$python" != none ] || fail "this bundle needs Python $wanted"
sha256sum --quiet --check SHA256SUMS || fail "the bundle is damaged: copy it again"

old=$folder.being-replaced
if [ -e "$old/bin/tracuu" ] && [ ! -e "$folder/bin/tracuu" ]; then # an earlier run was killed in the middle
    rm -rf "$folder"
    mv "$old" "$folder"
fi
if [ -n "$(ls -A "$folder" 2>/dev/null)" ] && [ ! -e "$folder/pyvenv.cfg" ]; then
    fail "$folder exists and holds something else"
fi

# an environment cannot be renamed once it is made, so the old one steps aside
put_back() {
    rm -rf "$folder"
    if [ -e "$old" ]; then mv "$old" "$folder"; fi
    echo "install.sh: nothing was installed; what was there before is there again" >&2
}
rm -rf "$old"
if [ -e "$folder" ]; then mv "$folder" "$old"; fi
trap put_back EXIT

pip=$(echo wheels/pip-*.whl)
"$python" -m venv --without-pip "$folder"
"$folder/bin/python" "$pip/pip" --isolated install --quiet --no-index --find-links wheels --no-warn-script-location 'tracuu[rdf]'
mkdir "$folder/share"
cp -r deploy docs "$folder/share/"
"$folder/bin/tracuu" --help >/dev/null

trap - EXIT
rm -rf "$old"
echo "tracuu is in $folder; how to go on: $folder/share/docs/operate.md"
