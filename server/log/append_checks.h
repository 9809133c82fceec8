// What is looked at in record batches before they are appended, free of any log.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/validate.h"
#include "protocol/types.h"
#include "server/log/append_info.h"
#include "server/log/append_run.h"
#include "server/log/batch_header.h"
#include "server/log/log_options.h"

namespace odradek::log {

// The headers of bytes that have been validated; CHECKs that they are whole batches.
BatchHeaders parse_headers(base::ByteView bytes);
// How many of the headers are of `part`, the first of them of its first batch.
std::size_t batches_of(base::ByteView part, std::span<const BatchHeader> headers);
AppendInfo describe(std::span<const BatchHeader> headers);
// The whole, undamaged batches of what a leader sent; a torn one at the end is left out.
// CORRUPT_MESSAGE for a wrong CRC or offsets that do not increase.
base::Result<BatchHeaders> check_replicated(base::ByteView records);
protocol::ValidationOptions validation_options(const LogOptions& options, const AppendSpec& spec,
                                               std::int64_t now_ms);
// Validates what a producer or coordinator sent into `pending`; false when it is refused, as the
// append's result says.
bool check_produced(const protocol::TopicPartition& partition, const LogOptions& options,
                    std::int64_t now_ms, LeaderAppend& append, PendingAppend& pending);

}  // namespace odradek::log
