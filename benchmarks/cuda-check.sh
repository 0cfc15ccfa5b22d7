#!/bin/sh
# Runs the check beside it against the libtorch of this machine's Python PyTorch, or that of $ELECTRA_LIBTORCH (a folder with libtorch_cpu.so),
# and prints one JSON object. Exit code 0: everything passed. With "--device cpu" it only shows that the check itself runs.
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${ELECTRA_LIBTORCH:-}" ]; then
    ELECTRA_LIBTORCH=$(python3 -c 'import os, torch; print(os.path.join(torch.__path__[0], "lib"))' 2>/dev/null)
fi
if [ ! -f "$ELECTRA_LIBTORCH/libtorch_cpu.so" ]; then
    echo '{ "passed": false, "error": "no libtorch: python3 has no torch; set ELECTRA_LIBTORCH to a folder with libtorch_cpu.so" }'
    exit 1
fi
export ELECTRA_LIBTORCH DOTNET_gcServer=0
exec "$here/app/Electra.CudaCheck" "$@"
