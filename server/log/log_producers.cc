#include "server/log/log_producers.h"

#include <limits>
#include <utility>

namespace odradek::log {

namespace {
constexpr protocol::Offset kNone = std::numeric_limits<protocol::Offset>::max();
}  // namespace

LogProducers::LogProducers(ProducerStates states) : states_(std::move(states)) {
  publish_unstable_offset();
}

void LogProducers::publish_unstable_offset() {
  first_unstable_offset_.store(states_.first_unstable_offset().value_or(kNone));
}

void LogProducers::on_high_watermark(protocol::Offset high_watermark) {
  states_.on_high_watermark(high_watermark);
  publish_unstable_offset();
}

base::Result<std::optional<ProducerBatch>> LogProducers::check(const BatchHeader& header,
                                                               const AppendSpec& spec) const {
  bool checked = header.has_producer_id() &&
                 (spec.origin == protocol::AppendOrigin::kClient || header.control());
  if (!checked) return std::optional<ProducerBatch>();
  return states_.check(header);
}

base::Status LogProducers::replay(base::ByteView bytes, std::span<const BatchHeader> headers,
                                  Segment& segment) {
  auto any = replay_producers(states_, bytes, headers, segment.transaction_index());
  if (!any.ok()) return any.error();
  if (*any) publish_unstable_offset();
  return {};
}

base::Status LogProducers::rebuild(const ProducerRebuild& rebuild) {
  auto states = rebuild_producer_states(rebuild);
  if (!states.ok()) return states.error();
  states_ = std::move(*states);
  publish_unstable_offset();
  return {};
}

base::Status LogProducers::clear(const std::string& directory) {
  base::Status removed = remove_producer_snapshots(directory, 0, kNone);
  if (!removed.ok()) return removed;
  states_.clear();
  publish_unstable_offset();
  return {};
}

base::Status LogProducers::write_snapshot(FileCache& files, const std::string& directory,
                                          protocol::Offset offset) const {
  std::string path = producer_snapshot_path(directory, offset);
  return files.with_room([&] { return write_producer_snapshot(path, states_.entries()); });
}

void LogProducers::remove_expired(std::int64_t now_ms, std::int64_t expiration_ms) {
  states_.remove_expired(now_ms, expiration_ms);
}

}  // namespace odradek::log
