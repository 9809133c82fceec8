// The four codecs one by one, for compress() and make_decompressor().
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/compression/decompressor.h"

namespace odradek::protocol {

std::unique_ptr<Decompressor> make_gzip_decompressor();
std::unique_ptr<Decompressor> make_snappy_decompressor();
std::unique_ptr<Decompressor> make_lz4_decompressor();
std::unique_ptr<Decompressor> make_zstd_decompressor();

// Append to `out`; see compress().
base::Status compress_gzip(int level, base::ByteView input, base::Bytes& out);
base::Status compress_snappy(base::ByteView input, base::Bytes& out);
base::Status compress_lz4(int level, base::ByteView input, base::Bytes& out, bool old_header);
base::Status compress_zstd(int level, base::ByteView input, base::Bytes& out);

// CORRUPT_MESSAGE that names the codec and what is wrong.
base::Error corrupt_payload(CompressionType codec, std::string_view what);

}  // namespace odradek::protocol
