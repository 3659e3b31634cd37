<#
.SYNOPSIS
The two commands of the Makefile for Windows: demo and test.
.EXAMPLE
powershell -ExecutionPolicy Bypass -File packaging\windows.ps1 demo
#>
param(
    [Parameter(Mandatory)] [ValidateSet('demo', 'test', 'check', 'bench')] [string] $Command,
    # A Python 3.11 or later; by default the newest that the launcher knows.
    [string] $Python = ''
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')

function Fail([string] $Text) {
    [Console]::Error.WriteLine($Text)
    exit 1
}

function Invoke-Checked([string] $File, [string[]] $Arguments) {
    & $File @Arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

function Find-Vlc {
    foreach ($key in 'HKLM:\SOFTWARE\VideoLAN\VLC', 'HKCU:\SOFTWARE\VideoLAN\VLC') {
        $found = Get-ItemProperty -Path $key -Name InstallDir -ErrorAction SilentlyContinue
        if ($found -and (Test-Path (Join-Path $found.InstallDir 'libvlc.dll'))) { return $true }
    }
    return Test-Path (Join-Path $env:ProgramFiles 'VideoLAN\VLC\libvlc.dll')
}

if (-not (Find-Vlc)) {
    Fail ("VLC (64 bit) is missing. Type this, then try again:`n" +
        "    winget install VideoLAN.VLC        (or: choco install vlc)")
}

if (-not $Python) {
    $Python = if (Get-Command py -ErrorAction SilentlyContinue) { 'py' } else { 'python' }
}
if (-not (Get-Command $Python -ErrorAction SilentlyContinue)) {
    Fail "There is no $Python. Install Python 3.11 or later: winget install Python.Python.3.12"
}
& $Python -c 'import sys; sys.exit(sys.version_info < (3, 11))'
if ($LASTEXITCODE -ne 0) { Fail "Python 3.11 or later is needed; $Python is older." }

$venv = '.venv'
$venvPython = Join-Path $venv 'Scripts\python.exe'
$what = if ($Command -eq 'demo') { '.' } else { '.[test]' }
$stamp = Join-Path $venv $(if ($Command -eq 'demo') { '.app-installed' } else { '.test-installed' })
$current = (Test-Path $stamp) -and
    ((Get-Item $stamp).LastWriteTime -ge (Get-Item 'pyproject.toml').LastWriteTime)
if (-not $current) {
    Write-Host "Installing into $venv; the first time takes a minute or two."
    New-Item -ItemType Directory -Force build | Out-Null
    if (-not (Test-Path $venvPython)) { Invoke-Checked $Python @('-m', 'venv', $venv) }
    # pip writes notes to standard error, which must not count as a failure.
    $ErrorActionPreference = 'Continue'
    & $venvPython -m pip install --disable-pip-version-check --no-input --editable $what `
        *> build\install.log
    $ErrorActionPreference = 'Stop'
    if ($LASTEXITCODE -ne 0) {
        Get-Content build\install.log -Tail 25
        Fail 'The program could not be installed (all of it is in build\install.log).'
    }
    New-Item -ItemType File -Force $stamp | Out-Null
}

switch ($Command) {
    'demo' { Invoke-Checked $venvPython @('-m', 'vsconsole', 'demo') }
    'check' { Invoke-Checked $venvPython @('-m', 'tools.check') }
    'bench' { Invoke-Checked $venvPython @('-m', 'tests.bench.run', '--json', 'build\bench.json') }
    'test' {
        Invoke-Checked $venvPython @('-m', 'tools.check')
        Invoke-Checked $venvPython @('-m', 'tools.run_tests', '--jobs', "$env:NUMBER_OF_PROCESSORS",
            '--cov', '--cov-report=')
        Invoke-Checked $venvPython @('-m', 'tools.check_coverage')
    }
}
