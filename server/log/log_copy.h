// LogCopy: makes a log the copy of another one of the same partition, step by step, while that goes
// on growing, being cut and losing its old records.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/log.h"

namespace odradek::log {

// Up to where both hold the same records, as far as leader epochs tell: what `copy` has beyond is
// no part of `original` (any more). One look: after a cut there the answer may be lower still.
protocol::Offset common_end(const Log& original, const Log& copy);

// Cuts off what the original does not have, then takes over up to `max_bytes` more of it, its high
// watermark and its start; the bytes taken over, 0 when the copy ends where the original does.
base::Result<std::int64_t> copy_some(const Log& original, Log& copy, std::int32_t max_bytes);

// Takes over epochs that began at the end and have no records yet; ends of both are the same.
base::Status copy_last_epochs(const Log& original, Log& copy);

}  // namespace odradek::log
