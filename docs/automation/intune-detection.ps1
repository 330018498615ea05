# Intune remediation, detection script. Run it with the logged-on credentials: the original rule type
# looks into the user's own store. Exit 0: nothing to do; 1: the check does not pass.
$certposture = Join-Path $env:ProgramFiles 'certposture\certposture.exe'
$rule = Join-Path $env:ProgramData 'certposture\bundle.json'

if (-not (Test-Path $certposture) -or -not (Test-Path $rule)) {
    Write-Output 'certposture or its rule is not installed'
    exit 1
}
$answer = & $certposture check --rule $rule --format json | Out-String | ConvertFrom-Json
$status = $LASTEXITCODE
$first = $answer.reasons | Select-Object -First 1
if ($first) {
    Write-Output "$($answer.verdict) $($first.code): $($first.message)"
} else {
    Write-Output $answer.verdict
}
if ($status -eq 0) { exit 0 } else { exit 1 }
