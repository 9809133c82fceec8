// LogWriter: brings batches into a log's segments, leader epochs and producer states.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "server/log/append_run.h"
#include "server/log/epoch_cache.h"
#include "server/log/log_options.h"
#include "server/log/log_producers.h"
#include "server/log/segment_store.h"

namespace odradek::log {

// What a writer asks of the log whose lock it is used under.
struct LogWriterRules {
  std::function<base::Status()> check_writable;
  std::function<base::Status(protocol::Offset)> roll;  // as SegmentStore::roll()
  // Fails the directory where its I/O did, and gives the error its code.
  std::function<base::Status(const base::Status&)> failed;
};

// Used and gone under the log's lock.
class LogWriter {
 public:
  LogWriter(SegmentStore& store, LogProducers& producers, EpochCache& epochs,
            const LogOptions& options, LogWriterRules rules)
      : store_(store),
        producers_(producers),
        epochs_(epochs),
        options_(options),
        rules_(std::move(rules)) {}

  // Writes `parts`, whose batches have the headers, at the end; rolls before that when it is due.
  base::Status write(std::span<const base::ByteView> parts, std::span<const BatchHeader> headers);
  // Gives the records of several requests their offsets, in this order, and writes them, with as
  // few writes as their producers and segments allow. Each gets its own result; one that is refused
  // does not hinder the others, and a write that failed failed for all whose records were in it.
  void write_all(std::span<PendingAppend* const> appends, protocol::Offset log_start_offset,
                 std::int64_t now_ms);

 private:
  // True when its records are to be written, at the offsets behind the run.
  bool admit(PendingAppend& append, const AppendRun& run, std::int64_t now_ms);
  // An error, or the earlier batch that it repeats.
  base::Result<std::optional<ProducerBatch>> check_producers(const PendingAppend& append,
                                                             const AppendRun& run) const;
  bool shares_write(const PendingAppend& append, const AppendRun& run) const;
  void write_run(AppendRun& run);

  SegmentStore& store_;
  LogProducers& producers_;
  EpochCache& epochs_;
  const LogOptions& options_;
  const LogWriterRules rules_;
};

}  // namespace odradek::log
