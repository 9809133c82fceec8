#include "protocol/record/control_record.h"

#include <array>
#include <string>

#include "base/endian.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/record_iterator.h"

namespace odradek::protocol {
namespace {

constexpr std::size_t kKeySize = 4;
constexpr std::size_t kMarkerSize = 6;

base::Error invalid(std::string message) {
  return base::Error(ErrorCode::kInvalidRecord, std::move(message));
}

// Later versions only add fields at the end.
base::Status check_version(std::optional<base::ByteView> bytes, std::size_t least) {
  if (!bytes || bytes->size() < least) return invalid("control record is too short");
  if (base::load_big_endian<std::int16_t>(bytes->data()) < 0) {
    return invalid("control record of a negative version");
  }
  return {};
}

}  // namespace

base::Result<ControlRecordType> decode_control_type(const Record& record) {
  if (base::Status checked = check_version(record.key, kKeySize); !checked) return checked.error();
  auto type = base::load_big_endian<std::int16_t>(record.key->data() + 2);
  if (type == 0) return ControlRecordType::kAbort;
  if (type == 1) return ControlRecordType::kCommit;
  return ControlRecordType::kUnknown;
}

base::Result<EndTransactionMarker> decode_end_transaction_marker(const Record& record) {
  auto type = decode_control_type(record);
  if (!type) return type.error();
  if (*type == ControlRecordType::kUnknown) {
    return invalid("control record is not the end of a transaction");
  }
  base::Status checked = check_version(record.value, kMarkerSize);
  if (!checked) return checked.error();
  auto epoch = base::load_big_endian<std::int32_t>(record.value->data() + 2);
  return EndTransactionMarker{.type = *type, .coordinator_epoch = epoch};
}

base::Result<EndTransactionMarker> decode_end_transaction_marker(const BatchView& batch) {
  if (!batch.is_control()) return invalid("not a control batch");
  RecordIterator records(batch);
  const Record* record = records.next();
  if (record == nullptr) {
    if (!records.status().ok()) return records.status().error();
    return invalid("control batch without a record");
  }
  return decode_end_transaction_marker(*record);
}

base::Bytes end_transaction_batch(EndTransactionMarker marker, std::int64_t producer_id,
                                  std::int16_t producer_epoch, std::int64_t timestamp) {
  CHECK(marker.type != ControlRecordType::kUnknown);
  std::array<std::uint8_t, kKeySize> key{};
  base::store_big_endian(key.data() + 2, static_cast<std::int16_t>(marker.type));
  std::array<std::uint8_t, kMarkerSize> value{};
  base::store_big_endian(value.data() + 2, marker.coordinator_epoch);
  BatchBuilder builder({.producer_id = producer_id,
                        .producer_epoch = producer_epoch,
                        .transactional = true,
                        .control = true});
  builder.append(timestamp, base::ByteView(key), base::ByteView(value));
  auto batch = builder.build();
  CHECK(batch.ok());
  return std::move(*batch);
}

}  // namespace odradek::protocol
