#!/bin/sh
# A virtual environment with locked versions, and the system libraries that Qt needs.
#   venv.sh PYTHON FOLDER REQUIREMENTS [--tests]
set -e
python=$1 folder=$2 requirements=$3
shift 3

if [ -z "$python" ]; then
    echo "allviewer needs Python 3.11, 3.12 or 3.13; none was found. Name one with: make run PYTHON=/path/to/python" >&2
    exit 1
fi
"$python" packaging/system_libraries.py "$@"
if [ ! -x "$folder/bin/pip" ]; then
    rm -rf "$folder"
    if ! "$python" -m venv "$folder" >/dev/null 2>&1; then
        # Debian and Ubuntu ship venv apart from Python
        version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
            apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "$version" >/dev/null
        elif command -v apt-get >/dev/null && command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            sudo -n apt-get update -qq >/dev/null && sudo -n apt-get install -y -qq "$version" >/dev/null
        else
            echo "Python's venv module is missing; please install the package $version." >&2
        fi
        rm -rf "$folder"
        "$python" -m venv "$folder"
    fi
fi
echo "Installing the packages of $requirements into $folder (once)"
"$folder/bin/python" -m pip install -qq --require-virtualenv -r "$requirements"
# the commands `allviewer` and `python -m training` of this environment are those of this checkout
"$folder/bin/python" -m pip install -qq --require-virtualenv --no-deps --editable .
"$folder/bin/python" -m compileall -q allviewer training  # so that the first start is as quick as the second
