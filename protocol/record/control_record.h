// Control records: the markers that end a transaction in the log.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/record/record.h"

namespace odradek::protocol {

// Types this broker does not write (KRaft's, and what later releases add) read as kUnknown.
enum class ControlRecordType : std::int16_t { kAbort = 0, kCommit = 1, kUnknown = -1 };

struct EndTransactionMarker {
  ControlRecordType type = ControlRecordType::kAbort;
  std::int32_t coordinator_epoch = 0;
};

// The key: int16 version 0, int16 type. INVALID_RECORD when it is shorter or its version negative.
base::Result<ControlRecordType> decode_control_type(const Record& record);
// Key and value (int16 version 0, int32 coordinator epoch) of an abort or commit marker.
base::Result<EndTransactionMarker> decode_end_transaction_marker(const Record& record);
// The marker of a whole control batch.
base::Result<EndTransactionMarker> decode_end_transaction_marker(const BatchView& batch);

// The batch of one marker, as the transaction coordinator's request makes a broker write it; 78
// bytes. Base offset and leader epoch are set when it is appended.
base::Bytes end_transaction_batch(EndTransactionMarker marker, std::int64_t producer_id,
                                  std::int16_t producer_epoch, std::int64_t timestamp);

}  // namespace odradek::protocol
