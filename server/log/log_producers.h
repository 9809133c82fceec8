// LogProducers: the producers of one log, with the snapshots and the index that keep them on disk.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/types.h"
#include "server/log/append_info.h"
#include "server/log/batch_header.h"
#include "server/log/cached_file.h"
#include "server/log/producer_snapshot.h"
#include "server/log/producer_states.h"
#include "server/log/segment.h"

namespace odradek::log {

// Changed by one thread at a time (the log's lock); first_unstable_offset() is for any.
class LogProducers {
 public:
  explicit LogProducers(ProducerStates states);

  // Bounds what read_committed may see; the largest number there is while no transaction is open.
  protocol::Offset first_unstable_offset() const { return first_unstable_offset_.load(); }
  void on_high_watermark(protocol::Offset high_watermark);

  // As ProducerStates::check(), for what a client or a coordinator sends.
  base::Result<std::optional<ProducerBatch>> check(const BatchHeader& header,
                                                   const AppendSpec& spec) const;
  // Takes in batches just appended to `segment`; transactions that they abort go into its index
  // before readers may pass them.
  base::Status replay(base::ByteView bytes, std::span<const BatchHeader> headers, Segment& segment);
  // After the log was cut: from its snapshots and what is left of it.
  base::Status rebuild(const ProducerRebuild& rebuild);
  base::Status clear(const std::string& directory);
  base::Status write_snapshot(FileCache& files, const std::string& directory,
                              protocol::Offset offset) const;
  void remove_expired(std::int64_t now_ms, std::int64_t expiration_ms);
  std::vector<ProducerEntry> entries() const { return states_.entries(); }

 private:
  void publish_unstable_offset();

  ProducerStates states_;
  std::atomic<protocol::Offset> first_unstable_offset_;
};

}  // namespace odradek::log
