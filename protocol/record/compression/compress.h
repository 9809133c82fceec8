// compress(): packs records with any codec, in the framing that every Kafka client reads.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/compression/codec.h"

namespace odradek::protocol {

// Appends the compressed form of `input` to `out`: gzip member, xerial snappy stream of 32 KiB
// blocks, lz4 frame of independent 64 KiB blocks, zstd frame; as it is for kNone.
// Levels outside of what the codec knows are clamped. `old_lz4_header` writes the wrong header
// checksum that readers of magic 0 expect. Fails only when a library refuses (out of memory).
base::Status compress(CompressionType codec, int level, base::ByteView input, base::Bytes& out,
                      bool old_lz4_header = false);

}  // namespace odradek::protocol
