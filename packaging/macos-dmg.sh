#!/usr/bin/env bash
# Makes dist/vsconsole-VERSION-ARCH.dmg from the dist/vsconsole.app that PyInstaller made.
#
# usage: macos-dmg.sh
# With CODESIGN_IDENTITY set the application is signed for distribution, otherwise for this
# machine only: others open it the first time by Control-click, Open.
set -euo pipefail
cd "$(dirname "$0")/.."

app=dist/vsconsole.app
[ -d "$app" ] || { echo "there is no $app: run pyinstaller packaging/vsconsole.spec first" >&2; exit 1; }
version=$(/usr/libexec/PlistBuddy -c 'Print CFBundleShortVersionString' "$app/Contents/Info.plist")
image="dist/vsconsole-$version-$(uname -m).dmg"

identity=${CODESIGN_IDENTITY:--}
options=(--force --deep --sign "$identity")
[ "$identity" = - ] || options+=(--options runtime --timestamp --entitlements packaging/macos.entitlements)
codesign "${options[@]}" "$app"
codesign --verify --deep --strict "$app"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -R "$app" "$stage/"
cp LICENSE "$stage/LICENSE.txt"
ln -s /Applications "$stage/Applications"
rm -f "$image"
hdiutil create -volname "vsconsole $version" -srcfolder "$stage" -fs HFS+ -format UDZO -quiet "$image"
echo "$image"
