@echo off
rem The course's command in this checkout: annyeong doctor
if exist "%~dp0.venv\Scripts\annyeong.exe" (
    "%~dp0.venv\Scripts\annyeong.exe" %*
) else (
    uv run --no-project --python 3.12 --with-requirements "%~dp0requirements.lock" --with-editable "%~dp0." annyeong %*
)
