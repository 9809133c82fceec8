// BatchHeader: the fields of a record batch that the log itself needs, of any magic.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "protocol/types.h"

namespace odradek::protocol {
class BatchView;
}  // namespace odradek::protocol

namespace odradek::log {

// What stands in the first 61 bytes of a batch (magic 2) or 26 of a message (magic 0 and 1, whose
// offset field is that of the last record when compressed).
struct BatchHeader {
  // The bytes before the length counts, and the most that parse() wants to see.
  static constexpr std::size_t kOverheadBytes = 12;
  static constexpr std::size_t kMaxHeaderBytes = 61;

  protocol::Offset base_offset = 0;
  protocol::Offset last_offset = 0;
  std::int32_t size_bytes = 0;  // with the overhead
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::int8_t magic = 2;
  std::int16_t attributes = 0;
  std::int64_t max_timestamp_ms = protocol::kNoTimestamp;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t base_sequence = -1;
  std::int32_t record_count = -1;  // -1 below magic 2

  bool transactional() const { return magic >= 2 && (attributes & 0x10) != 0; }
  bool control() const { return magic >= 2 && (attributes & 0x20) != 0; }
  bool has_producer_id() const { return producer_id >= 0; }
  // Sequences wrap from 2^31-1 to 0.
  std::int32_t last_sequence() const;

  static BatchHeader of(const protocol::BatchView& batch);
  // Nothing when `bytes` is too short for the header or no batch can begin with these bytes (size,
  // magic or offsets impossible). Does not ask that the whole batch is there.
  static std::optional<BatchHeader> parse(base::ByteView bytes);
};

// Of what is appended at once; nearly always one, which takes no memory of its own.
using BatchHeaders = boost::container::small_vector<BatchHeader, 1>;

}  // namespace odradek::log
