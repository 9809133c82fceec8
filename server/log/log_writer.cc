#include "server/log/log_writer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "server/log/append_checks.h"

namespace odradek::log {

namespace {

// As high as a segment may begin that is to hold all batches, which may lie far above the log end
// where compaction took what was between.
protocol::Offset segment_start(std::span<const BatchHeader> headers) {
  if (headers.front().magic >= 2) return headers.front().base_offset;
  // An old wrapper states the offset of its last message alone; the others are within int32.
  return headers.back().last_offset - std::numeric_limits<std::int32_t>::max();
}

}  // namespace

base::Status LogWriter::write(std::span<const base::ByteView> parts,
                              std::span<const BatchHeader> headers) {
  std::size_t size = 0;
  for (base::ByteView part : parts) size += part.size();
  auto full = store_.needs_roll(size, headers, options_);
  if (!full.ok()) return full.error();
  if (*full) {
    base::Status rolled = rules_.roll(std::max(store_.end_offset(), segment_start(headers)));
    if (!rolled.ok()) return rolled;
  }
  for (const BatchHeader& header : headers) {
    // Old formats carry no epochs: without a full history there is none, and replicas go by their
    // high watermarks.
    base::Status noted = header.magic >= 2 ? epochs_.assign(header.leader_epoch, header.base_offset)
                                           : epochs_.clear();
    if (!noted.ok()) return noted;
  }
  base::Status done = store_.append(parts, headers, options_);
  for (base::ByteView part : parts) {
    std::size_t count = batches_of(part, headers);
    if (done.ok()) done = producers_.replay(part, headers.first(count), *store_.segments().last());
    headers = headers.subspan(count);
  }
  return done;
}

base::Result<std::optional<ProducerBatch>> LogWriter::check_producers(const PendingAppend& append,
                                                                      const AppendRun& run) const {
  std::optional<ProducerBatch> none;
  if (run.order_of(append) == AppendRun::Order::kContinues) return none;
  for (const BatchHeader& header : append.headers) {
    auto earlier = producers_.check(header, append.spec);
    if (!earlier.ok() || earlier->has_value()) return earlier;
  }
  return none;
}

bool LogWriter::admit(PendingAppend& append, const AppendRun& run, std::int64_t now_ms) {
  base::Status writable = rules_.check_writable();
  if (!writable.ok()) {
    append.result = writable.error();
    return false;
  }
  auto earlier = check_producers(append, run);
  if (!earlier.ok()) {
    append.result = earlier.error();
    return false;
  }
  if (earlier->has_value()) {
    append.result->first_offset = (*earlier)->first_offset();
    append.result->last_offset = (*earlier)->last_offset;
    append.result->log_append_time_ms = (*earlier)->timestamp_ms;
    append.result->duplicate = true;
    return false;
  }
  protocol::Offset next = run.empty() ? store_.end_offset() : run.end_offset();
  base::Status assigned = append.validated.assign_offsets(next, append.spec.leader_epoch, now_ms);
  if (!assigned.ok()) {
    append.result = assigned.error();
    return false;
  }
  append.headers = parse_headers(append.validated.records);
  return true;
}

bool LogWriter::shares_write(const PendingAppend& append, const AppendRun& run) const {
  if (!run.has_room_for(append)) return false;
  auto may_share = store_.may_share_write(run.headers().size() + append.headers.size(), options_);
  if (!may_share.ok() || !*may_share) return false;
  auto size = static_cast<std::size_t>(run.size_bytes()) + append.validated.records.size();
  auto full = store_.needs_roll(size, append.headers, options_);
  return full.ok() && !*full;  // a failure shows again when it is written alone
}

void LogWriter::write_all(std::span<PendingAppend* const> appends,
                          protocol::Offset log_start_offset, std::int64_t now_ms) {
  AppendRun run;
  for (PendingAppend* append : appends) {
    append->headers = parse_headers(append->validated.records);
    append->result->log_start_offset = log_start_offset;
    if (append->headers.empty()) continue;
    if (run.order_of(*append) == AppendRun::Order::kUnclear) write_run(run);
    if (!admit(*append, run, now_ms)) continue;
    if (!run.empty() && !shares_write(*append, run)) {
      write_run(run);
      // Its offsets were those behind a run that may have failed.
      if (!admit(*append, run, now_ms)) continue;
    }
    run.add(*append);
  }
  write_run(run);
}

void LogWriter::write_run(AppendRun& run) {
  if (run.empty()) return;
  base::Status written = rules_.failed(write(run.parts(), run.headers()));
  for (PendingAppend* append : run.appends()) {
    if (!written.ok()) {
      append->result = written.error();
      continue;
    }
    AppendInfo info = describe(append->headers);
    // An old compressed entry states the offset of its last message alone.
    info.first_offset = append->validated.first_offset;
    info.log_start_offset = append->result->log_start_offset;
    info.log_append_time_ms = append->validated.log_append_time;
    info.record_count = append->validated.record_count;
    info.records_converted = append->validated.records_converted;
    append->result = info;
  }
  run.clear();
}

}  // namespace odradek::log
