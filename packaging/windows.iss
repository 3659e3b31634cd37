; Inno Setup 6: one installer from the folder that PyInstaller made.
;
;     iscc /DVersion=0.1.0 packaging\windows.iss
;
; The language file for Chinese is not among those that come with Inno Setup, so the installer asks
; in English; the program itself follows the language of Windows.

#ifndef Version
  #error Say which version: iscc /DVersion=1.2.3 packaging\windows.iss
#endif

[Setup]
AppId={{6F0B9C1C-6A5E-4B43-9C7A-0C4A9E0D8F61}
AppName=vsconsole
AppVersion={#Version}
AppPublisher=vsconsole
DefaultDirName={autopf}\vsconsole
DefaultGroupName=vsconsole
DisableProgramGroupPage=yes
; Without administrator rights it installs for one user.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\LICENSE
OutputDir=..\dist
OutputBaseFilename=vsconsole-{#Version}-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
UninstallDisplayIcon={app}\vsconsole-window.exe
CloseApplications=yes

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; Files of an older version that the new one no longer has must not be found.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\dist\vsconsole\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\vsconsole"; Filename: "{app}\vsconsole-window.exe"
Name: "{autodesktop}\vsconsole"; Filename: "{app}\vsconsole-window.exe"; Tasks: desktopicon

[Run]
Filename: "{app}\vsconsole-window.exe"; Description: "{cm:LaunchProgram,vsconsole}"; Flags: nowait postinstall skipifsilent
