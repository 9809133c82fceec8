#include "server/log/batch_header.h"

#include <limits>

#include "protocol/record/batch.h"

namespace odradek::log {

std::int32_t BatchHeader::last_sequence() const {
  if (base_sequence < 0) return -1;
  return protocol::increment_sequence(base_sequence,
                                      static_cast<std::int32_t>(last_offset - base_offset));
}

BatchHeader BatchHeader::of(const protocol::BatchView& batch) {
  BatchHeader header;
  header.base_offset = batch.base_offset();
  header.last_offset = batch.last_offset();
  header.size_bytes = static_cast<std::int32_t>(batch.size_bytes());
  header.leader_epoch = batch.partition_leader_epoch();
  header.magic = batch.magic();
  header.attributes = batch.attributes();
  header.max_timestamp_ms = batch.max_timestamp();
  header.producer_id = batch.producer_id();
  header.producer_epoch = batch.producer_epoch();
  header.base_sequence = batch.base_sequence();
  header.record_count = batch.record_count();
  return header;
}

std::optional<BatchHeader> BatchHeader::parse(base::ByteView bytes) {
  auto view = protocol::batch_header(bytes);
  if (!view.ok() || !view->has_value()) return std::nullopt;
  BatchHeader header = of(**view);
  if (header.size_bytes <= 0 || header.base_offset < 0) return std::nullopt;
  if (header.last_offset < header.base_offset) return std::nullopt;
  // The record behind it would have no offset.
  if (header.last_offset == std::numeric_limits<protocol::Offset>::max()) return std::nullopt;
  return header;
}

}  // namespace odradek::log
