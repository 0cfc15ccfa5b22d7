#!/usr/bin/env bash
# Makes one archive that checks and measures this library on a Linux machine with a GPU that has nothing but a Python PyTorch: the check program
# with the GPU tests and the benchmarks inside, the .NET runtime, and token shards to train on. Without libtorch, which the machine has.
#
#   benchmarks/cuda-bundle.sh [archive.tar.gz [text ...]]
#
# The shards are made from the given texts, or from the reference documentation inside the .NET SDK. There:
#
#   tar -xzf electra-cuda-check.tar.gz && electra-cuda-check/run.sh > result.json
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

archive=${1:-artifacts/electra-cuda-check.tar.gz}
corpus=("${@:2}")
limit=60000000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle="$work/electra-cuda-check"
mkdir -p "$(dirname "$archive")"

# No libtorch package; a build folder of its own, so that the usual one keeps its libtorch.
dotnet publish benchmarks/Electra.CudaCheck -c Release -r linux-x64 --self-contained -p:TorchBackend=none -p:DebugType=none \
    --artifacts-path "$work/build" -o "$bundle/app"
rm -f "$bundle"/app/*.xml

dotnet run -c Release --project samples/Pretrain -- --model tiny --steps 1 --eval-every 0 --output "$work/run" \
    ${corpus[@]+--corpus "${corpus[@]}"}
cp -r "$work/run/shards" "$bundle/app/shards"

cp benchmarks/cuda-check.sh "$bundle/run.sh"
chmod +x "$bundle/run.sh"
tar -C "$work" -czf "$archive" electra-cuda-check
size=$(stat -c %s "$archive")
echo "$archive: $size bytes"
[ "$size" -le "$limit" ] || { echo "the archive is over $limit bytes" >&2; exit 1; }
