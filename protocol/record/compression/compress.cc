#include "protocol/record/compression/compress.h"

#include "protocol/record/compression/codecs.h"

namespace odradek::protocol {

base::Status compress(CompressionType codec, int level, base::ByteView input, base::Bytes& out,
                      bool old_lz4_header) {
  switch (codec) {
    case CompressionType::kNone:
      out.insert(out.end(), input.begin(), input.end());
      return {};
    case CompressionType::kGzip:
      return compress_gzip(level, input, out);
    case CompressionType::kSnappy:
      return compress_snappy(input, out);
    case CompressionType::kLz4:
      return compress_lz4(level, input, out, old_lz4_header);
    case CompressionType::kZstd:
      return compress_zstd(level, input, out);
  }
  return base::Error("no such codec");
}

}  // namespace odradek::protocol
