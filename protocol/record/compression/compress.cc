#include "protocol/record/compression/compress.h"

#include "protocol/record/compression/codecs.h"

namespace odradek::protocol {

base::Status compress(Codec codec, int level, base::ByteView input, base::Bytes& out,
                      bool old_lz4_header) {
  switch (codec) {
    case Codec::kNone:
      out.insert(out.end(), input.begin(), input.end());
      return {};
    case Codec::kGzip:
      return compress_gzip(level, input, out);
    case Codec::kSnappy:
      return compress_snappy(input, out);
    case Codec::kLz4:
      return compress_lz4(level, input, out, old_lz4_header);
    case Codec::kZstd:
      return compress_zstd(level, input, out);
  }
  return base::Error("no such codec");
}

}  // namespace odradek::protocol
