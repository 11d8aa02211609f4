@echo off
rem Runs the Maven that .mvn\wrapper\maven-wrapper.properties names, fetching it once.
rem Needs a JDK and nothing else: FetchMaven.java downloads, checks and unpacks.
setlocal

for /f "usebackq tokens=1,2 delims==" %%a in ("%~dp0.mvn\wrapper\maven-wrapper.properties") do set "%%a=%%b"
for %%f in ("%distributionUrl%") do set "name=%%~nf"

if not defined MAVEN_USER_HOME set "MAVEN_USER_HOME=%USERPROFILE%\.m2"
set "maven=%MAVEN_USER_HOME%\wrapper\dists\%name:-bin=%-%distributionSha256Sum%"

set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if exist "%maven%\bin\mvn.cmd" goto run
"%java%" -version >nul 2>&1
if errorlevel 1 (
  echo mvnw: no "%java%"; install a JDK 25, for example from https://adoptium.net, and put its bin on PATH >&2
  exit /b 1
)
"%java%" "%~dp0.mvn\wrapper\FetchMaven.java" "%distributionUrl%" "%distributionSha256Sum%" "%maven%" || exit /b 1

:run
"%maven%\bin\mvn.cmd" %*
