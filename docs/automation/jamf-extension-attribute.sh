#!/bin/sh
# Jamf Pro extension attribute (data type: string): the verdict of the posture check and the code of
# the reason, such as "fail not-found". Jamf runs it as root, as the Cloudflare client does.
certposture=/usr/local/bin/certposture
rule=/Library/Management/certposture/bundle.json

if [ ! -x "$certposture" ] || [ ! -r "$rule" ]; then
    echo "<result>not installed</result>"
    exit 0
fi
answer=$("$certposture" check --rule "$rule" --quiet --color never 2>/dev/null)
status=$?
code=$("$certposture" check --rule "$rule" --format json 2>/dev/null |
    sed -n '/^  "reasons": \[/,/^  \]/s/^ *"code": "\([a-z0-9-]*\)".*/\1/p' | sed -n 1p)
case $status in
    0) verdict=pass ;;
    1) verdict=fail ;;
    3) verdict=unknown ;;
    *) verdict="error: $answer" ;;
esac
echo "<result>$verdict${code:+ $code}</result>"
