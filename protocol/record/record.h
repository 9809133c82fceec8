// Record: one record as views into wherever its bytes lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/types.h"

namespace odradek::protocol {

struct RecordHeader {
  std::string_view key;
  std::optional<base::ByteView> value;
};

struct Record {
  Offset offset = 0;
  std::int64_t timestamp = kNoTimestamp;  // the batch's for LogAppendTime
  std::int32_t sequence = -1;
  std::optional<base::ByteView> key;
  std::optional<base::ByteView> value;
  std::int32_t header_count = 0;
  base::ByteView header_bytes;  // checked when the record was read
  std::size_t size_bytes = 0;   // as it lies in the uncompressed batch
  std::int8_t magic = 2;        // of an entry inside of a magic 0 or 1 wrapper, its own

  bool is_tombstone() const { return !value.has_value(); }
  std::vector<RecordHeader> headers() const;
};

}  // namespace odradek::protocol
